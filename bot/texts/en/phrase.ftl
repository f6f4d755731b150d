## Every sentence that imagine-bot says, in English. Plain words, no blame, one action each.
## One file per room; docs/languages.md says how to translate them.
## Inside sentences (bot/texts/phrases.py).

seconds = { $count ->
    [one] a second
   *[other] { $count } seconds
}
minutes = { $count ->
    [one] a minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] an hour
   *[other] { $count } hours
}
days = { $count ->
    [one] a day
   *[other] { $count } days
}
pictures = { $count ->
    [one] 1 picture
   *[other] { $count } pictures
}
# US dollars; the amount already has the language's signs.
money = ${ $amount }
# A list is put together from these: “a, b and 3 more”.
list = { $first }, { $next }
list_end = { $first } and { $last }
more = { $count } more
# “21 Nov, 14:05 UTC”
moment = { $day } { $month }, { $time } { $zone }
month_1 = Jan
month_2 = Feb
month_3 = Mar
month_4 = Apr
month_5 = May
month_6 = Jun
month_7 = Jul
month_8 = Aug
month_9 = Sep
month_10 = Oct
month_11 = Nov
month_12 = Dec
