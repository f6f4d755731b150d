auto = 자동 크기
landscape = 가로 { $width }×{ $height }
portrait = 세로 { $width }×{ $height }
square = 정사각형 { $width }×{ $height }
