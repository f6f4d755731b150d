auto = Automatische Größe
landscape = Querformat { $width }×{ $height }
portrait = Hochformat { $width }×{ $height }
square = Quadrat { $width }×{ $height }
