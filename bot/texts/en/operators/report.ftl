pace = The last seven days cost { $week }, about { $day } a day. This month has cost { $month } so far; at this pace it's { $end } by { $last }.
none = Nothing has failed in the last { $days } days.
wrote = { $count ->
        [one] One proposal is in { $file }.
       *[other] { $count } proposals are in { $file }.
    }
