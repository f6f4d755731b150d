help = Type /imagine on its own for a form with all options. Slack doesn't allow commands in threads: mention me there with what you'd like to see, and attach a picture if you'd like to start from one. Private pictures arrive in your direct messages with me.
not_here = This bot isn't switched on for this workspace yet. Please ask the bot's operator to switch it on.
old_command = I don't know that command. /imagine-help lists the ones I know.
not_installed = The bot isn't installed in this workspace, or it was removed. Please ask the bot's operator for the link to install it.
old_button = This button is from an older version of the bot. Type /imagine-show to see your pictures with buttons that work.
old_form = This form is from an older version of the bot. Please close it and open it again.
form_too_late = Slack didn't open the form in time. Please try once more.
form_failed = I couldn't open the form. Please type /imagine followed by your prompt instead, and let the bot's operator know.
look_below = You can close this window: your answer is in the channel, and only you can see it there.
look_below_title = No form this time
accept_later = I've got your request, but couldn't start it yet. I'll start it as soon as I can.
our_fault = Something went wrong in the bot; it's nothing you did. Please try again. If it keeps happening, tell the bot's operator what time it was.
done = Done.
prompt_title = Blocked prompt
shortened = This was too long for Slack. Type /imagine-show to see the rest.
picture_not_ready = Slack hasn't made your picture available yet. It's saved: type /imagine-show to get it.
picture_refused = Slack didn't accept your picture. It's saved, and the reason is in the bot's log. Let the bot's operator know; once it's fixed, type /imagine-show to get it.
pictures_apart = Your picture is in its own message below.
document_not_sent = Slack didn't take the file, sorry. You'll find it on the computer where the bot runs, at the place named above.
sent_directly = It's in your direct messages with me, because only you should see it.
no_direct = I couldn't send you a direct message. Open one with me (Apps, in Slack's sidebar) and try again.
no_direct_picture = Your picture is only for you, but I couldn't send you a direct message. It's saved: open a direct message with me (Apps, in Slack's sidebar) and type /imagine-show.
on_its_way = I've got your request
on_its_way_why = This message can't be updated anymore, so your answer will come as a new one. { $why }
stays = I can't update this message later. { $why }
picture_needs_me = Slack doesn't let me show the picture here. { $why } Until then, open a direct message with me and type /imagine-show.
here_instead = Only you can see this, because I couldn't post where you asked. { $why }
picture_gone = Sorry, one of this request's pictures isn't stored anymore. You can make a new one any time.
picture_broken = Sorry, one of this request's pictures is damaged, so I can't show it. You can make a new one any time.
no_picture_there = There's no picture in that message. Pick a message with a picture, or type /imagine on its own to attach one.
picture_deleted = The picture in that message was deleted. Type /imagine on its own to attach it again.
no_files_scope = I'm not allowed to open files in this workspace, so I can't start from a picture. Ask the bot's operator to add the scope files:read and reinstall the app. Pictures from words alone work as always.
thread_unread = Slack didn't tell me which pictures are in this thread, so I haven't started. Please mention me once more.
unnamed_file = your picture

## render

render-go_there = Go to it
render-prompt = Prompt:
render-picture = Generated picture

## form

form-yes = Yes
form-no = No
form-close = Close
form-price = What would this cost?
form-price_title = The price
form-loading_title = One moment
form-loading = Getting the form ready…
form-optional = (optional)
form-blank = Please fill this in.
form-lists = Please choose from the lists. If you leave one empty, the usual value is used.
form-topics_label = Or a file of topics
form-topics_hint = CSV, text or JSON lines. If you add a file, it replaces what you typed above.
form-pictures_label = Pictures to start from
form-hint_pictures_one = One picture, if you like.
form-hint_pictures = Up to { $most }, if you like.
form-mask_label = Mask
form-hint_mask = A PNG as large as the first picture, transparent where it should change.
form-pictures_title = Imagine with this image
form-pictures = Your new picture will be made from { $names }.
form-hint_private = It arrives in your direct messages with me, and you can publish it from there.
form-hint_moderators = People in the moderators' channel who can decide. Empty: everyone in it.
form-longer = This text is longer than the { $most } characters that fit in the form, so you only see its beginning.

## refused

refused-not_in_channel = I'm not in the channel yet. To add me, type this there: /invite @{ $name }
refused-channel_not_found = I can't see the channel: it's private and I'm not in it, or it's gone. To add me, type this there: /invite @{ $name }
refused-is_archived = The channel is archived. Unarchive it, or ask in another one.
refused-restricted_action = Only some people can post in the channel. Ask its manager to let @{ $name } post, or ask me in another channel.
refused-restricted_action_read_only_channel = Only some people can post in the channel. Ask its manager to let @{ $name } post, or ask me in another channel.
refused-restricted_action_thread_only_channel = The channel only allows posts in threads. Mention @{ $name } in a thread there, with what you'd like to see.
refused-restricted_action_non_threadable_channel = The channel doesn't allow threads. Ask me in the channel itself.
refused-restricted_action_thread_locked = The thread is locked. Ask me in the channel or in another thread.
refused-cannot_reply_to_message = Slack doesn't allow replies to that message. Ask me in the channel or in another thread.
refused-thread_not_found = The thread is gone. Ask me in the channel or in another thread.
refused-posting_to_general_channel_denied = Only some people can post in the workspace's general channel. Ask an administrator to let @{ $name } post there, or ask me in another channel.
refused-ekm_access_denied = Your administrators have locked this workspace's encrypted messages for now, so I can't post there. Please ask them when they'll open it again.
refused-team_access_not_granted = I'm not approved for the workspace that the channel belongs to. Ask an administrator of the organisation to approve the app there.
refused-external_channel_migrating = Slack is moving the channel right now. Please try again in a while.
refused-method_not_supported_for_channel_type = Sorry, Slack doesn't let apps post in this kind of conversation. Ask me in a channel or a direct message instead.
refused-restricted_plan_level = The workspace's plan doesn't let me post there. Ask an administrator.
refused-access_denied = The workspace doesn't let this app in. Ask an administrator whether @{ $name } is approved.
refused-no_permission = I don't have permission to post there. Please let the bot's operator know; the reason is in my log.
refused-missing_scope = The app lacks a permission. Let the bot's operator know; the reason is in its log.
refused-accesslimited = The workspace's network rules keep me out. Let the bot's operator know.
refused-msg_too_long = The message is too long for Slack. Type /imagine-show to see it.
refused-unanswered = Slack isn't answering properly right now.
refused-other = Slack doesn't let me post there ({ $code }). Let the bot's operator know.

## admission

admission-external = You're here from another organisation, and this bot isn't open to people outside. Ask the bot's operator if you need it.
admission-guest = You're a guest in this workspace, and this bot isn't open to guests. Ask the bot's operator if you need it.
admission-sibling = You're in another workspace of this organisation, and this bot isn't set up for that one. If you'd like to use it, ask the bot's operator.
admission-unknown = Slack didn't tell me who you are just now, so nothing was started. Please try again in a minute. If it keeps happening, let the bot's operator know.


## install

install-done_title = The bot is installed
install-done = All set in { $name }! Type /imagine in any channel. To have it answer there, first type /invite @imagine. A workspace administrator can set moderators, channels and budgets with /imagine-settings.
install-done_organisation = It's ready in the workspaces of { $name } for which an administrator of the organisation approves it: type /imagine in a channel there.
install-cancelled_title = Nothing was installed
install-cancelled = You didn't agree to the installation. You can open the link again at any time.
install-other_browser_title = Please begin again
install-other_browser = This browser didn't begin the installation, or doesn't keep cookies. Open the link to install the bot again, and finish in the same browser.
install-too_late_title = Please begin again
install-too_late = This installation was finished already, or took longer than ten minutes. Open the link to install the bot again.
install-refused_title = Please begin again
install-refused = Slack didn't confirm the installation. Open the link to install the bot again. If it keeps happening, tell the bot's operator.
install-not_allowed_title = This workspace can't install the bot
install-not_allowed = The bot's operator only allows certain workspaces. Nothing was stored. Ask them to add yours.
install-failed_title = It didn't work
install-failed = The bot couldn't finish the installation. Try again in a few minutes; if it keeps happening, tell the bot's operator.
install-busy_title = Too many at once
install-busy = Many people are installing the bot right now. Try again in a minute.
