form_title = Buscar imágenes
form_submit = Buscar
words = Palabras del prompt
dates = Fecha
dates_hint = Un día, un mes o un periodo, como 2026-11-29, 2026-11 o 2026-11-01..2026-11-15.
model = Modelo
tag = Etiqueta
shelf = Cuáles
shelf_own = todas las mías
shelf_favourites = mis favoritas
shelf_public = las de todos en este canal
title_own = Esto he encontrado
title_favourites = Tus favoritas
title_public = Las imágenes de todos en este canal
page = Página { $number }
by_words = palabras: { $words }
by_model = modelo: { $model }
by_tag = etiqueta: { $tag }
by_since = desde { $at }
by_until = antes de { $at }
nothing = No hay resultados
nothing_own = No encontré ninguna petición tuya que coincida. Prueba con menos palabras o quita la fecha.
nothing_favourites = Ninguna de tus favoritas coincide con la búsqueda. Para guardar un resultado, escribe /imagine-show, pulsa su número y luego «Favorita».
nothing_public = No encontré ninguna imagen de este canal que coincida. Prueba con menos palabras o quita la fecha.
nothing_more = Esa era la última página.
unusable = No puedo buscar eso
how = Por ejemplo: /imagine-show bicicleta roja since:2026-11 model:gpt tag:tienda is:favourite
no_value = { $option } necesita algo detrás, sin espacio en medio.
twice = Pusiste { $option } dos veces. Quita una.
unknown_shelf = No puedo buscar «is:{ $typed }». Usa is:favourite o, si moderas, is:public.
on_and_span = Usa on: solo, o bien since: y until: juntos.
bad_date = «{ $typed }» no es una fecha que sepa leer. Escríbela como 2026-11-29, 2026-11 o 2026.
reversed = La búsqueda termina antes de empezar: de { $first } a { $last }. Intercámbialas.
too_long = Una parte de la búsqueda es demasiado larga. Usa { $most } caracteres como máximo.
not_a_moderator = Solo moderación puede mirar imágenes de otros. Las tuyas están en /imagine-show.
over = Esta lista tiene más de un día. Escribe /imagine-show para una nueva.
gone = Esa imagen ya no está. Puedes hacer otra cuando quieras.
noted_already = Ya está así.
favourite_kept = Ahora es una de tus favoritas.
favourite_gone = Ya no es una de tus favoritas.
is_favourite = ★ Una de tus favoritas
has_tag = Etiqueta: { $tag }
tag_title = Etiqueta
tag_submit = Guardar
tag_hint = Una palabra o unas pocas, por ejemplo: tienda otoño. Vacío la quita.
tag_kept = Guardado. Búscala con tag:"{ $tag }".
tag_gone = Guardado. No tiene etiqueta.
tag_too_long = Una etiqueta puede tener { $most } caracteres como máximo.
reproduce_title = Hacerla otra vez
reproduce_submit = Enviar
reproduce_text = El mismo texto y los mismos ajustes, que puedes cambiar. No se envía nada hasta que pulses «Enviar».
same_pictures = { $count ->
    [one] Va con la imagen adjunta.
   *[other] Va con las { $count } imágenes adjuntas.
}
same_caption = Texto que se dibuja encima: { $text }
downloaded = Las imágenes con nombres legibles y un archivo JSON que dice cómo se hicieron.
downloaded_without = { $count ->
    [one] Una imagen es demasiado grande para este archivo o ya no está. Las demás están dentro, con un archivo JSON que dice cómo se hicieron.
   *[other] { $count } imágenes son demasiado grandes para este archivo o ya no están. El resto está dentro, con un archivo JSON que dice cómo se hicieron.
}
