delete = Excluir este pedido e as imagens dele? Não dá para desfazer.
batch_stop = Encerrar este lote de vez? O que foi desenhado fica, e nada mais é desenhado.
title = Tem certeza?
keep = Manter
