alt_one = AI で生成した画像：{ $prompt }
alt_many = { $count } 枚中 { $number } 枚目、AI で生成：{ $prompt }
alt_one_changed = AI で生成した画像、{ $how }：{ $prompt }
alt_many_changed = { $count } 枚中 { $number } 枚目、AI で生成、{ $how }：{ $prompt }
with_text = 文字「{ $text }」入り
text = 文字入り
cropped = { $ratio } に切り抜き
changed = { $number } 枚目：{ $how }。
