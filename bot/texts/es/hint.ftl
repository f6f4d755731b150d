line = Un consejo, si quieres: { $hint }
real_person = las personas reales suelen salir mal o se bloquean; funciona mejor alguien inventado.
lettering = los modelos se equivocan con textos largos; pide un espacio vacío y añade tú las palabras.
tiny_text = el texto pequeño sale ilegible; quítalo y añádelo tú.
logo = los logotipos, códigos QR y marcas de agua salen mal; añade los de verdad después.
screenshot = deja fuera los datos internos y de clientes; describe la escena.
styles = los estilos de foto y de dibujo no se mezclan bien; elige uno.
