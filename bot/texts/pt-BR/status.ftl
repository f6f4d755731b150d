price_title = Quanto isto custaria
price_of = Até { $price } por { $count } ({ $size }, qualidade { $quality }, { $model }).
price_estimated = O preço deste modelo não é divulgado, então é uma estimativa cautelosa.
price_free = Nada foi enviado, e perguntar é de graça.
title = Como o bot está
open = O serviço de imagens está funcionando normalmente.
paused = O serviço de imagens pediu uma pausa ao bot. Deve continuar em cerca de { $wait }.
probing = O serviço de imagens teve um problema, então o bot tenta um pedido por vez.
down = O serviço de imagens não está respondendo. Seus pedidos estão seguros: o bot continua verificando e retoma quando ele voltar.
no_credit = A conta do bot no serviço de imagens está sem crédito. O operador do bot foi avisado; volte mais tarde, por favor.
own_no_credit = A conta desta comunidade no serviço de imagens está sem crédito. A administração daqui pode recarregá-la; depois o bot continua sozinho.
incident = A página de status do provedor ({ $page }) informa um incidente desde { $since }: { $name }.
other = O segundo serviço, { $name }: { $state }
other_open = pronto.
other_paused = em pausa por um momento.
other_probing = sendo testado de novo.
other_down = sem resposta.
other_no_credit = sem crédito.
keys = Outras chaves que funcionam: { $working } de { $count }.
stage_stopped = O serviço de imagens está recusando o bot no momento. O operador do bot foi avisado.
own_stage_stopped = O serviço de imagens próprio desta comunidade está recusando o bot no momento. A administração daqui pode ver por quê: /imagine-settings, Chave própria.
own_switched_off = Esta comunidade tem uma chave própria, e o operador do bot não permite mais isso, então nada é desenhado aqui. A administração pode remover a chave: /imagine-settings, Chave própria.
own_unreadable = O bot não consegue mais abrir a chave desta comunidade, então nada é desenhado aqui. A administração pode defini-la de novo: /imagine-settings, Chave própria.
stage_few = O serviço de imagens acabou de voltar, então o bot começa com poucos pedidos por vez.
queue = { $running }, { $waiting } na fila.
running_none = Nada sendo desenhado agora
running = { $count ->
        [one] { $count } sendo desenhado agora
       *[other] { $count } sendo desenhados agora
    }
latency = Uma imagem costuma levar cerca de { $wait }.
latency_slow = Uma imagem costuma levar cerca de { $wait }, às vezes { $slow }.
concurrency = O serviço de imagens desenha cerca de { $count } ao mesmo tempo para todos aqui.
per_minute = { $count ->
        [one] O serviço de imagens aceita cerca de um pedido por minuto.
       *[other] O serviço de imagens aceita cerca de { $count } pedidos por minuto.
    }
failures = As últimas { $count } tentativas falharam.
left = { $left } de { $limit }, renova em { $when }
left_off = desligado
left_member_day = Resta para você hoje
left_member_month = Resta para você este mês
left_community_day = Resta para todos aqui hoje
left_community_month = Resta para todos aqui este mês
