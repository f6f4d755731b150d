form_title = Look for pictures
form_submit = Search
words = Words of the prompt
dates = Date
dates_hint = A day, a month or a span, such as 2026-11-29, 2026-11 or 2026-11-01..2026-11-15.
model = Model
tag = Tag
shelf = Which ones
shelf_own = all of mine
shelf_favourites = my favourites
shelf_public = everybody's in this channel
title_own = What I found
title_favourites = Your favourites
title_public = Everybody's pictures in this channel
page = Page { $number }
by_words = words: { $words }
by_model = model: { $model }
by_tag = tag: { $tag }
by_since = from { $at }
by_until = before { $at }
nothing = Nothing found
nothing_own = I couldn't find a request of yours that fits. Try fewer words, or leave out the date.
nothing_favourites = None of your favourites fits. Favourite marks a result: type /imagine-show and press its number.
nothing_public = I couldn't find a picture in this channel that fits. Try fewer words, or leave out the date.
nothing_more = That was the last page.
unusable = I can't search for that
how = For example: /imagine-show red bicycle since:2026-11 model:gpt tag:shop is:favourite
no_value = { $option } needs something after it, without a space in between.
twice = You typed { $option } twice. Please leave one of them out.
unknown_shelf = “is:{ $typed }” isn't something I can look for. Use is:favourite, or as a moderator is:public.
on_and_span = Please use either on: alone, or since: and until: together.
bad_date = “{ $typed }” isn't a date that I can read. Write it like 2026-11-29, 2026-11 or 2026.
reversed = The search ends before it begins: from { $first } to { $last }. Please swap them.
too_long = A part of the search is too long. Please use at most { $most } characters.
not_a_moderator = Only moderators can look through other people's pictures. Your own are in /imagine-show.
over = This list is more than a day old. Type /imagine-show for a new one.
gone = That picture isn't there anymore. You can make a new one any time.
noted_already = That's how it already is.
favourite_kept = It's one of your favourites now.
favourite_gone = It isn't one of your favourites anymore.
is_favourite = ★ One of your favourites
has_tag = Tag: { $tag }
tag_title = Tag
tag_submit = Save
tag_hint = One word or a few, for example: autumn shop. Empty removes it.
tag_kept = Saved. Look for it with tag:"{ $tag }".
tag_gone = Saved. It has no tag.
tag_too_long = A tag can have at most { $most } characters.
reproduce_title = Make this again
reproduce_submit = Send
reproduce_text = The same wording and settings, which you can change. Nothing is sent before you press Send.
same_pictures = { $count ->
    [one] The attached picture goes with it.
   *[other] The { $count } attached pictures go with it.
}
same_caption = Text that's drawn on it: { $text }
downloaded = The pictures with readable names, and a JSON file that says how they were made.
downloaded_without = { $count ->
    [one] One picture is too large for this file or isn't there anymore. The others are in it, with a JSON file that says how they were made.
   *[other] { $count } pictures are too large for this file or aren't there anymore. The rest is in it, with a JSON file that says how they were made.
}
