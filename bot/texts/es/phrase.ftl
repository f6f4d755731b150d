seconds = { $count ->
    [one] un segundo
   *[other] { $count } segundos
}
minutes = { $count ->
    [one] un minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] una hora
   *[other] { $count } horas
}
days = { $count ->
    [one] un día
   *[other] { $count } días
}
pictures = { $count ->
    [one] 1 imagen
   *[other] { $count } imágenes
}
money = { $amount } US$
list = { $first }, { $next }
list_end = { $first } y { $last }
more = { $count } más
moment = { $day } { $month }, { $time } { $zone }
month_1 = ene
month_2 = feb
month_3 = mar
month_4 = abr
month_5 = may
month_6 = jun
month_7 = jul
month_8 = ago
month_9 = sept
month_10 = oct
month_11 = nov
month_12 = dic
