auto = حجم تلقائي
landscape = أفقي { $width }×{ $height }
portrait = عمودي { $width }×{ $height }
square = مربع { $width }×{ $height }
