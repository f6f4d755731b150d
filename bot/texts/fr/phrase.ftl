seconds = { $count ->
    [one] une seconde
   *[other] { $count } secondes
}
minutes = { $count ->
    [one] une minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] une heure
   *[other] { $count } heures
}
days = { $count ->
    [one] un jour
   *[other] { $count } jours
}
pictures = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
money = { $amount } $US
list = { $first }, { $next }
list_end = { $first } et { $last }
more = { $count } de plus
moment = { $day } { $month }, { $time } { $zone }
month_1 = janv.
month_2 = févr.
month_3 = mars
month_4 = avr.
month_5 = mai
month_6 = juin
month_7 = juil.
month_8 = août
month_9 = sept.
month_10 = oct.
month_11 = nov.
month_12 = déc.
