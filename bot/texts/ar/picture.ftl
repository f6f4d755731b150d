alt_one = صورة مرسومة بالذكاء الاصطناعي: { $prompt }
alt_many = الصورة { $number } من { $count }، مرسومة بالذكاء الاصطناعي: { $prompt }
alt_one_changed = صورة مرسومة بالذكاء الاصطناعي، { $how }: { $prompt }
alt_many_changed = الصورة { $number } من { $count }، مرسومة بالذكاء الاصطناعي، { $how }: { $prompt }
with_text = مع النص «{ $text }»
text = مع نص
cropped = مقصوصة إلى { $ratio }
changed = الصورة { $number }: { $how }.
