alt_one = Image faite avec l'IA : { $prompt }
alt_many = Image { $number } sur { $count }, faite avec l'IA : { $prompt }
alt_one_changed = Image faite avec l'IA, { $how } : { $prompt }
alt_many_changed = Image { $number } sur { $count }, faite avec l'IA, { $how } : { $prompt }
with_text = avec le texte « { $text } »
text = avec du texte
cropped = recadrée en { $ratio }
changed = Image { $number } : { $how }.
