alt_one = Imagen hecha con IA: { $prompt }
alt_many = Imagen { $number } de { $count }, hecha con IA: { $prompt }
alt_one_changed = Imagen hecha con IA, { $how }: { $prompt }
alt_many_changed = Imagen { $number } de { $count }, hecha con IA, { $how }: { $prompt }
with_text = con el texto «{ $text }»
text = con texto
cropped = recortada a { $ratio }
changed = Imagen { $number }: { $how }.
