alt_one = AI로 만든 이미지: { $prompt }
alt_many = { $count }장 중 { $number }번째 이미지, AI로 제작: { $prompt }
alt_one_changed = AI로 만든 이미지, { $how }: { $prompt }
alt_many_changed = { $count }장 중 { $number }번째 이미지, AI로 제작, { $how }: { $prompt }
with_text = 글자 “{ $text }” 포함
text = 글자 포함
cropped = { $ratio }로 자름
changed = { $number }번째 이미지: { $how }.
