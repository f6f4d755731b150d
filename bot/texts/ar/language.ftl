name = العربية
