title = Was du tun kannst
start = Tippe /imagine und was du sehen möchtest, zum Beispiel: /imagine ein rotes Fahrrad im Regen
options = Du kannst auch Größe ({ $sizes }), Qualität ({ $qualities }) und Anzahl (bis zu { $count }) wählen, und „privat“ (nur du siehst das Ergebnis, bis du es veröffentlichst).
own = Hier zeichnet der eigene Bilddienst der Community, mit { $models }.
text =
    Du weißt nicht, was du schreiben sollst? /imagine-guide fragt eins nach dem anderen und zeigt den Prompt, bevor er abgeschickt wird.

    /imagine-show zeigt deine letzten Anfragen. /imagine-status sagt, wie es dem Bilddienst geht und wie viel von deinem Budget übrig ist. /imagine-privacy zeigt, was über dich gespeichert ist, und löscht es auf Wunsch.

    Wenn der Bilddienst einen Prompt blockiert, sieht ihn sich die Moderation an. Ohne dein Ja wird nichts umformuliert oder noch einmal abgeschickt.
references = Du kannst auch von einem Bild ausgehen: Hänge bis zu { $most } an, oder drücke bei einem Ergebnis „Dieses Bild ändern“ oder „Als Vorlage nehmen“. Gehört ein Ergebnis nicht hierher, drücke „Melden“.
