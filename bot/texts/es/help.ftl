title = Qué puedes hacer
start = Escribe /imagine y lo que quieres ver, por ejemplo: /imagine una bicicleta roja bajo la lluvia
options = También puedes elegir el tamaño ({ $sizes }), la calidad ({ $qualities }), cuántas imágenes (hasta { $count }) y privado (solo tú ves el resultado hasta que lo publiques).
own = Aquí dibuja el servicio de imágenes propio de la comunidad, con { $models }.
text =
    ¿No sabes qué escribir? /imagine-guide pregunta una cosa tras otra y muestra el texto antes de enviarlo.

    /imagine-show muestra tus últimas peticiones. /imagine-status dice cómo está el servicio de imágenes y cuánto queda de tu presupuesto. /imagine-privacy muestra lo que hay guardado sobre ti y te deja borrarlo.

    Si el servicio de imágenes bloquea un prompt, lo mira una persona de moderación. Nada se reescribe ni se vuelve a enviar sin tu sí.
references = También puedes partir de una imagen: adjunta hasta { $most }, o pulsa «Cambiar esta imagen» o «Usar como referencia» en un resultado. Si un resultado no debería estar aquí, pulsa «Denunciar».
