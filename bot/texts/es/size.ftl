auto = Tamaño automático
landscape = Horizontal { $width }×{ $height }
portrait = Vertical { $width }×{ $height }
square = Cuadrado { $width }×{ $height }
