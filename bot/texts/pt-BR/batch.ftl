draft_of = rascunho { $number }
price_least = { $drafts } como rascunhos: cerca de { $least }. É o mínimo, se você não finalizar nenhum.
price_most = No máximo { $most } e { $pictures }, aconteça o que acontecer.
price_all = Com uma imagem final de cada tema: cerca de { $all } no total.
price_over = Finalizar todos os temas custaria cerca de { $all }, mais que o orçamento de { $budget }.
finish_price = { $pictures } em alta qualidade: até { $cost }.
half_price = Pela metade do preço, em até um dia em vez de minutos: até { $cost }.
state-proposed = esperando você iniciar
state-running = desenhando rascunhos
state-paused = em pausa
state-drafted = pronto para escolher
state-finishing = desenhando imagens finais
state-finish_paused = em pausa na finalização
state-finished = concluído
state-stopped = encerrado
paused-asked = Está em pausa. Nada mais é desenhado até você deixar continuar.
paused-money = Está em pausa: a próxima imagem pode custar até { $need }, e restam { $left } do orçamento de { $limit }. Aumente o orçamento ou escolha entre o que já existe.
paused-pictures = Está em pausa: restam { $left } do máximo, { $limit }. Aumente o número ou escolha entre o que já existe.
paused-full = Está em pausa: há horas o limite do serviço de imagens para a metade do preço não deixa espaço. Nada se perdeu; deixe continuar mais tarde, ou peça ao operador do bot que veja esse limite.
paused-removed = Está em pausa, porque o bot foi removido daqui. O que esperava não custou nada. Quando o bot voltar, deixe continuar.
paused-own_changed = Está em pausa, porque esta comunidade agora usa outro serviço de imagens, que não consegue desenhar o pedido assim. Nada foi enviado e nenhum tema se perde: deixe continuar, e o novo desenha o resto.
paused-own_service = Está em pausa, porque o serviço de imagens próprio desta comunidade não consegue desenhar agora como está configurado. A administração daqui pode ver por quê: /imagine-settings, Chave própria. Os temas que falharam por isso não custaram nada até agora e são desenhados quando você deixar continuar.
reason-interrupted = O bot foi parado enquanto isto era desenhado. Talvez já tenha sido desenhado e pago, então não é repetido sozinho.
reason-expired = Esperou demais pelo serviço de imagens.
reason-not_in_time = O serviço não o desenhou em um dia. Não custou nada.
reason-called_off = Foi cancelado antes de o serviço desenhar. Não custou nada.
reason-task_gone = O serviço de imagens não conhece mais isto. Talvez já tenha sido desenhado e pago, então conta como pago.
reason-half_price_gone = O serviço de imagens não tem mais lotes pela metade do preço, então isto não foi desenhado e não custou nada. Outra tentativa desenha pelo preço normal.
reason-batch_question = As palavras precisam de uma segunda olhada antes do envio: talvez tenham dados pessoais, uma marca ou algo muito forte.
reason-blocked_before = As mesmas palavras foram bloqueadas aqui há pouco, então não foram enviadas de novo.
reason-held_for_moderator = A moderação precisa ler isto antes.
reason-group_safety = O filtro do serviço de imagens bloqueou ({ $kind }).
reason-group_parameters = O serviço de imagens não aceita assim ({ $kind }).
reason-group_service = O serviço de imagens não pôde ser usado ({ $kind }).
reason-group_unusable = O serviço de imagens respondeu sem uma imagem que dê para usar ({ $kind }).
reason-other = Não foi enviado ({ $kind }).
no-max_pictures = { $topics } temas com { $drafts } rascunhos cada são { $count } imagens, mais que o seu limite de { $most }. Aumente o limite ou dê menos temas.
no-budget = Só os rascunhos podem custar { $drafts }, mais que o seu orçamento de { $budget }. Aumente o orçamento ou dê menos temas.
no-label = { $value } não é o número de um rascunho. Eles vão de 1 a { $last }; 7b é o segundo rascunho do tema 7.
no-no_item = Não há tema { $number } neste lote.
no-no_draft = O tema { $number } não tem esse rascunho.
no-max_pictures_value = { $value } não é um número de imagens. Escreva um número inteiro de 1 a { $most }.
no-drafts = { $value } não é um número de rascunhos. Escreva um número inteiro de 1 a { $most }.
no-budget_value = { $value } não é um valor em dinheiro. Escreva em dólares, como 5 ou 2.50.
no-long = { $field } tem { $count } caracteres. Cabem no máximo { $most }.
no-template = O modelo de texto não diz onde vai o tema. Coloque { $placeholder } nele.
no-size = O modelo de imagens não desenha { $size }. Ele desenha, por exemplo, { $known }.
no-line_size = Linha { $line }: o modelo de imagens não desenha { $size }. Ele desenha, por exemplo, { $known }.
no-no_numbers = Diga pelo menos um rascunho pelo número.
no-no_reason = Diga em poucas palavras por quê, para que os outros saibam.
no-nothing_picked = Nada foi escolhido ainda. Escolha rascunhos primeiro.
no-no_half_price = O serviço de imagens não tem lotes pela metade do preço. Finalize sem --half-price.
no-fails_again = O tema { $number } foi bloqueado ou está errado, e falharia de novo. Mude o tema e coloque em um novo lote.
no-over = O lote { $batch } foi encerrado, então nada mais muda nele.
no-item_draft = O tema { $number } ainda está sendo desenhado.
no-item_drawn = O tema { $number } não foi escolhido.
no-item_picked = O tema { $number } foi escolhido.
no-item_rejected = O tema { $number } foi descartado.
no-item_final = O tema { $number } está sendo finalizado.
no-item_finished = O tema { $number } está concluído.
no-item_failed = O tema { $number } falhou, então não há o que escolher.
no-state_proposed = O lote { $batch } ainda não foi iniciado.
no-state_running = O lote { $batch } ainda está desenhando os rascunhos.
no-state_paused = O lote { $batch } está em pausa. Deixe continuar primeiro.
no-state_drafted = O lote { $batch } tem todos os rascunhos.
no-state_finishing = O lote { $batch } já está desenhando as imagens finais.
no-state_finish_paused = O lote { $batch } está em pausa na finalização. Deixe continuar primeiro.
no-state_finished = O lote { $batch } está concluído.
no-state_stopped = O lote { $batch } foi encerrado.
topics-empty = Não há tema neste arquivo. Escreva um tema por linha ou uma tabela com uma coluna chamada topic.
topics-no_head = A primeira linha desta tabela não diz em que coluna estão os temas. Escreva “tema” acima dessa coluna (também valem template, size, style e caption), ou envie um arquivo .txt com um tema por linha.
topics-many = Este arquivo tem { $count } temas, e um lote aceita no máximo { $most }. Divida, por favor.
topics-heavy = Este arquivo tem mais de { $most } MB. Uma lista de temas é bem menor, então deve ser outro arquivo.
topics-binary = Este não é um arquivo de texto. Salve como CSV ou texto simples e tente de novo.
topics-encoding = A partir do byte { $position }, este arquivo deixa de ser texto legível. Salve como UTF-8 e tente de novo.
topics-quotes = As aspas na linha { $line } não combinam. Em um arquivo CSV, aspas dentro de uma célula são escritas duas vezes.
topics-more_cells = A linha { $line } tem mais células do que a tabela tem colunas ({ $columns }). Ponha entre aspas os textos com vírgulas.
topics-long = O tema na linha { $line } tem { $count } caracteres. Cabem no máximo { $most }.
topics-long_field = { $field } na linha { $line } tem { $count } caracteres. Cabem no máximo { $most }.
topics-no_topic = A linha { $line } não tem tema. Preencha ou tire a linha.
topics-template = O modelo de texto na linha { $line } não diz onde vai o tema. Coloque { $placeholder } nele.
topics-json = A linha { $line } não é um objeto JSON nem texto. Cada linha tem um, por exemplo: {"{"}"topic": "a lighthouse at dawn"{"}"}
topics-json_text = Na linha { $line }, um valor não é texto. Coloque números e afins entre aspas.
topics-json_topic = A linha { $line } não tem um campo chamado topic.
title = Lote { $batch } ({ $title }): { $state }
proposed = { $topics ->
        [one] Um tema
       *[other] { $topics } temas
    }, { $drafts ->
        [one] um rascunho de cada
       *[other] { $drafts } rascunhos de cada
    }.
proposed_how = Nada é desenhado antes de você dizer. Depois se escolhe entre os rascunhos, e só o escolhido é desenhado em alta qualidade.
read_as = O arquivo não está em UTF-8. Foi lido como { $encoding }; confira os temas nos rascunhos.
read_as_form = O arquivo não está em UTF-8. Foi lido como { $encoding }; confira os temas.
repeated = { $count ->
        [one] { $count } linha repete outra e é desenhada uma vez só.
       *[other] { $count } linhas repetem outras e são desenhadas uma vez só.
    }
paused_operator = Está em pausa, porque o serviço de imagens não pode ser usado agora. O operador do bot foi avisado. Os temas que falharam por isso não custaram nada até agora e são desenhados quando você deixar continuar.
choose = Escolha pelo número: fique com o que deve ser finalizado, descarte o resto ou peça outro rascunho.
picked = Escolhidos: { $drafts }.
rejected_one = Descartado { $number } ({ $topic }): { $why }
rejected_more = { $count ->
        [one] Mais um foi descartado.
       *[other] Mais { $count } foram descartados.
    }
failed_one = Falhou { $number } ({ $topic }): { $why }
failed_more = { $count ->
        [one] Mais um falhou.
       *[other] Mais { $count } falharam.
    }
full = O serviço de imagens aceita só um certo número de imagens pela metade do preço por vez. O resto vai em partes menores, conforme as anteriores terminam; você não precisa fazer nada.
of = { $done } de { $of }
fact-drafted = Rascunhos
fact-finished = Imagens finais
fact-running = Sendo desenhados
fact-waiting = Na fila
fact-failed = Falharam
fact-money = Dinheiro
fact-pictures = Imagens
fact-left = Tempo restante
about = Lote { $batch }
sheet_title = Lote { $batch }: { $where }
sheet_one = rascunhos para escolher
sheet_page = rascunhos para escolher, painel { $page } de { $pages }
sheet_how = Cada rascunho tem seu número e sua proporção. O que fica fora da moldura fina pode ser coberto por um aplicativo.
sheet_alt = Painel de rascunhos. { $drafts }
finals_title = Lote { $batch }: { $pictures } em versão final
final_alt = Imagem final do tema { $number }: { $topic }
finish_title = Finalizar o lote { $batch }?
finish_over = Restam { $left } para o lote. Ele pausa antes de passar disso.
retry_changed = O preço de outra tentativa mudou desde aquele botão, então nada foi desenhado. Este botão diz quanto custa agora.
finishing_already = Já está sendo finalizado.
form_title = Novo lote
form_text = Até 1000 temas. Você vê o preço antes que algo seja desenhado.
form_topics = Temas
form_topics_hint = Um tema por linha, ou uma tabela com uma coluna chamada topic.
form_template = Prompt em volta de cada tema
form_template_hint = Com {"{"}topic{"}"} onde vai o tema. Vazio: só o tema.
form_style = Estilo
form_style_hint = Para todos os temas, por exemplo: cores chapadas, sem pessoas
form_size = Tamanho
form_size_default = O de sempre
form_max_pictures = Máximo de imagens
form_max_pictures_hint = Rascunhos e finais juntos. Vazio: uma imagem final de cada tema.
form_budget = Orçamento em dólares
form_budget_hint = Não pode ser ultrapassado. Vazio: o máximo que tudo isso custa.
form_drafts = Rascunhos de cada tema
form_drafts_hint = De 1 a 4. Vazio: 1.
form_tag = Etiqueta de custo
form_tag_hint = Para o relatório de uso do operador, por exemplo: primavera
form_submit = Ver o preço
form_numbers = Números
form_numbers_hint = Como 1 4 7b 9-12, ou all. 7b é o segundo rascunho do tema 7.
form_reason = Por quê
form_pick_title = Lote { $batch }: escolher rascunhos
form_pick_text = Os rascunhos escolhidos são desenhados em alta qualidade quando você finaliza. Escolher não custa nada.
form_pick_submit = Escolher
form_reject_title = Lote { $batch }: descartar
form_reject_text = Temas descartados ficam de fora. Você ainda pode escolhê-los depois.
form_reject_submit = Descartar
form_redraw_title = Lote { $batch }: outro rascunho
form_redraw_text = Cada um custa o mesmo que o primeiro. Se falhar, o rascunho anterior continua lá.
form_redraw_submit = Desenhar de novo
form_raise_title = Lote { $batch }: outros limites
form_raise_text = O lote continua, até estes limites.
form_raise_submit = Continuar
file_lost = Não deu para ler o arquivo { $name }. Anexe de novo, por favor.
said_proposed = O lote espera você iniciar.
said_started = O lote { $batch } começou.
said_paused = O lote { $batch } está em pausa. O que está sendo desenhado termina, porque já está pago.
said_resumed = O lote { $batch } continua.
said_stopped = O lote { $batch } foi encerrado. O que existe fica.
said_retried = O que falhou e pode dar certo agora é desenhado de novo.
said_finishing = { $count ->
        [one] { $count } imagem está sendo finalizada.
       *[other] { $count } imagens estão sendo finalizadas.
    }
started_before = Já tinha sido iniciado.
picked_now = Escolhidos: { $drafts }.
rejected_now = Descartados: { $drafts }.
redrawn_now = Desenhados de novo: { $drafts }.
unknown = Não há lote { $batch } que você possa ver. O número dele está na mensagem dele.
deleted = O lote { $batch } foi excluído por quem o criou
gone = Este lote não existe mais.
only_owner = Só quem criou este lote pode fazer isso, porque custa dinheiro.
only_owner_and_moderators = Só quem criou este lote e a moderação daqui podem fazer isso.
