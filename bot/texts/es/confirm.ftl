delete = ¿Borrar esta petición y sus imágenes? No se puede deshacer.
batch_stop = ¿Detener este lote para siempre? Lo dibujado se queda y no se dibuja nada más.
title = ¿Seguro?
keep = Conservarla
