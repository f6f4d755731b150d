seconds = { $count ->
    [one] einer Sekunde
   *[other] { $count } Sekunden
}
minutes = { $count ->
    [one] einer Minute
   *[other] { $count } Minuten
}
hours = { $count ->
    [one] einer Stunde
   *[other] { $count } Stunden
}
days = { $count ->
    [one] einem Tag
   *[other] { $count } Tagen
}
pictures = { $count ->
    [one] 1 Bild
   *[other] { $count } Bilder
}
money = { $amount } $
list = { $first }, { $next }
list_end = { $first } und { $last }
more = { $count } weitere
moment = { $day }. { $month }, { $time } { $zone }
month_1 = Jan.
month_2 = Feb.
month_3 = März
month_4 = April
month_5 = Mai
month_6 = Juni
month_7 = Juli
month_8 = Aug.
month_9 = Sept.
month_10 = Okt.
month_11 = Nov.
month_12 = Dez.
