alt_one = Imagem feita com IA: { $prompt }
alt_many = Imagem { $number } de { $count }, feita com IA: { $prompt }
alt_one_changed = Imagem feita com IA, { $how }: { $prompt }
alt_many_changed = Imagem { $number } de { $count }, feita com IA, { $how }: { $prompt }
with_text = com o texto “{ $text }”
text = com texto
cropped = recortada para { $ratio }
changed = Imagem { $number }: { $how }.
