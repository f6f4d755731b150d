form_title = Procurar imagens
form_submit = Procurar
words = Palavras do prompt
dates = Data
dates_hint = Um dia, um mês ou um período, como 2026-11-29, 2026-11 ou 2026-11-01..2026-11-15.
model = Modelo
tag = Etiqueta
shelf = Quais
shelf_own = todas as minhas
shelf_favourites = minhas favoritas
shelf_public = as de todos neste canal
title_own = Encontrei isto
title_favourites = Suas favoritas
title_public = As imagens de todos neste canal
page = Página { $number }
by_words = palavras: { $words }
by_model = modelo: { $model }
by_tag = etiqueta: { $tag }
by_since = desde { $at }
by_until = antes de { $at }
nothing = Nada encontrado
nothing_own = Não encontrei nenhum pedido seu que corresponda. Tente menos palavras ou tire a data.
nothing_favourites = Nenhuma das suas favoritas corresponde à busca. Para guardar um resultado, digite /imagine-show, aperte o número dele e depois “Favorita”.
nothing_public = Não encontrei nenhuma imagem deste canal que corresponda. Tente menos palavras ou tire a data.
nothing_more = Essa era a última página.
unusable = Não consigo procurar isso
how = Por exemplo: /imagine-show bicicleta vermelha since:2026-11 model:gpt tag:loja is:favourite
no_value = { $option } precisa de algo depois, sem espaço no meio.
twice = Você usou { $option } duas vezes. Deixe uma de fora, por favor.
unknown_shelf = Não consigo procurar “is:{ $typed }”. Use is:favourite ou, na moderação, is:public.
on_and_span = Use on: sozinho, ou since: e until: juntos.
bad_date = “{ $typed }” não é uma data que eu consiga ler. Escreva como 2026-11-29, 2026-11 ou 2026.
reversed = A busca termina antes de começar: de { $first } a { $last }. Troque as duas.
too_long = Uma parte da busca é longa demais. Use no máximo { $most } caracteres.
not_a_moderator = Só a moderação pode ver as imagens dos outros. As suas estão no /imagine-show.
over = Esta lista tem mais de um dia. Digite /imagine-show para uma nova.
gone = Essa imagem não está mais aqui. Você pode fazer outra quando quiser.
noted_already = Já está assim.
favourite_kept = Agora é uma das suas favoritas.
favourite_gone = Não é mais uma das suas favoritas.
is_favourite = ★ Uma das suas favoritas
has_tag = Etiqueta: { $tag }
tag_title = Etiqueta
tag_submit = Salvar
tag_hint = Uma palavra ou algumas, por exemplo: loja outono. Vazio tira a etiqueta.
tag_kept = Salvo. Procure com tag:"{ $tag }".
tag_gone = Salvo. Não tem mais etiqueta.
tag_too_long = Uma etiqueta pode ter no máximo { $most } caracteres.
reproduce_title = Fazer de novo
reproduce_submit = Enviar
reproduce_text = O mesmo texto e as mesmas configurações, que você pode mudar. Nada é enviado antes de você apertar “Enviar”.
same_pictures = { $count ->
    [one] A imagem anexada vai junto.
   *[other] As { $count } imagens anexadas vão junto.
}
same_caption = Texto que é desenhado nela: { $text }
downloaded = As imagens com nomes legíveis e um arquivo JSON que diz como foram feitas.
downloaded_without = { $count ->
    [one] Uma imagem é grande demais para este arquivo ou não está mais aqui. As outras estão nele, com um arquivo JSON que diz como foram feitas.
   *[other] { $count } imagens são grandes demais para este arquivo ou não estão mais aqui. O resto está nele, com um arquivo JSON que diz como foram feitas.
}
