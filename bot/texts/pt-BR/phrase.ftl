seconds = { $count ->
    [one] um segundo
   *[other] { $count } segundos
}
minutes = { $count ->
    [one] um minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] uma hora
   *[other] { $count } horas
}
days = { $count ->
    [one] um dia
   *[other] { $count } dias
}
pictures = { $count ->
    [one] { $count } imagem
   *[other] { $count } imagens
}
money = US$ { $amount }
list = { $first }, { $next }
list_end = { $first } e { $last }
more = mais { $count }
moment = { $day } de { $month }, { $time } { $zone }
month_1 = jan.
month_2 = fev.
month_3 = mar.
month_4 = abr.
month_5 = mai.
month_6 = jun.
month_7 = jul.
month_8 = ago.
month_9 = set.
month_10 = out.
month_11 = nov.
month_12 = dez.
