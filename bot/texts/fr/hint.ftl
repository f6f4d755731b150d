line = Un conseil, si tu veux : { $hint }
real_person = les vraies personnes sont souvent ratées ou bloquées ; un personnage inventé marche mieux.
lettering = les modèles se trompent dans les longs textes ; demande un espace vide et ajoute les mots toi-même.
tiny_text = les petits textes sont illisibles ; enlève-les et ajoute-les toi-même.
logo = les logos, QR codes et filigranes sont ratés ; ajoute les vrais après.
screenshot = laisse de côté les données internes et celles des clients ; décris plutôt la scène.
styles = les styles photo et dessin se mélangent mal ; choisis-en un.
