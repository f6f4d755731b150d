delete = Excluir este pedido e as imagens dele? Não dá para desfazer.
batch_stop = Encerrar este lote de vez? O que foi desenhado fica, e nada mais é desenhado.
own_key_remove = Remover a chave? Ela é apagada, e ninguém pode lê-la de novo.
title = Tem certeza?
keep = Manter
