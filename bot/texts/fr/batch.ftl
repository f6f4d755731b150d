draft_of = ébauche { $number }
price_least = { $drafts } en ébauches : environ { $least }. C'est le minimum, si tu n'en termines aucune.
price_most = Au plus { $most } et { $pictures }, quoi qu'il arrive.
price_all = Avec une image finie pour chaque sujet : environ { $all } en tout.
price_over = Terminer tous les sujets coûterait environ { $all }, plus que le budget de { $budget }.
finish_price = { $pictures } en haute qualité : jusqu'à { $cost }.
half_price = À moitié prix, en un jour au plus au lieu de quelques minutes : jusqu'à { $cost }.
state-proposed = attend que tu le lances
state-running = dessine les ébauches
state-paused = en pause
state-drafted = prêt pour le choix
state-finishing = dessine les images finies
state-finish_paused = en pause pendant les finitions
state-finished = terminé
state-stopped = arrêté
paused-asked = Il est en pause. Plus rien n'est dessiné tant que tu ne le laisses pas continuer.
paused-money = Il est en pause : la prochaine image peut coûter jusqu'à { $need }, et il reste { $left } du budget de { $limit }. Augmente le budget, ou choisis parmi ce qui est là.
paused-pictures = Il est en pause : il reste { $left } sur le maximum, { $limit }. Augmente le nombre, ou choisis parmi ce qui est là.
paused-full = Il est en pause : depuis des heures, la limite du service d'images pour le moitié prix ne laisse aucune place. Rien n'est perdu ; laisse-le continuer plus tard, ou demande à l'opérateur du bot de regarder cette limite.
paused-removed = Il est en pause, car le bot a été retiré d'ici. Ce qui attendait n'a rien coûté. Quand le bot sera de retour, laisse-le continuer.
paused-own_changed = Il est en pause, car cette communauté utilise maintenant un autre service d'images, qui ne peut pas dessiner cela tel quel. Rien n'a été envoyé et aucun sujet n'est perdu : laisse-le continuer, et le nouveau dessine le reste.
paused-own_service = Il est en pause, car le service d'images de cette communauté ne peut pas dessiner pour le moment, tel qu'il est réglé. L'administration d'ici peut voir pourquoi : /imagine-settings, Clé propre. Les sujets qui ont échoué pour cette raison n'ont rien coûté et seront dessinés quand tu le laisseras continuer.
reason-interrupted = Le bot a été arrêté pendant le dessin. C'est peut-être déjà dessiné et payé, donc ce n'est pas répété tout seul.
reason-expired = L'attente du service d'images a été trop longue.
reason-not_in_time = Le service ne l'a pas dessiné en un jour. Cela n'a rien coûté.
reason-called_off = Cela a été annulé avant que le service ne le dessine. Cela n'a rien coûté.
reason-task_gone = Le service d'images n'en a plus trace. C'est peut-être déjà dessiné et payé, donc cela compte comme payé.
reason-half_price_gone = Le service d'images n'a plus de lots à moitié prix, donc cela n'a pas été dessiné et n'a rien coûté. Un nouvel essai le dessine au prix habituel.
reason-batch_question = Les mots demandent un second regard avant l'envoi : ils contiennent peut-être des données privées, une marque ou quelque chose de très fort.
reason-blocked_before = Les mêmes mots ont été bloqués ici il y a peu, donc ils n'ont pas été renvoyés.
reason-held_for_moderator = La modération doit d'abord le lire.
reason-group_safety = Le filtre du service d'images l'a bloqué ({ $kind }).
reason-group_parameters = Le service d'images ne le prend pas ainsi ({ $kind }).
reason-group_service = Le service d'images n'a pas pu être utilisé ({ $kind }).
reason-group_unusable = Le service d'images a répondu sans image utilisable ({ $kind }).
reason-other = Ce n'est pas parti ({ $kind }).
no-max_pictures = { $topics } sujets avec { $drafts } ébauches chacun font { $count } images, plus que ta limite de { $most }. Augmente la limite, ou donne moins de sujets.
no-budget = Les ébauches seules peuvent coûter { $drafts }, plus que ton budget de { $budget }. Augmente le budget, ou donne moins de sujets.
no-label = { $value } n'est pas le numéro d'une ébauche. Ils vont de 1 à { $last } ; 7b est la deuxième ébauche du sujet 7.
no-no_item = Il n'y a pas de sujet { $number } dans ce lot.
no-no_draft = Le sujet { $number } n'a pas cette ébauche.
no-max_pictures_value = { $value } n'est pas un nombre d'images. Écris un nombre entier de 1 à { $most }.
no-drafts = { $value } n'est pas un nombre d'ébauches. Écris un nombre entier de 1 à { $most }.
no-budget_value = { $value } n'est pas une somme d'argent. Écris des dollars, comme 5 ou 2.50.
no-long = { $field } a { $count } caractères. { $most } au plus.
no-template = Le modèle ne dit pas où va le sujet. Mets-y { $placeholder }.
no-size = Le modèle d'images ne dessine pas { $size }. Il dessine par exemple { $known }.
no-line_size = Ligne { $line } : le modèle d'images ne dessine pas { $size }. Il dessine par exemple { $known }.
no-no_numbers = Donne au moins une ébauche par son numéro.
no-no_reason = Dis en quelques mots pourquoi, pour que les autres le sachent.
no-nothing_picked = Rien n'est encore choisi. Choisis d'abord des ébauches.
no-no_half_price = Le service d'images n'a pas de lots à moitié prix. Termine sans --half-price.
no-fails_again = Le sujet { $number } a été bloqué ou est incorrect, et échouerait encore. Change le sujet et ajoute-le dans un nouveau lot.
no-over = Le lot { $batch } a été arrêté, donc plus rien n'y change.
no-item_draft = Le sujet { $number } est encore en cours de dessin.
no-item_drawn = Le sujet { $number } n'est pas choisi.
no-item_picked = Le sujet { $number } est choisi.
no-item_rejected = Le sujet { $number } est écarté.
no-item_final = Le sujet { $number } est en cours de finition.
no-item_finished = Le sujet { $number } est terminé.
no-item_failed = Le sujet { $number } a échoué, il n'y a donc rien à choisir.
no-state_proposed = Le lot { $batch } n'est pas encore lancé.
no-state_running = Le lot { $batch } dessine encore ses ébauches.
no-state_paused = Le lot { $batch } est en pause. Laisse-le d'abord continuer.
no-state_drafted = Le lot { $batch } a toutes ses ébauches.
no-state_finishing = Le lot { $batch } dessine déjà ses images finies.
no-state_finish_paused = Le lot { $batch } est en pause pendant les finitions. Laisse-le d'abord continuer.
no-state_finished = Le lot { $batch } est terminé.
no-state_stopped = Le lot { $batch } a été arrêté.
topics-empty = Il n'y a aucun sujet dans ce fichier. Écris un sujet par ligne, ou un tableau avec une colonne nommée topic.
topics-no_head = La première ligne de ce tableau ne dit pas quelle colonne contient les sujets. Écris « sujet » au-dessus de cette colonne (template, size, style et caption sont aussi possibles), ou envoie un fichier .txt avec un sujet par ligne.
topics-many = Ce fichier a { $count } sujets, et un lot en prend { $most } au plus. Découpe-le.
topics-heavy = Ce fichier dépasse { $most } Mo. Une liste de sujets est bien plus petite, c'est donc sans doute un autre fichier.
topics-binary = Ce n'est pas un fichier texte. Enregistre-le en CSV ou en texte simple, et réessaie.
topics-encoding = À partir de l'octet { $position }, ce fichier n'est plus du texte lisible. Enregistre-le en UTF-8, et réessaie.
topics-quotes = Les guillemets de la ligne { $line } ne vont pas ensemble. Dans un fichier CSV, un guillemet dans une cellule s'écrit deux fois.
topics-more_cells = La ligne { $line } a plus de cellules que le tableau n'a de colonnes ({ $columns }). Mets entre guillemets les textes avec des virgules.
topics-long = Le sujet de la ligne { $line } a { $count } caractères. { $most } au plus.
topics-long_field = { $field }, ligne { $line }, a { $count } caractères. { $most } au plus.
topics-no_topic = La ligne { $line } n'a pas de sujet. Remplis-la, ou enlève-la.
topics-template = Le modèle de la ligne { $line } ne dit pas où va le sujet. Mets-y { $placeholder }.
topics-json = La ligne { $line } n'est ni un objet JSON ni du texte. Chaque ligne en contient un, par exemple : {"{"}"topic": "a lighthouse at dawn"{"}"}
topics-json_text = À la ligne { $line }, une valeur n'est pas du texte. Mets les nombres et autres entre guillemets.
topics-json_topic = La ligne { $line } n'a pas de champ nommé topic.
title = Lot { $batch } ({ $title }) : { $state }
proposed = { $topics ->
        [one] Un sujet
       *[other] { $topics } sujets
    }, { $drafts ->
        [one] une ébauche pour chacun
       *[other] { $drafts } ébauches pour chacun
    }.
proposed_how = Rien n'est dessiné avant ton accord. Ensuite on choisit parmi les ébauches, et seul ce qui est choisi est dessiné en haute qualité.
read_as = Le fichier n'est pas en UTF-8. Il a été lu en { $encoding } ; vérifie les sujets sur les ébauches.
read_as_form = Le fichier n'est pas en UTF-8. Il a été lu en { $encoding } ; vérifie les sujets.
repeated = { $count ->
        [one] Une ligne en répète une autre, et n'est dessinée qu'une fois.
       *[other] { $count } lignes en répètent d'autres, et ne sont dessinées qu'une fois.
    }
paused_operator = Il est en pause, car le service d'images ne peut pas être utilisé en ce moment. L'opérateur du bot est prévenu. Les sujets qui ont échoué pour cette raison n'ont rien coûté et seront dessinés quand tu le laisseras continuer.
choose = Choisis par numéro : garde ce qui doit être terminé, écarte le reste, ou demande une autre ébauche.
picked = Choisies : { $drafts }.
rejected_one = Écarté { $number } ({ $topic }) : { $why }
rejected_more = { $count ->
        [one] Un de plus est écarté.
       *[other] { $count } de plus sont écartés.
    }
failed_one = Échec { $number } ({ $topic }) : { $why }
failed_more = { $count ->
        [one] Un de plus a échoué.
       *[other] { $count } de plus ont échoué.
    }
full = Le service d'images ne prend qu'un certain nombre d'images à moitié prix à la fois. Le reste suit par petites parts, à mesure que les premières sont prêtes ; tu n'as rien à faire.
of = { $done } sur { $of }
fact-drafted = Ébauches
fact-finished = Images finies
fact-running = En cours
fact-waiting = En attente
fact-failed = Échecs
fact-money = Argent
fact-pictures = Images
fact-left = Temps restant
about = Lot { $batch }
sheet_title = Lot { $batch } : { $where }
sheet_one = ébauches à choisir
sheet_page = ébauches à choisir, planche { $page } sur { $pages }
sheet_how = Chaque ébauche a son numéro et son format. Ce qui est hors du cadre fin peut être caché par une application.
sheet_alt = Planche des ébauches. { $drafts }
finals_title = Lot { $batch } : { $pictures } en version finale
final_alt = Image finie du sujet { $number } : { $topic }
finish_title = Terminer le lot { $batch } ?
finish_over = Il reste { $left } au lot. Il se met en pause avant de dépasser.
retry_changed = Le prix d'un nouvel essai a changé depuis ce bouton, donc rien n'a été dessiné. Ce bouton-ci dit ce que cela coûte maintenant.
finishing_already = Il est déjà en cours de finition.
form_title = Nouveau lot
form_text = Jusqu'à 1000 sujets. Tu vois le prix avant que rien ne soit dessiné.
form_topics = Sujets
form_topics_hint = Un sujet par ligne, ou un tableau avec une colonne nommée topic.
form_template = Prompt autour de chaque sujet
form_template_hint = Avec {"{"}topic{"}"} là où va le sujet. Vide : le sujet seul.
form_style = Style
form_style_hint = Pour tous les sujets, par exemple : aplats de couleur, aucun personnage
form_size = Taille
form_size_default = L'habituelle
form_max_pictures = Nombre maximal d'images
form_max_pictures_hint = Ébauches et images finies ensemble. Vide : une image finie par sujet.
form_budget = Budget en dollars
form_budget_hint = Il ne peut pas être dépassé. Vide : ce que tout cela coûte au plus.
form_drafts = Ébauches par sujet
form_drafts_hint = De 1 à 4. Vide : 1.
form_tag = Étiquette de coût
form_tag_hint = Pour le relevé de l'opérateur, par exemple : printemps
form_submit = Voir le prix
form_numbers = Numéros
form_numbers_hint = Comme 1 4 7b 9-12, ou all. 7b est la deuxième ébauche du sujet 7.
form_reason = Pourquoi
form_pick_title = Lot { $batch } : choisir
form_pick_text = Les ébauches choisies sont dessinées en haute qualité quand tu termines. Choisir ne coûte rien.
form_pick_submit = Choisir
form_reject_title = Lot { $batch } : écarter
form_reject_text = Les sujets écartés sont laissés de côté. Tu peux quand même les choisir plus tard.
form_reject_submit = Écarter
form_redraw_title = Lot { $batch } : autre ébauche
form_redraw_text = Chacune coûte autant que la première. En cas d'échec, l'ébauche d'avant est toujours là.
form_redraw_submit = Redessiner
form_raise_title = Lot { $batch } : autres limites
form_raise_text = Le lot continue, jusqu'à ces limites.
form_raise_submit = Continuer
file_lost = Le fichier { $name } n'a pas pu être lu. Joins-le à nouveau.
said_proposed = Le lot attend que tu le lances.
said_started = Le lot { $batch } a commencé.
said_paused = Le lot { $batch } est en pause. Ce qui est en cours est terminé, car c'est payé.
said_resumed = Le lot { $batch } continue.
said_stopped = Le lot { $batch } est arrêté. Ce qui est là reste.
said_retried = Ce qui a échoué et peut marcher maintenant est redessiné.
said_finishing = { $count ->
        [one] Une image est en cours de finition.
       *[other] { $count } images sont en cours de finition.
    }
started_before = Il a déjà été lancé.
picked_now = Choisies : { $drafts }.
rejected_now = Écartées : { $drafts }.
redrawn_now = Redessinées : { $drafts }.
unknown = Il n'y a pas de lot { $batch } que tu puisses voir. Son numéro est dans son message.
deleted = Le lot { $batch } a été supprimé par la personne qui l'a créé
gone = Ce lot n'est plus là.
only_owner = Seule la personne qui a créé ce lot peut faire ça, car ça coûte de l'argent.
only_owner_and_moderators = Seules la personne qui a créé ce lot et la modération d'ici peuvent faire ça.
