auto = 自動尺寸
landscape = 橫向 { $width }×{ $height }
portrait = 縱向 { $width }×{ $height }
square = 方形 { $width }×{ $height }
