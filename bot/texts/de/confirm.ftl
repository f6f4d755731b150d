delete = Diese Anfrage und ihre Bilder löschen? Das lässt sich nicht rückgängig machen.
title = Bist du sicher?
keep = Behalten
