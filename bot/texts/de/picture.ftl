alt_one = Mit KI erstelltes Bild: { $prompt }
alt_many = Bild { $number } von { $count }, mit KI erstellt: { $prompt }
alt_one_changed = Mit KI erstelltes Bild, { $how }: { $prompt }
alt_many_changed = Bild { $number } von { $count }, mit KI erstellt, { $how }: { $prompt }
with_text = mit dem Text „{ $text }“
text = mit Text
cropped = zugeschnitten auf { $ratio }
changed = Bild { $number }: { $how }.
