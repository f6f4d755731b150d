title = Ce que tu peux faire
start = Tape /imagine et ce que tu veux voir, par exemple : /imagine un vélo rouge sous la pluie
options = Tu peux aussi choisir la taille ({ $sizes }), la qualité ({ $qualities }), le nombre d'images (jusqu'à { $count }) et « privé » (toi seul vois le résultat tant que tu ne le publies pas).
own = Ici, c'est le service d'images propre à la communauté qui dessine, avec { $models }.
text =
    Tu ne sais pas quoi écrire ? /imagine-guide pose une question après l'autre et montre le texte avant l'envoi.

    /imagine-show affiche tes dernières demandes. /imagine-status dit comment va le service d'images et ce qui reste de ton budget. /imagine-privacy montre ce qui est enregistré sur toi et te laisse le supprimer.

    Si le service d'images bloque un prompt, quelqu'un de la modération regarde. Rien n'est reformulé ni renvoyé sans ton accord.
references = Tu peux aussi partir d'une image : joins-en jusqu'à { $most }, ou appuie sur « Modifier cette image » ou « Prendre comme modèle » sur un résultat. Si un résultat n'a rien à faire ici, appuie sur « Signaler ».
