auto = Automatic size
landscape = Landscape { $width }×{ $height }
portrait = Portrait { $width }×{ $height }
square = Square { $width }×{ $height }
