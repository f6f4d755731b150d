name = 한국어
