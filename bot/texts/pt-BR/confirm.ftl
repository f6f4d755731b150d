delete = Excluir este pedido e as imagens dele? Não dá para desfazer.
batch_stop = Encerrar este lote de vez? O que foi desenhado fica, e nada mais é desenhado.
own_key_remove = Remover a chave? Ela é apagada de vez. Para usá-la de novo, seria preciso digitá-la outra vez.
title = Tem certeza?
keep = Manter
