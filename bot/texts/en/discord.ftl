help = To start from pictures that are already here, open the menu of their message and pick Apps, then Imagine with this picture. That's also how to use more than four: post them together in one message.
not_here = This bot isn't switched on for this server yet. Please ask the bot's operator to switch it on.
settings_in_server = Settings belong to a server: use /imagine-settings there.
old_command = This command doesn't exist anymore. Close Discord and open it again to see the current ones.
old_button = This button is from an older version of the bot. Type /imagine-show to see your pictures with buttons that work.
old_form = This form is from an older version of the bot. Please open it again.
too_busy_for_form = Sorry, the bot is too busy to open the form right now. Please press the button again in a few seconds.
accept_later = I've got your request, but couldn't start it yet. I'll start it as soon as I can, and this message will change then.
our_fault = Something went wrong in the bot; it's nothing you did. Please try again. If it keeps happening, tell the bot's operator what time it was.
interrupted = Sorry, the bot restarted while it was working on this. Please press the button or send the command again.
done = Done.
no_picture_there = There's no picture in that message. Pick a message with a picture attached, or attach one to /imagine.
pictures_lost = The bot no longer knows which pictures this form was about. Please open it again from the message.
picture_gone = Sorry, one of this request's pictures isn't stored anymore.
picture_too_large = Your picture is too large to post here, even compressed. Type /imagine-show in a server with a higher upload limit to get it.
picture_not_taken = Your picture is done, but Discord isn't accepting it right now. It's saved: type /imagine-show to get it.
filtered = This server's own filter doesn't let the bot show the wording here. Type /imagine-show to see it; nobody else will.

## form

form-yes = Yes
form-no = No
form-pictures_title_one = Imagine with this picture
form-pictures_title_many = Imagine with these { $count } pictures
form-pictures_one = Made from { $names }.
form-pictures_many = Made from { $names }.

## command

command-imagine = Make a picture from your words
command-imagine-guide = Fill in a form, see the finished wording, then send it
command-template = One of this community's templates to start from
command-use = What the picture is for
command-imagine-show = See your requests, look for one, or show one with its pictures
command-imagine-status = See how the image service is doing and what's left of your budget
command-imagine-help = Learn how to use the bot
command-imagine-privacy = See what's stored about you, and delete it
command-imagine-settings = Set moderators, channels, budgets and defaults for this server
command-prompt = What you'd like to see
command-size = Size of the picture; leave it out for the usual one
command-model = The image model; leave it out for the usual one
command-quality = Higher quality takes longer and costs more
command-count = How many pictures
command-caption = Words to draw on the picture, exactly as you type them
command-private = Only you see it; you can publish it later
command-price = Only tell me what this would cost; nothing is sent
command-picture = A picture to start from
command-picture_more = One more picture to start from
command-picture_last = One more picture. To use up to { $most }, post them in one message and pick Apps in its menu
command-mask = A PNG as large as the first picture, transparent where it should change
# Names of options are typed: one word in lower case, at most 32 letters, digits, - or _, and unlike every other option's name.
option-prompt = prompt
option-model = model
option-size = size
option-quality = quality
option-count = count
option-caption = caption
option-private = private
option-price = price
option-picture = picture
option-picture2 = picture2
option-picture3 = picture3
option-picture4 = picture4
option-mask = mask
option-id = id
option-words = words
option-dates = dates
option-tag = tag
option-shelf = which
option-template = template
option-use = use
command-with_picture = Imagine with this picture
command-id = ID of a request, as shown in the list
command-show_words = Words of the prompt
command-show_dates = A day, a month or a span: 2026-11-29, 2026-11 or 2026-11-01..2026-11-15
command-show_model = Model that drew it
command-show_tag = Your tag, or the template it was made with
command-show_shelf = Which pictures to look through
