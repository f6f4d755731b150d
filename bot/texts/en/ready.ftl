picture = Your picture is ready
answer = Your request has an answer
about = Go to the answer
title = Tell me when it is ready
field = When an answer takes more than a minute
form = It's for you alone, once for each request, and you can change it any time.
submit = Save
wrong = Please choose one of the ways in the list.

## way

way-off = don't tell me
way-mention = mention me where I asked
way-direct = tell me privately

## saved

saved-off = Saved. I won't send you a message when an answer is ready.
saved-mention = Saved. If an answer takes more than a minute, I'll mention you where you asked, or send you a private message if your request was private.
saved-direct = Saved. If an answer takes more than a minute, I'll send you a private message.
