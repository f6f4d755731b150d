delete = Diese Anfrage und ihre Bilder löschen? Das lässt sich nicht rückgängig machen.
batch_stop = Diesen Stapel endgültig beenden? Was gezeichnet ist, bleibt, und es kommt nichts mehr dazu.
own_key_remove = Den Schlüssel entfernen? Er wird endgültig gelöscht. Um ihn wieder zu benutzen, müsstest du ihn neu eingeben.
title = Bist du sicher?
keep = Behalten
