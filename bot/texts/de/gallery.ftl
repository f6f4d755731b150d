form_title = Bilder suchen
form_submit = Suchen
words = Worte des Prompts
dates = Datum
dates_hint = Ein Tag, ein Monat oder eine Spanne, etwa 2026-11-29, 2026-11 oder 2026-11-01..2026-11-15.
model = Modell
tag = Stichwort
shelf = Welche
shelf_own = alle meine
shelf_favourites = meine Favoriten
shelf_public = alle in diesem Kanal
title_own = Das habe ich gefunden
title_favourites = Deine Favoriten
title_public = Alle Bilder in diesem Kanal
page = Seite { $number }
by_words = Worte: { $words }
by_model = Modell: { $model }
by_tag = Stichwort: { $tag }
by_since = ab { $at }
by_until = vor { $at }
nothing = Nichts gefunden
nothing_own = Ich habe keine Anfrage von dir gefunden, die passt. Versuche weniger Worte, oder lass das Datum weg.
nothing_favourites = Keiner deiner Favoriten passt. So merkst du dir ein Ergebnis: Tippe /imagine-show, drücke seine Nummer und dann „Favorit“.
nothing_public = Ich habe kein Bild aus diesem Kanal gefunden, das passt. Versuche weniger Worte, oder lass das Datum weg.
nothing_more = Das war die letzte Seite.
unusable = So kann ich nicht suchen
how = Zum Beispiel: /imagine-show rotes Fahrrad since:2026-11 model:gpt tag:shop is:favourite
no_value = Nach { $option } muss etwas stehen, ohne Leerzeichen dazwischen.
twice = Du hast { $option } zweimal angegeben. Bitte lass eins weg.
unknown_shelf = Nach „is:{ $typed }“ kann ich nicht suchen. Nimm is:favourite oder, in der Moderation, is:public.
on_and_span = Bitte nimm entweder on: allein oder since: und until: zusammen.
bad_date = „{ $typed }“ ist kein Datum, das ich lesen kann. Schreib es wie 2026-11-29, 2026-11 oder 2026.
reversed = Die Suche endet, bevor sie anfängt: von { $first } bis { $last }. Bitte tausche die beiden.
too_long = Ein Teil der Suche ist zu lang. Höchstens { $most } Zeichen gehen.
not_a_moderator = Fremde Bilder kann nur die Moderation durchsehen. Deine eigenen sind in /imagine-show.
over = Diese Liste ist älter als ein Tag. Tippe /imagine-show für eine neue.
gone = Dieses Bild ist nicht mehr da. Du kannst jederzeit ein neues machen.
noted_already = So ist es schon.
favourite_kept = Es gehört jetzt zu deinen Favoriten.
favourite_gone = Es gehört nicht mehr zu deinen Favoriten.
is_favourite = ★ Einer deiner Favoriten
has_tag = Stichwort: { $tag }
tag_title = Stichwort
tag_submit = Speichern
tag_hint = Ein Wort oder ein paar, zum Beispiel: Herbst Laden. Leer entfernt es.
tag_kept = Gespeichert. Mit tag:"{ $tag }" findest du es.
tag_gone = Gespeichert. Es hat kein Stichwort mehr.
tag_too_long = Ein Stichwort kann höchstens { $most } Zeichen haben.
reproduce_title = Noch einmal machen
reproduce_submit = Abschicken
reproduce_text = Derselbe Wortlaut und dieselben Einstellungen; du kannst alles ändern. Bevor du „Abschicken“ drückst, wird nichts abgeschickt.
same_pictures = { $count ->
    [one] Das angehängte Bild kommt mit.
   *[other] Die { $count } angehängten Bilder kommen mit.
}
same_caption = Text, der darauf gezeichnet wird: { $text }
downloaded = Die Bilder mit lesbaren Namen und eine JSON-Datei, die sagt, wie sie entstanden sind.
downloaded_without = { $count ->
    [one] Ein Bild ist für diese Datei zu groß oder nicht mehr da. Die anderen sind darin, mit einer JSON-Datei, die sagt, wie sie entstanden sind.
   *[other] { $count } Bilder sind für diese Datei zu groß oder nicht mehr da. Der Rest ist darin, mit einer JSON-Datei, die sagt, wie sie entstanden sind.
}
