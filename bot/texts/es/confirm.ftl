delete = ¿Borrar esta petición y sus imágenes? No se puede deshacer.
title = ¿Seguro?
keep = Conservarla
