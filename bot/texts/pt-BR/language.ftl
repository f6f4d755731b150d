name = Português (Brasil)
