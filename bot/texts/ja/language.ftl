name = 日本語
