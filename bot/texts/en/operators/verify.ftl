## The check after a change, and its note.

will_replay = Again, what failed last: { $shape }, with { $words }.
will_good = A small picture that should come: { $shape }.
will_bad = A size that no service draws, which should be refused: { $shape }.
words_same = the same prompt
words_neutral = a neutral prompt
may = This costs at most { $price }. Go on? [y/N]
needs_yes = This would cost at most { $price }. Nothing was sent; add --yes to go on.
not_done = Nothing was sent.
nothing_failed = Note: No request has failed yet, so there's nothing to ask for again.
not_repeated = Note: The prompt of that request was blocked, may have been, or came with pictures. It isn't sent again; a neutral one takes its place.
other_service = Note: That request went to another of your services. It's asked for at the configured one.
name_replay = What failed
name_good = Something good
name_bad = Something wrong
seconds_of = { $name }, time
came = Pictures that came: { $count }.
secret = set (secret)
title = Baseline of { $when }
head_tried = What was tried
head_compared = Compared with the note before
head_settings = Settings and versions
first = This is the first note, so there's nothing to compare it with.
same = Nothing differs from the note before.
differs = { $name } was { $before }, and is { $now } now.
all_well = Everything ended as it should.
not_well = Not everything ended as it should.
