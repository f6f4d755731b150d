draft_of = borrador { $number }
price_least = { $drafts } como borradores: unos { $least }. Es lo mínimo, si no terminas ninguno.
price_most = Como máximo { $most } y { $pictures }, pase lo que pase.
price_all = Con una imagen terminada de cada tema: unos { $all } en total.
price_over = Terminar todos los temas costaría unos { $all }, más que el presupuesto de { $budget }.
finish_price = { $pictures } en alta calidad: hasta { $cost }.
half_price = A mitad de precio, en un día como mucho en lugar de minutos: hasta { $cost }.
state-proposed = espera a que lo inicies
state-running = dibujando borradores
state-paused = en pausa
state-drafted = listo para elegir
state-finishing = dibujando imágenes terminadas
state-finish_paused = en pausa mientras se terminaba
state-finished = terminado
state-stopped = detenido
paused-asked = Está en pausa. No se dibuja nada más hasta que lo dejes seguir.
paused-money = Está en pausa: la siguiente imagen puede costar hasta { $need }, y quedan { $left } del presupuesto de { $limit }. Sube el presupuesto o elige entre lo que hay.
paused-pictures = Está en pausa: quedan { $left } del máximo, { $limit }. Sube el número o elige entre lo que hay.
paused-full = Está en pausa: desde hace horas, el límite del servicio de imágenes para la mitad de precio no deja sitio. No se ha perdido nada; deja que siga más tarde, o pide al operador del bot que mire ese límite.
paused-removed = Está en pausa, porque el bot se quitó de aquí. Lo que esperaba no costó nada. Cuando el bot vuelva, deja que siga.
paused-own_changed = Está en pausa, porque esta comunidad usa ahora otro servicio de imágenes, que no puede dibujar lo pedido tal cual. No se envió nada y no se pierde ningún tema: deja que siga y el nuevo dibuja el resto.
paused-own_service = Está en pausa, porque el servicio de imágenes propio de esta comunidad no puede dibujar ahora tal como está configurado. La administración de aquí puede ver por qué: /imagine-settings, Clave propia. Los temas que fallaron por eso no han costado nada y se dibujan cuando lo dejes seguir.
reason-interrupted = El bot se detuvo mientras se dibujaba. Puede que ya esté dibujada y pagada, así que no se repite sola.
reason-expired = Esperó demasiado al servicio de imágenes.
reason-not_in_time = El servicio no lo dibujó en un día. No costó nada.
reason-called_off = Se canceló antes de que el servicio lo dibujara. No costó nada.
reason-task_gone = El servicio de imágenes ya no lo conoce. Puede que esté dibujado y pagado, así que cuenta como pagado.
reason-half_price_gone = El servicio de imágenes ya no tiene lotes a mitad de precio, así que esto no se dibujó ni costó nada. Otro intento lo dibuja al precio normal.
reason-batch_question = Las palabras necesitan otra mirada antes de enviarse: pueden contener datos privados, una marca o algo muy fuerte.
reason-blocked_before = Las mismas palabras se bloquearon aquí hace poco, así que no se enviaron otra vez.
reason-held_for_moderator = Moderación tiene que leerlo antes.
reason-group_safety = Lo bloqueó el filtro del servicio de imágenes ({ $kind }).
reason-group_parameters = El servicio de imágenes no lo acepta así ({ $kind }).
reason-group_service = No se pudo usar el servicio de imágenes ({ $kind }).
reason-group_unusable = El servicio de imágenes respondió sin una imagen que sirva ({ $kind }).
reason-other = No se envió ({ $kind }).
no-max_pictures = { $topics } temas con { $drafts } borradores cada uno son { $count } imágenes, más que tu límite de { $most }. Sube el límite o da menos temas.
no-budget = Solo los borradores pueden costar { $drafts }, más que tu presupuesto de { $budget }. Sube el presupuesto o da menos temas.
no-label = { $value } no es el número de un borrador. Van del 1 al { $last }; 7b es el segundo borrador del tema 7.
no-no_item = No hay tema { $number } en este lote.
no-no_draft = El tema { $number } no tiene ese borrador.
no-max_pictures_value = { $value } no es un número de imágenes. Escribe un número entero de 1 a { $most }.
no-drafts = { $value } no es un número de borradores. Escribe un número entero de 1 a { $most }.
no-budget_value = { $value } no es una cantidad de dinero. Escribe dólares, como 5 o 2.50.
no-long = { $field } tiene { $count } caracteres. Caben { $most } como máximo.
no-template = La plantilla no dice dónde va el tema. Pon { $placeholder } en ella.
no-size = El modelo de imágenes no dibuja { $size }. Dibuja, por ejemplo, { $known }.
no-line_size = Línea { $line }: el modelo de imágenes no dibuja { $size }. Dibuja, por ejemplo, { $known }.
no-no_numbers = Di al menos un borrador por su número.
no-no_reason = Di en pocas palabras por qué, para que los demás lo sepan.
no-nothing_picked = Aún no has elegido nada. Elige primero borradores.
no-no_half_price = El servicio de imágenes no tiene lotes a mitad de precio. Termina sin --half-price.
no-fails_again = El tema { $number } se bloqueó o está mal, y volvería a fallar. Cambia el tema y añádelo a un lote nuevo.
no-over = El lote { $batch } se detuvo, así que ya no cambia nada en él.
no-item_draft = El tema { $number } aún se está dibujando.
no-item_drawn = El tema { $number } no está elegido.
no-item_picked = El tema { $number } está elegido.
no-item_rejected = El tema { $number } está descartado.
no-item_final = El tema { $number } se está terminando.
no-item_finished = El tema { $number } está terminado.
no-item_failed = El tema { $number } falló, así que no hay nada que elegir.
no-state_proposed = El lote { $batch } aún no ha empezado.
no-state_running = El lote { $batch } aún está dibujando sus borradores.
no-state_paused = El lote { $batch } está en pausa. Déjalo seguir primero.
no-state_drafted = El lote { $batch } tiene todos sus borradores.
no-state_finishing = El lote { $batch } ya está dibujando sus imágenes terminadas.
no-state_finish_paused = El lote { $batch } está en pausa mientras se terminaba. Déjalo seguir primero.
no-state_finished = El lote { $batch } está terminado.
no-state_stopped = El lote { $batch } se detuvo.
topics-empty = No hay ningún tema en este archivo. Escribe un tema por línea o una tabla con una columna llamada topic.
topics-no_head = La primera línea de esta tabla no dice en qué columna están los temas. Escribe «tema» sobre esa columna (también valen template, size, style y caption), o envía un archivo .txt con un tema por línea.
topics-many = Este archivo tiene { $count } temas y un lote admite { $most } como máximo. Divídelo.
topics-heavy = Este archivo pesa más de { $most } MB. Una lista de temas es mucho más pequeña, así que seguramente es otro archivo.
topics-binary = Esto no es un archivo de texto. Guárdalo como CSV o texto simple y prueba otra vez.
topics-encoding = Desde el byte { $position } este archivo deja de ser texto legible. Guárdalo como UTF-8 y prueba otra vez.
topics-quotes = Las comillas de la línea { $line } no cuadran. En un archivo CSV, una comilla dentro de una celda se escribe dos veces.
topics-more_cells = La línea { $line } tiene más celdas que columnas la tabla ({ $columns }). Pon entre comillas los textos con comas.
topics-long = El tema de la línea { $line } tiene { $count } caracteres. Caben { $most } como máximo.
topics-long_field = { $field } en la línea { $line } tiene { $count } caracteres. Caben { $most } como máximo.
topics-no_topic = La línea { $line } no tiene tema. Escríbelo o quita la línea.
topics-template = La plantilla de la línea { $line } no dice dónde va el tema. Pon { $placeholder } en ella.
topics-json = La línea { $line } no es un objeto JSON ni texto. Cada línea contiene uno, por ejemplo: {"{"}"topic": "a lighthouse at dawn"{"}"}
topics-json_text = En la línea { $line }, un valor no es texto. Pon los números y similares entre comillas.
topics-json_topic = La línea { $line } no tiene un campo llamado topic.
title = Lote { $batch } ({ $title }): { $state }
proposed = { $topics ->
        [one] Un tema
       *[other] { $topics } temas
    }, { $drafts ->
        [one] un borrador de cada uno
       *[other] { $drafts } borradores de cada uno
    }.
proposed_how = No se dibuja nada hasta que lo digas. Después se elige entre los borradores, y solo lo elegido se dibuja en alta calidad.
read_as = El archivo no está en UTF-8. Se leyó como { $encoding }; mira los temas en los borradores.
read_as_form = El archivo no está en UTF-8. Se leyó como { $encoding }; mira los temas.
repeated = { $count ->
        [one] Una línea repite otra y se dibuja una sola vez.
       *[other] { $count } líneas repiten otras y se dibujan una sola vez.
    }
paused_operator = Está en pausa, porque ahora no se puede usar el servicio de imágenes. El operador del bot está avisado. Los temas que fallaron por eso no han costado nada y se dibujan cuando lo dejes seguir.
choose = Elige por número: toma lo que haya que terminar, descarta lo que no, o pide otro borrador.
picked = Elegidos: { $drafts }.
rejected_one = Descartado { $number } ({ $topic }): { $why }
rejected_more = { $count ->
        [one] Hay uno descartado más.
       *[other] Hay { $count } descartados más.
    }
failed_one = Falló { $number } ({ $topic }): { $why }
failed_more = { $count ->
        [one] Falló uno más.
       *[other] Fallaron { $count } más.
    }
full = El servicio de imágenes solo acepta cierto número de imágenes a mitad de precio a la vez. El resto va en partes más pequeñas, a medida que terminan las anteriores; no tienes que hacer nada.
of = { $done } de { $of }
fact-drafted = Borradores
fact-finished = Imágenes terminadas
fact-running = Dibujándose
fact-waiting = En espera
fact-failed = Fallidos
fact-money = Dinero
fact-pictures = Imágenes
fact-left = Tiempo restante
about = Lote { $batch }
sheet_title = Lote { $batch }: { $where }
sheet_one = borradores para elegir
sheet_page = borradores para elegir, hoja { $page } de { $pages }
sheet_how = Cada borrador tiene su número y su proporción. Lo que queda fuera del marco fino puede taparlo una aplicación.
sheet_alt = Hoja de borradores. { $drafts }
finals_title = Lote { $batch }: { $pictures } en versión final
final_alt = Imagen terminada del tema { $number }: { $topic }
finish_title = ¿Terminar el lote { $batch }?
finish_over = Al lote le quedan { $left }. Se pausa antes de pasarse.
retry_changed = El precio de otro intento ha cambiado desde aquel botón, así que no se dibujó nada. Este botón dice cuánto cuesta ahora.
finishing_already = Ya se está terminando.
form_title = Lote nuevo
form_text = Hasta 1000 temas. Ves el precio antes de que se dibuje nada.
form_topics = Temas
form_topics_hint = Un tema por línea, o una tabla con una columna llamada topic.
form_template = Prompt alrededor de cada tema
form_template_hint = Con {"{"}topic{"}"} donde va el tema. Vacío: solo el tema.
form_style = Estilo
form_style_hint = Para todos los temas, por ejemplo: colores planos, sin personas
form_size = Tamaño
form_size_default = El habitual
form_max_pictures = Máximo de imágenes
form_max_pictures_hint = Borradores y terminadas juntos. Vacío: una imagen terminada de cada tema.
form_budget = Presupuesto en dólares
form_budget_hint = No se puede superar. Vacío: lo que cuesta todo eso como máximo.
form_drafts = Borradores de cada tema
form_drafts_hint = De 1 a 4. Vacío: 1.
form_tag = Etiqueta de coste
form_tag_hint = Para el informe de gasto del operador, por ejemplo: primavera
form_submit = Ver el precio
form_numbers = Números
form_numbers_hint = Como 1 4 7b 9-12, o all. 7b es el segundo borrador del tema 7.
form_reason = Por qué
form_pick_title = Lote { $batch }: elegir borradores
form_pick_text = Los borradores elegidos se dibujan en alta calidad al terminar. Elegir no cuesta nada.
form_pick_submit = Elegir
form_reject_title = Lote { $batch }: descartar
form_reject_text = Los temas descartados se dejan fuera. Aun así puedes elegirlos más tarde.
form_reject_submit = Descartar
form_redraw_title = Lote { $batch }: otro borrador
form_redraw_text = Cada uno cuesta lo mismo que el primero. Si falla, el borrador anterior sigue ahí.
form_redraw_submit = Dibujar otra vez
form_raise_title = Lote { $batch }: otros límites
form_raise_text = El lote sigue, hasta estos límites.
form_raise_submit = Seguir
file_lost = No se pudo leer el archivo { $name }. Adjúntalo otra vez.
said_proposed = El lote espera a que lo inicies.
said_started = El lote { $batch } ha empezado.
said_paused = El lote { $batch } está en pausa. Lo que se está dibujando se termina, porque está pagado.
said_resumed = El lote { $batch } sigue.
said_stopped = El lote { $batch } está detenido. Lo que hay se queda.
said_retried = Lo que falló y ahora puede funcionar se dibuja otra vez.
said_finishing = { $count ->
        [one] Se está terminando una imagen.
       *[other] Se están terminando { $count } imágenes.
    }
started_before = Ya se había iniciado.
picked_now = Elegidos: { $drafts }.
rejected_now = Descartados: { $drafts }.
redrawn_now = Se dibujan otra vez: { $drafts }.
unknown = No hay ningún lote { $batch } que puedas ver. Su número está en su mensaje.
deleted = Quien creó el lote { $batch } lo borró
gone = Este lote ya no está.
only_owner = Solo puede hacerlo quien creó este lote, porque cuesta dinero.
only_owner_and_moderators = Solo pueden hacerlo quien creó este lote y la moderación de aquí.
