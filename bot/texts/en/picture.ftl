alt_one = Picture made with AI: { $prompt }
alt_many = Picture { $number } of { $count }, made with AI: { $prompt }
alt_one_changed = Picture made with AI, { $how }: { $prompt }
alt_many_changed = Picture { $number } of { $count }, made with AI, { $how }: { $prompt }
with_text = with the text “{ $text }”
text = with text
cropped = cropped to { $ratio }
changed = Picture { $number }: { $how }.
