delete = Excluir este pedido e as imagens dele? Não dá para desfazer.
title = Tem certeza?
keep = Manter
