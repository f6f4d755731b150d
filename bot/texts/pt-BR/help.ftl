title = O que você pode fazer
start = Digite /imagine e o que você quer ver, por exemplo: /imagine uma bicicleta vermelha na chuva
options = Você também pode escolher um tamanho ({ $sizes }), uma qualidade ({ $qualities }), quantas imagens (até { $count }) e privado (só você vê o resultado até publicar).
own = Aqui quem desenha é o serviço de imagens próprio da comunidade, com { $models }.
text =
    Não sabe o que escrever? O /imagine-guide pergunta uma coisa por vez e mostra o texto antes de enviar.

    O /imagine-show lista seus últimos pedidos. O /imagine-status diz como está o serviço de imagens e quanto resta do seu orçamento. O /imagine-privacy mostra o que está guardado sobre você e deixa excluir.

    Se o serviço de imagens bloquear um prompt, a moderação dá uma olhada. Nada é reescrito ou reenviado sem o seu OK.
references = Dá para partir de uma imagem também: anexe até { $most } ou aperte “Alterar esta imagem” ou “Usar como referência” em um resultado. Se um resultado não deveria estar aqui, aperte “Denunciar”.
