delete = ¿Borrar esta petición y sus imágenes? No se puede deshacer.
batch_stop = ¿Detener este lote para siempre? Lo dibujado se queda y no se dibuja nada más.
own_key_remove = ¿Quitar la clave? Se borra para siempre. Para volver a usarla, tendrías que escribirla de nuevo.
title = ¿Seguro?
keep = Conservarla
