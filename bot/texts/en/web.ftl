title = imagine-bot
bot = imagine-bot
tagline = Pictures in chat, and straight answers when something goes wrong.
skip = Skip to the text box
channels = Channels
you_are = You are
language = Language
member = { $name }, member
moderator = { $name }, moderator
operator = { $name }, operator
conversation = Conversation in { $channel }
message = Message
placeholder = /imagine and what you'd like to see
send = Send
options = Options
more_options = More options
model = Model
size = Size
quality = Quality
count = Count
private = Private
guide = Help me write it
batch = Many at once
topics_file = Or read them from a file
topics_lost = Sorry, I couldn't read that file. Please choose it again.
price = What would this cost?
attach = Attach pictures
attached = Attached pictures
attach_alt = Attached: { $name }
attach_remove = Remove { $name }
attach_full = You can attach up to { $most } pictures. To add another one, please remove one first.
attach_pasted = pasted picture
attach_lost = Sorry, the picture didn't reach the bot. Please try again.
consent = Anyone shown has agreed
mask_gone = The bot no longer has your mask. Please mark the part again.
unread = new messages
only_you = Only you can see this
dismiss = Dismiss
close = Close
show_fact = Show
show_all = Show all { $count } characters
earlier = Show earlier
announce = { $name }: { $title }
for_you = New message for you in { $channel }: { $title }
jump = New message for you
gone = That message is no longer on this page. Type /imagine-show to find the request.
our_fault = Something went wrong in the bot; it's nothing you did, and nothing was started. Please try again. The details are in the bot's log.
accept_later = I've got your request, but couldn't start it yet. I'll start it as soon as I can, so please don't send it again.

connection-lost = The connection is lost.
connection-lost_why = Trying to connect again…
connection-too_long = That was too long to send.
connection-too_long_why = Please send less at once.

## mask

mask-canvas = Mark what should change
mask-hint = Paint over the part that should change.
mask-keys = With the keyboard: arrows move the brush, Space paints, Shift and arrows paint a line, Delete clears.
mask-brush = Brush
mask-small = small
mask-medium = medium
mask-large = large
mask-clear = Clear
mask-upload = Or a mask file
mask-nothing = Nothing is marked, so all of it may change.
mask-marked = Only the marked part will change.
mask-file = The mask file says what will change.
mask-fit = Make it fit
mask-fitted = Your mask is made to fit: what's transparent or white in it will change.

## channel

channel-imagine = # imagine
channel-moderators = # moderators
channel-operators = # operators

## topic

topic-imagine = Ask for pictures with /imagine. Everyone here sees them, unless you choose Private.
topic-moderators = Prompts that the image service blocked wait here until a person decides.
topic-operators = Notices for the bot's operator: one per problem, marked when it's solved.

## closed

closed-moderators = Only moderators can read this channel. Choose Mia or Noor under “You are” to look inside.
closed-operators = Only the operator can read this channel. Choose Olu under “You are” to look inside.

## empty

empty-imagine_title = What would you like to see?
empty-imagine = Type /imagine and a few words, then press Enter. Or start with one of these:
empty-moderators_title = Nothing to decide right now
empty-moderators = When a prompt is blocked, its case appears here with everything a moderator needs.
empty-operators_title = All is well
empty-operators = When something needs the operator's attention, such as a rejected key, it appears here with the steps to fix it.

## example

example-picture = /imagine a red bicycle in the rain
example-several = /imagine --count 3 a lighthouse at dawn, watercolour
example-wait = /imagine a slow train sandbox:rate_limited*2
example-block = /imagine a drill sandbox:safety_prompt

## hint

hint-plain = imagine-bot answers commands. To get a picture, put /imagine in front of your words.
hint-empty = Type /imagine and what you'd like to see.
hint-unknown_command = { $command } isn't a command here. You can use /imagine, /imagine-guide, /imagine-batch, /imagine-show, /imagine-status, /imagine-help, /imagine-privacy and /imagine-settings.
hint-unknown_option = { $option } isn't an option of /imagine. You can use --size, --quality, --count and --private. If it's part of your prompt, put -- and a space before the prompt.
hint-no_value = { $option } needs a value, for example { $option } { $example }.
hint-twice = You gave { $option } twice. Please leave one of them out.
hint-too_long = That's more than the { $most } characters that fit in the text box. Please shorten it.
hint-required = Please fill this in.
hint-too_long_field = This is { $length } characters long, and up to { $most } fit. Please shorten it.
hint-not_a_choice = Please choose one of the values in the list.

## gallery

gallery-title = Gallery
gallery-chat = Chat
gallery-skip = Skip to the pictures
gallery-results = Pictures
gallery-pages = Pages
gallery-any = any
gallery-shown = { $count ->
    [one] Page { $number }: one result
   *[other] Page { $number }: { $count } results
}
gallery-hidden = Its pictures are hidden until a moderator has looked at them.
gallery-save = Save picture
gallery-save_one = Save picture { $number }
gallery-save_making = Save how it was made (JSON)
