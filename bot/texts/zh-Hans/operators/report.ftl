pace = 最近七天花费 { $week }，每天约 { $day }。这个月到目前为止花费 { $month }；按这个速度到 { $last } 是 { $end }。
none = 最近 { $days } 天没有失败。
wrote = { $file } 里有 { $count } 条建议。
