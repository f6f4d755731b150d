auto = 自动尺寸
landscape = 横向 { $width }×{ $height }
portrait = 纵向 { $width }×{ $height }
square = 方形 { $width }×{ $height }
