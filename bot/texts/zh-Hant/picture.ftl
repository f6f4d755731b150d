alt_one = 由 AI 生成的圖片：{ $prompt }
alt_many = 第 { $number } 張，共 { $count } 張，由 AI 生成：{ $prompt }
alt_one_changed = 由 AI 生成的圖片，{ $how }：{ $prompt }
alt_many_changed = 第 { $number } 張，共 { $count } 張，由 AI 生成，{ $how }：{ $prompt }
with_text = 帶文字「{ $text }」
text = 帶文字
cropped = 裁成 { $ratio }
changed = 第 { $number } 張：{ $how }。
