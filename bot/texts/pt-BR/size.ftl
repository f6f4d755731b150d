auto = Tamanho automático
landscape = Paisagem { $width }×{ $height }
portrait = Retrato { $width }×{ $height }
square = Quadrado { $width }×{ $height }
