draft_of = Entwurf { $number }
price_least = { $drafts } als Entwürfe: etwa { $least }. Das ist das Mindeste, wenn du keinen davon fertig zeichnen lässt.
price_most = Höchstens { $most } und { $pictures }, was auch geschieht.
price_all = Mit einem fertigen Bild zu jedem Thema: insgesamt etwa { $all }.
price_over = Alle Themen fertig zu zeichnen, würde etwa { $all } kosten, mehr als das Budget von { $budget }.
finish_price = { $pictures } in hoher Qualität: bis zu { $cost }.
half_price = Zum halben Preis, innerhalb eines Tages statt in Minuten: bis zu { $cost }.
state-proposed = wartet auf deinen Start
state-running = zeichnet Entwürfe
state-paused = pausiert
state-drafted = bereit zum Auswählen
state-finishing = zeichnet fertige Bilder
state-finish_paused = beim Fertigzeichnen pausiert
state-finished = fertig
state-stopped = beendet
paused-asked = Er ist pausiert. Es wird nichts mehr gezeichnet, bis du ihn weitermachen lässt.
paused-money = Er ist pausiert: Das nächste Bild kann bis zu { $need } kosten, und vom Budget von { $limit } sind { $left } übrig. Erhöhe das Budget, oder such aus dem aus, was da ist.
paused-pictures = Er ist pausiert: Von höchstens { $limit } sind { $left } übrig. Erhöhe die Zahl, oder such aus dem aus, was da ist.
paused-full = Er ist pausiert: Seit Stunden lässt die Grenze des Bilddienstes für Bilder zum halben Preis keinen Platz. Nichts ist verloren. Lass ihn später weitermachen, oder bitte den Betreiber des Bots, sich diese Grenze anzusehen.
paused-removed = Er ist pausiert, weil der Bot hier entfernt wurde. Was noch wartete, hat nichts gekostet. Sobald der Bot wieder da ist, lass ihn weitermachen.
paused-own_changed = Er ist pausiert, weil diese Community jetzt einen anderen Bilddienst nutzt, der das Bestellte so nicht zeichnen kann. Es wurde nichts gesendet, und kein Thema geht verloren: Lass ihn weitermachen, dann zeichnet der neue den Rest.
paused-own_service = Er ist pausiert, weil der eigene Bilddienst dieser Community so, wie er eingestellt ist, gerade nicht zeichnen kann. Die Administration hier kann sehen, warum: /imagine-settings, Eigener Schlüssel. Die Themen, bei denen es deshalb nicht ging, haben bisher nichts gekostet und werden gezeichnet, wenn du ihn weitermachen lässt.
reason-interrupted = Der Bot wurde angehalten, während das gezeichnet wurde. Vielleicht ist es schon gezeichnet und bezahlt, deshalb wird es nicht von selbst wiederholt.
reason-expired = Es hat zu lange auf den Bilddienst gewartet.
reason-not_in_time = Der Dienst hat es nicht innerhalb eines Tages gezeichnet. Es hat nichts gekostet.
reason-called_off = Es wurde abgebrochen, bevor der Dienst es gezeichnet hat. Es hat nichts gekostet.
reason-task_gone = Der Bilddienst kennt es nicht mehr. Vielleicht wurde es gezeichnet und bezahlt, deshalb zählt es als bezahlt.
reason-half_price_gone = Der Bilddienst hat keine Stapel zum halben Preis mehr. Deshalb wurde das nicht gezeichnet und hat nichts gekostet. Ein neuer Versuch zeichnet es zum üblichen Preis.
reason-batch_question = Die Worte brauchen einen zweiten Blick, bevor sie abgeschickt werden: Vielleicht enthalten sie private Daten, eine Marke oder etwas sehr Heftiges.
reason-blocked_before = Dieselben Worte wurden hier vor Kurzem blockiert, deshalb wurden sie nicht noch einmal abgeschickt.
reason-held_for_moderator = Das muss erst die Moderation lesen.
reason-group_safety = Der Filter des Bilddienstes hat es blockiert ({ $kind }).
reason-group_parameters = So nimmt der Bilddienst es nicht an ({ $kind }).
reason-group_service = Der Bilddienst konnte nicht benutzt werden ({ $kind }).
reason-group_unusable = Der Bilddienst hat ohne brauchbares Bild geantwortet ({ $kind }).
reason-other = Es wurde nicht abgeschickt ({ $kind }).
no-max_pictures = { $topics } Themen mit je { $drafts } Entwürfen sind { $count } Bilder, mehr als dein Limit von { $most }. Erhöhe das Limit, oder gib weniger Themen an.
no-budget = Allein die Entwürfe können { $drafts } kosten, mehr als dein Budget von { $budget }. Erhöhe das Budget, oder gib weniger Themen an.
no-label = { $value } ist keine Nummer eines Entwurfs. Sie gehen von 1 bis { $last }; 7b ist der zweite Entwurf von Thema 7.
no-no_item = In diesem Stapel gibt es kein Thema { $number }.
no-no_draft = Thema { $number } hat keinen solchen Entwurf.
no-max_pictures_value = { $value } ist keine Zahl von Bildern. Schreib eine ganze Zahl von 1 bis { $most }.
no-drafts = { $value } ist keine Zahl von Entwürfen. Schreib eine ganze Zahl von 1 bis { $most }.
no-budget_value = { $value } ist kein Geldbetrag. Schreib Dollar, etwa 5 oder 2.50.
no-long = { $field } hat { $count } Zeichen. Höchstens { $most } gehen.
no-template = Die Vorlage sagt nicht, wo das Thema hinkommt. Setz { $placeholder } hinein.
no-size = Das Bildmodell zeichnet { $size } nicht. Es zeichnet zum Beispiel { $known }.
no-line_size = Zeile { $line }: Das Bildmodell zeichnet { $size } nicht. Es zeichnet zum Beispiel { $known }.
no-no_numbers = Nenn mindestens einen Entwurf mit seiner Nummer.
no-no_reason = Sag in ein paar Worten, warum, damit die anderen es wissen.
no-nothing_picked = Noch ist nichts ausgewählt. Wähle zuerst Entwürfe aus.
no-no_half_price = Der Bilddienst hat keine Stapel zum halben Preis. Stell die Bilder ohne --half-price fertig.
no-fails_again = Thema { $number } wurde blockiert oder ist falsch und würde wieder scheitern. Ändere das Thema und nimm es in einen neuen Stapel auf.
no-over = Stapel { $batch } wurde beendet, darin ändert sich nichts mehr.
no-item_draft = Thema { $number } wird noch gezeichnet.
no-item_drawn = Thema { $number } ist nicht ausgewählt.
no-item_picked = Thema { $number } ist ausgewählt.
no-item_rejected = Thema { $number } ist aussortiert.
no-item_final = Thema { $number } wird gerade fertig gezeichnet.
no-item_finished = Thema { $number } ist fertig.
no-item_failed = Thema { $number } ist gescheitert, es gibt also nichts auszuwählen.
no-state_proposed = Stapel { $batch } ist noch nicht gestartet.
no-state_running = Stapel { $batch } zeichnet noch seine Entwürfe.
no-state_paused = Stapel { $batch } ist pausiert. Lass ihn zuerst weitermachen.
no-state_drafted = Stapel { $batch } hat alle seine Entwürfe.
no-state_finishing = Stapel { $batch } zeichnet schon seine fertigen Bilder.
no-state_finish_paused = Stapel { $batch } ist beim Fertigzeichnen pausiert. Lass ihn zuerst weitermachen.
no-state_finished = Stapel { $batch } ist fertig.
no-state_stopped = Stapel { $batch } wurde beendet.
topics-empty = In dieser Datei steht kein Thema. Schreib ein Thema je Zeile oder eine Tabelle mit einer Spalte namens topic.
topics-no_head = Die erste Zeile dieser Tabelle sagt nicht, in welcher Spalte die Themen stehen. Schreib „Thema“ über diese Spalte (möglich sind auch template, size, style und caption), oder schick eine .txt-Datei mit einem Thema je Zeile.
topics-many = Diese Datei hat { $count } Themen, und ein Stapel nimmt höchstens { $most }. Bitte teile sie auf.
topics-heavy = Diese Datei ist größer als { $most } MB. Eine Liste von Themen ist viel kleiner, wahrscheinlich ist es also eine andere Datei.
topics-binary = Das ist keine Textdatei. Speichere sie als CSV oder einfachen Text und versuche es noch einmal.
topics-encoding = Ab Byte { $position } ist diese Datei kein lesbarer Text mehr. Speichere sie als UTF-8 und versuche es noch einmal.
topics-quotes = Die Anführungszeichen in Zeile { $line } passen nicht zusammen. In einer CSV-Datei steht ein Anführungszeichen in einer Zelle doppelt.
topics-more_cells = Zeile { $line } hat mehr Zellen, als die Tabelle Spalten hat ({ $columns }). Setze Texte mit Kommas in Anführungszeichen.
topics-long = Das Thema in Zeile { $line } hat { $count } Zeichen. Höchstens { $most } gehen.
topics-long_field = { $field } in Zeile { $line } hat { $count } Zeichen. Höchstens { $most } gehen.
topics-no_topic = Zeile { $line } hat kein Thema. Füll es aus, oder nimm die Zeile heraus.
topics-template = Die Vorlage in Zeile { $line } sagt nicht, wo das Thema hinkommt. Setz { $placeholder } hinein.
topics-json = Zeile { $line } ist kein JSON-Objekt oder Text. Jede Zeile enthält eines, zum Beispiel: {"{"}"topic": "a lighthouse at dawn"{"}"}
topics-json_text = In Zeile { $line } ist ein Wert kein Text. Setz Zahlen und Ähnliches in Anführungszeichen.
topics-json_topic = Zeile { $line } hat kein Feld namens topic.
title = Stapel { $batch } ({ $title }): { $state }
proposed = { $topics ->
        [one] Ein Thema
       *[other] { $topics } Themen
    }, { $drafts ->
        [one] je ein Entwurf
       *[other] je { $drafts } Entwürfe
    }.
proposed_how = Bevor du zustimmst, wird nichts gezeichnet. Danach wird unter den Entwürfen ausgewählt, und nur das Ausgewählte wird in hoher Qualität gezeichnet.
read_as = Die Datei ist nicht in UTF-8. Sie wurde als { $encoding } gelesen; bitte sieh dir die Themen auf den Entwürfen an.
read_as_form = Die Datei ist nicht in UTF-8. Sie wurde als { $encoding } gelesen; bitte sieh dir die Themen an.
repeated = { $count ->
        [one] Eine Zeile wiederholt eine andere und wird nur einmal gezeichnet.
       *[other] { $count } Zeilen wiederholen andere und werden nur einmal gezeichnet.
    }
paused_operator = Er ist pausiert, weil der Bilddienst gerade nicht benutzt werden kann. Der Betreiber des Bots weiß Bescheid. Die Themen, bei denen es deshalb nicht ging, haben bisher nichts gekostet und werden gezeichnet, wenn du ihn weitermachen lässt.
choose = Wähle nach Nummer: Nimm, was fertig werden soll, sortiere den Rest aus, oder lass einen weiteren Entwurf zeichnen.
picked = Ausgewählt: { $drafts }.
rejected_one = Aussortiert: { $number } ({ $topic }): { $why }
rejected_more = { $count ->
        [one] Ein weiterer ist aussortiert.
       *[other] { $count } weitere sind aussortiert.
    }
failed_one = Gescheitert: { $number } ({ $topic }): { $why }
failed_more = { $count ->
        [one] Ein weiterer ist gescheitert.
       *[other] { $count } weitere sind gescheitert.
    }
full = Der Bilddienst nimmt nur eine begrenzte Zahl Bilder zum halben Preis auf einmal. Der Rest folgt in kleineren Teilen, sobald frühere fertig sind; du musst nichts tun.
of = { $done } von { $of }
fact-drafted = Entwürfe
fact-finished = Fertige Bilder
fact-running = Wird gezeichnet
fact-waiting = Wartet
fact-failed = Gescheitert
fact-money = Geld
fact-pictures = Bilder
fact-left = Fertig in
about = Stapel { $batch }
sheet_title = Stapel { $batch }: { $where }
sheet_one = Entwürfe zum Auswählen
sheet_page = Entwürfe zum Auswählen, Bogen { $page } von { $pages }
sheet_how = Jeder Entwurf hat seine Nummer und sein Format. Was außerhalb des dünnen Rahmens liegt, kann von einer App verdeckt werden.
sheet_alt = Übersicht der Entwürfe. { $drafts }
finals_title = Stapel { $batch }: { $pictures } fertig
final_alt = Fertiges Bild zu Thema { $number }: { $topic }
finish_title = Stapel { $batch } fertig zeichnen?
finish_over = Dieser Stapel hat noch { $left } übrig. Bevor er das überschreitet, pausiert er.
retry_changed = Ein neuer Versuch kostet inzwischen etwas anderes, als der Knopf sagte. Deshalb wurde nichts gezeichnet. Dieser Knopf sagt, was es jetzt kostet.
finishing_already = Er wird schon fertig gezeichnet.
form_title = Neuer Stapel
form_text = Bis zu 1000 Themen. Du siehst den Preis, bevor etwas gezeichnet wird.
form_topics = Themen
form_topics_hint = Ein Thema je Zeile oder eine Tabelle mit einer Spalte namens topic.
form_template = Prompt um jedes Thema herum
form_template_hint = Mit {"{"}topic{"}"} dort, wo das Thema hinkommt. Leer: nur das Thema.
form_style = Stil
form_style_hint = Für alle Themen, zum Beispiel: flache Farben, keine Menschen
form_size = Größe
form_size_default = Wie üblich
form_max_pictures = Höchstens so viele Bilder
form_max_pictures_hint = Entwürfe und fertige zusammen. Leer: ein fertiges Bild zu jedem Thema.
form_budget = Budget in Dollar
form_budget_hint = Es wird nie überschritten. Leer: was das alles höchstens kostet.
form_drafts = Entwürfe je Thema
form_drafts_hint = 1 bis 4. Leer: 1.
form_tag = Kosten-Stichwort
form_tag_hint = Für die Abrechnung des Betreibers, zum Beispiel: fruehling
form_submit = Preis zeigen
form_numbers = Nummern
form_numbers_hint = Etwa 1 4 7b 9-12 oder all. 7b ist der zweite Entwurf von Thema 7.
form_reason = Warum
form_pick_title = Stapel { $batch }: auswählen
form_pick_text = Ausgewählte Entwürfe werden beim Fertigzeichnen in hoher Qualität gezeichnet. Auswählen kostet nichts.
form_pick_submit = Auswählen
form_reject_title = Stapel { $batch }: aussortieren
form_reject_text = Aussortierte Themen fallen weg. Du kannst sie später trotzdem auswählen.
form_reject_submit = Aussortieren
form_redraw_title = Stapel { $batch }: neuer Entwurf
form_redraw_text = Jeder kostet so viel wie der erste. Klappt es nicht, ist der frühere Entwurf noch da.
form_redraw_submit = Noch einmal zeichnen
form_raise_title = Stapel { $batch }: andere Limits
form_raise_text = Der Stapel macht weiter, bis zu diesen Limits.
form_raise_submit = Weiter
file_lost = Die Datei { $name } ließ sich nicht lesen. Bitte hänge sie noch einmal an.
said_proposed = Der Stapel wartet auf deinen Start.
said_started = Stapel { $batch } hat begonnen.
said_paused = Stapel { $batch } ist pausiert. Was gerade gezeichnet wird, wird noch fertig, weil es bezahlt ist.
said_resumed = Stapel { $batch } macht weiter.
said_stopped = Stapel { $batch } ist beendet. Was da ist, bleibt.
said_retried = Was gescheitert ist und jetzt klappen könnte, wird noch einmal gezeichnet.
said_finishing = { $count ->
        [one] Ein Bild wird fertig gezeichnet.
       *[other] { $count } Bilder werden fertig gezeichnet.
    }
started_before = Er wurde schon gestartet.
picked_now = Ausgewählt: { $drafts }.
rejected_now = Aussortiert: { $drafts }.
redrawn_now = Wird noch einmal gezeichnet: { $drafts }.
unknown = Es gibt keinen Stapel { $batch }, den du sehen darfst. Die Nummer steht in seiner Nachricht.
deleted = Stapel { $batch } wurde von der Person gelöscht, die ihn angelegt hat
gone = Diesen Stapel gibt es nicht mehr.
only_owner = Das kann nur die Person, die diesen Stapel angelegt hat, weil es Geld kostet.
only_owner_and_moderators = Das können nur die Person, die diesen Stapel angelegt hat, und die Moderation hier.
