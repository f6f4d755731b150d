alt_one = 由 AI 生成的图片：{ $prompt }
alt_many = 第 { $number } 张，共 { $count } 张，由 AI 生成：{ $prompt }
alt_one_changed = 由 AI 生成的图片，{ $how }：{ $prompt }
alt_many_changed = 第 { $number } 张，共 { $count } 张，由 AI 生成，{ $how }：{ $prompt }
with_text = 带文字“{ $text }”
text = 带文字
cropped = 裁成 { $ratio }
changed = 第 { $number } 张：{ $how }。
