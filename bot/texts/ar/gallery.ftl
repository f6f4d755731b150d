form_title = البحث عن صور
form_submit = بحث
words = كلمات الوصف
dates = التاريخ
dates_hint = يوم أو شهر أو مدة، مثل 2026-11-29 أو 2026-11 أو 2026-11-01..2026-11-15.
model = النموذج
tag = الوسم
shelf = أيها
shelf_own = كل صوري
shelf_favourites = مفضلتي
shelf_public = صور الجميع في هذه القناة
title_own = نتائج البحث
title_favourites = مفضلتك
title_public = صور الجميع في هذه القناة
page = الصفحة { $number }
by_words = الكلمات: { $words }
by_model = النموذج: { $model }
by_tag = الوسم: { $tag }
by_since = من { $at }
by_until = قبل { $at }
nothing = لا نتائج
nothing_own = لا يطابق أي من طلباتك. جرّب كلمات أقل، أو اترك التاريخ.
nothing_favourites = لا يطابق شيء في مفضلتك. لحفظ نتيجة: اكتب /imagine-show واضغط رقمها ثم «إضافة إلى المفضلة».
nothing_public = لا تطابق أي صورة ظهرت في هذه القناة.
nothing_more = كانت تلك الصفحة الأخيرة.
unusable = لا أستطيع البحث عن ذلك
how = مثلًا: /imagine-show دراجة حمراء since:2026-11 model:gpt tag:shop is:favourite
no_value = يحتاج { $option } إلى شيء بعده، بلا مسافة بينهما.
twice = { $option } موجود مرتين. اكتبه مرة واحدة.
unknown_shelf = لا أستطيع البحث عن «is:{ $typed }». استخدم is:favourite، أو is:public إن كنت مشرفًا.
on_and_span = استخدم إما on: أو since: مع until:، لا الاثنين معًا.
bad_date = «{ $typed }» ليس تاريخًا أستطيع قراءته. اكتبه مثل 2026-11-29 أو 2026-11 أو 2026.
reversed = ينتهي البحث قبل أن يبدأ: من { $first } إلى { $last }. بدّل بينهما.
too_long = جزء من البحث طويل جدًا. الحد الأقصى للأحرف: { $most }.
not_a_moderator = لا يتصفح صور الآخرين إلا المشرفون. صورك في /imagine-show.
over = مرّ على هذه القائمة أكثر من يوم. اكتب /imagine-show لقائمة جديدة.
gone = لم تعد هذه الصورة موجودة.
noted_already = هي كذلك من قبل.
favourite_kept = أُضيفت إلى مفضلتك.
favourite_gone = أُزيلت من مفضلتك.
is_favourite = ★ من مفضلتك
has_tag = الوسم: { $tag }
tag_title = الوسم
tag_submit = حفظ
tag_hint = كلمة أو بضع كلمات، مثل: متجر الخريف. اتركه فارغًا لإزالته.
tag_kept = تم الحفظ. ابحث عنها باستخدام tag:"{ $tag }".
tag_gone = تم الحفظ. لم يعد لها وسم.
tag_too_long = الحد الأقصى لأحرف الوسم: { $most }.
reproduce_title = رسمها من جديد
reproduce_submit = إرسال
reproduce_text = الصياغة والإعدادات نفسها، ويمكنك تغييرها. لا يُرسل شيء قبل أن تضغط «إرسال».
same_pictures = { $count ->
    [zero] معها الصور المرفقة ({ $count }).
    [one] معها الصورة المرفقة.
    [two] معها الصورتان المرفقتان.
    [few] معها الصور المرفقة، وعددها { $count }.
    [many] معها الصور المرفقة، وعددها { $count }.
   *[other] معها الصور المرفقة، وعددها { $count }.
}
same_caption = النص الذي يُرسم عليها: { $text }
downloaded = الصور بأسماء مقروءة، وملف JSON يذكر كيف رُسمت.
downloaded_without = { $count ->
    [zero] الصور الناقصة: { $count }. الباقي في الملف، مع ملف JSON يذكر كيف رُسمت.
    [one] صورة واحدة أكبر من أن يتسع لها هذا الملف أو لم تعد موجودة. الباقي فيه، مع ملف JSON يذكر كيف رُسمت.
    [two] صورتان أكبر من أن يتسع لهما هذا الملف أو لم تعودا موجودتين. الباقي فيه، مع ملف JSON يذكر كيف رُسمت.
    [few] { $count } صور أكبر من أن يتسع لها هذا الملف أو لم تعد موجودة. الباقي فيه، مع ملف JSON يذكر كيف رُسمت.
    [many] { $count } صورة أكبر من أن يتسع لها هذا الملف أو لم تعد موجودة. الباقي فيه، مع ملف JSON يذكر كيف رُسمت.
   *[other] { $count } صورة أكبر من أن يتسع لها هذا الملف أو لم تعد موجودة. الباقي فيه، مع ملف JSON يذكر كيف رُسمت.
}
