auto = Taille automatique
landscape = Paysage { $width }×{ $height }
portrait = Portrait { $width }×{ $height }
square = Carré { $width }×{ $height }
