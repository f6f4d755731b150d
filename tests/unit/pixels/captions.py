"""Sixty captions in twelve scripts: mixed directions, combining marks, long words, emoji, lines."""

from __future__ import annotations

CAPTIONS = (
    # Latin
    "Grand opening of the village library",
    "Große Straßenfeier am 3. Juli",
    "Où êtes-vous, Zoë ? À bientôt !",
    "Łódź, Gdańsk i Żywiec",
    "Ĉu vi ŝatas ĵaŭdojn?",
    "Tiếng Việt: Phở bò, bánh mì đặc biệt",
    "Cafe\u0301 nai\u0308ve, o\u0302\u0323 l\u030ao\u030a",
    "İstanbul'da ışık, ğüzel çay",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "Line one\nLine two\nLine three",
    # Greek
    "Ωραία θέα στη Σαντορίνη",
    "Ἐν ἀρχῇ ἦν ὁ λόγος",
    "Καλημέρα, κόσμε; Naí!",
    # Cyrillic
    "Привет, мир: «Ёлка»",
    "Щедрий вечір, їжачок і ґанок",
    "Љубав, њива и џем",
    "Превысокомногорассмотрительствующий",
    # Arabic
    "مرحبا بالعالم",
    "افتتاح المكتبة ٢٠٢٦ (Library)",
    "السَّلامُ عَلَيْكُمْ",
    "خصم 50% على iPhone 17",
    "فارسی: گچپژ و کتاب‌ها",
    "اردو میں ٹھیک ہے",
    # Hebrew
    "שלום עולם",
    "שָׁלוֹם עֲלֵיכֶם",
    "הספרייה נפתחת ב-10:30, Main St. 5!",
    "מחיר: 49.90 ₪ (כולל מע״מ)",
    # Devanagari
    "नमस्ते दुनिया",
    "क्षमा, ज्ञान और श्रद्धा",
    "हिन्दी में स्त्री-पुरुष, ऋतु",
    "मराठी: ळ आणि ऱ्हस्व",
    # Thai
    "สวัสดีชาวโลก",
    "ที่นี่มีน้ำใจ กตัญญู",
    "ปิ่นโตผู้ใหญ่ฟื้นฟูอยู่ที่เชียงใหม่",
    # Chinese
    "你好，世界。",
    "乡村图书馆盛大开幕",
    "鄉村圖書館盛大開幕",
    "第1章：《山海经》——开始！",
    "生日快乐，Anna！2026年",
    "龘靐齉爩",
    # Japanese
    "これは「テスト」です。",
    "東京タワーへようこそ",
    "ﾊﾝｶｸと全角、ＡＢＣ",
    "がぎぐげご ぱぴぷぺぽ",
    "素晴らしい一日を、ありがとう！",
    # Korean
    "안녕하세요, 세계!",
    "도서관 개관식에 오세요",
    "꽃잎이 흩날리는 봄",
    "대한민국 大韓民國 Korea",
    # mixed
    "Hi مرحبا 你好 हि ไทย",
    "ABC שלום 123 世界",
    "العربية then English ثم العربية",
    "Sale: ₹999 / €12 / ¥500 / ₩1,000",
    "日本語 and English と 한국어",
    "1. first\n2. שני\n3. третий",
    "א\nمرحبا\nz",
    # emoji
    "Happy birthday 🎂🎉",
    "Family 👩‍👩‍👧‍👦 and flag 🇩🇪",
    "Thumbs 👍🏽 ❤️ ok",
    "😀😃😄",
)
