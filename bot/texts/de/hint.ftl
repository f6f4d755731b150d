line = Ein Tipp, wenn du magst: { $hint }
real_person = echte Menschen missraten oft oder werden blockiert; eine erfundene Person klappt besser.
lettering = Bildmodelle vertippen sich bei längeren Texten; lass dir eine freie Fläche zeichnen und setz die Worte selbst hinein.
tiny_text = kleiner Text wird unlesbar; lass ihn weg und füg ihn selbst hinzu.
logo = Logos, QR-Codes und Wasserzeichen werden falsch; setz die echten hinterher ein.
screenshot = lass interne Daten und Kundendaten aus Bildern heraus; beschreibe lieber die Szene.
styles = Foto- und Zeichenstile vertragen sich schlecht; nimm einen davon.
