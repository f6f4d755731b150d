form_title = Chercher des images
form_submit = Chercher
words = Mots du prompt
dates = Date
dates_hint = Un jour, un mois ou une période, comme 2026-11-29, 2026-11 ou 2026-11-01..2026-11-15.
model = Modèle
tag = Étiquette
shelf = Lesquelles
shelf_own = toutes les miennes
shelf_favourites = mes favoris
shelf_public = celles de tous dans ce salon
title_own = Voici ce que j'ai trouvé
title_favourites = Tes favoris
title_public = Les images de tous dans ce salon
page = Page { $number }
by_words = mots : { $words }
by_model = modèle : { $model }
by_tag = étiquette : { $tag }
by_since = depuis le { $at }
by_until = avant le { $at }
nothing = Rien trouvé
nothing_own = Je n'ai trouvé aucune de tes demandes qui corresponde. Essaie moins de mots, ou enlève la date.
nothing_favourites = Aucun de tes favoris ne correspond. Pour garder un résultat, tape /imagine-show, appuie sur son numéro, puis sur « Favori ».
nothing_public = Je n'ai trouvé aucune image de ce salon qui corresponde. Essaie moins de mots, ou enlève la date.
nothing_more = C'était la dernière page.
unusable = Je ne peux pas chercher ça
how = Par exemple : /imagine-show vélo rouge since:2026-11 model:gpt tag:boutique is:favourite
no_value = Il faut quelque chose après { $option }, sans espace entre les deux.
twice = Tu as donné { $option } deux fois. Enlèves-en une.
unknown_shelf = Je ne peux pas chercher « is:{ $typed } ». Prends is:favourite ou, à la modération, is:public.
on_and_span = Prends soit on: seul, soit since: et until: ensemble.
bad_date = « { $typed } » n'est pas une date que je sais lire. Écris-la comme 2026-11-29, 2026-11 ou 2026.
reversed = La recherche finit avant de commencer : du { $first } au { $last }. Échange les deux.
too_long = Une partie de la recherche est trop longue. { $most } caractères au plus.
not_a_moderator = Seule la modération peut parcourir les images des autres. Les tiennes sont dans /imagine-show.
over = Cette liste a plus d'un jour. Tape /imagine-show pour en avoir une nouvelle.
gone = Cette image n'est plus là. Tu peux en faire une nouvelle quand tu veux.
noted_already = C'est déjà le cas.
favourite_kept = Elle est maintenant dans tes favoris.
favourite_gone = Elle n'est plus dans tes favoris.
is_favourite = ★ Dans tes favoris
has_tag = Étiquette : { $tag }
tag_title = Étiquette
tag_submit = Enregistrer
tag_hint = Un mot ou quelques-uns, par exemple : boutique automne. Vide, elle disparaît.
tag_kept = Enregistré. Cherche-la avec tag:"{ $tag }".
tag_gone = Enregistré. Elle n'a plus d'étiquette.
tag_too_long = Une étiquette peut avoir { $most } caractères au plus.
reproduce_title = La refaire
reproduce_submit = Envoyer
reproduce_text = Le même texte et les mêmes réglages, que tu peux changer. Rien n'est envoyé avant que tu appuies sur « Envoyer ».
same_pictures = { $count ->
    [one] L'image jointe part avec.
   *[other] Les { $count } images jointes partent avec.
}
same_caption = Texte dessiné dessus : { $text }
downloaded = Les images avec des noms lisibles, et un fichier JSON qui dit comment elles ont été faites.
downloaded_without = { $count ->
    [one] Une image est trop grande pour ce fichier ou n'est plus là. Les autres y sont, avec un fichier JSON qui dit comment elles ont été faites.
   *[other] { $count } images sont trop grandes pour ce fichier ou ne sont plus là. Le reste y est, avec un fichier JSON qui dit comment elles ont été faites.
}
