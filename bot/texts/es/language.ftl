name = Español
