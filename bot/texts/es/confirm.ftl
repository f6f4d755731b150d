delete = ¿Borrar esta petición y sus imágenes? No se puede deshacer.
batch_stop = ¿Detener este lote para siempre? Lo dibujado se queda y no se dibuja nada más.
own_key_remove = ¿Quitar la clave? Se borra y nadie puede volver a leerla.
title = ¿Seguro?
keep = Conservarla
