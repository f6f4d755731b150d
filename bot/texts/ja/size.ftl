auto = 自動サイズ
landscape = 横長 { $width }×{ $height }
portrait = 縦長 { $width }×{ $height }
square = 正方形 { $width }×{ $height }
