# /imagine-batch, and what the command line says in the same words.

draft_of = draft { $number }
price_least = { $drafts } as drafts: about { $least }, if you don't finish any of them.
price_most = Whatever happens, it costs at most { $most } and draws at most { $pictures }.
price_all = With a finished picture of every topic: about { $all } in all.
price_over = Finishing every topic would cost about { $all }, more than the budget of { $budget }.
finish_price = { $pictures } in high quality: up to { $cost }.
half_price = At half the price, within a day instead of minutes: up to { $cost }.

## state
state-proposed = waiting for your start
state-running = drawing drafts
state-paused = paused
state-drafted = ready to choose from
state-nothing_drafted = no draft could be drawn
state-finishing = drawing finished pictures
state-finish_paused = paused while finishing
state-finished = finished
state-stopped = stopped

## paused
paused-asked = It's paused, so nothing more is drawn until you let it go on.
paused-money = It's paused: the next picture can cost up to { $need }, and { $left } of the budget of { $limit } is left. Raise the budget, or choose from what's there.
paused-pictures = It's paused, because it can draw { $limit } at most. What's left of that: { $left }. Raise the number, or choose from what's there.
paused-full = It's paused: the image service's limit on half-price pictures has been full for hours. Nothing is lost; let it go on later, or ask the bot's operators to look at that limit.
paused-removed = It's paused, because the bot was removed from here. What was waiting cost nothing. Once the bot is back, let it go on.
paused-own_changed = It's paused, because this community uses another image service now, which can't draw what was asked for as it is. Nothing was sent, and no topic is lost: let it go on to draw the rest with the new one.
paused-own_service = It's paused, because this community's own image service can't draw as it's set up right now. An administrator here can see why: /imagine-settings, Own key. The topics that failed because of that have cost nothing so far, and are drawn when you let it go on.

## reason
reason-interrupted = The bot was stopped while this was being drawn. It may have been drawn and paid for, so it isn't repeated by itself.
reason-expired = It waited too long for the image service.
reason-not_in_time = The service didn't draw it within a day. It cost nothing.
reason-called_off = It was called off before the service drew it. It cost nothing.
reason-task_gone = The image service has no record of this picture anymore. It may have been drawn and paid for, so it counts as paid.
reason-half_price_gone = The image service has no half-price batches anymore, so this wasn't drawn and cost nothing. Another try draws it at the usual price.
reason-batch_question = The words need a second look before they're sent: they may hold private data, a brand, or something very intense.
reason-blocked_before = The same words were blocked here a short time ago, so they weren't sent again.
reason-held_for_moderator = A moderator has to read this first.
reason-group_safety = The image service's filter blocked it ({ $kind }).
reason-group_parameters = The image service doesn't take it like this ({ $kind }).
reason-group_service = The image service couldn't be used ({ $kind }).
reason-group_unusable = The image service answered without a usable picture ({ $kind }).
reason-other = It wasn't sent ({ $kind }).

## no

no-max_pictures = { $topics } topics with { $drafts } drafts each are { $count } pictures, more than your limit of { $most }. Raise the limit, or give fewer topics.
no-budget = The drafts alone can cost { $drafts }, more than your budget of { $budget }. Raise the budget, or give fewer topics.
no-label = { $value } isn't a draft's number. They go from 1 to { $last }; 7b is the second draft of topic 7.
no-no_item = There's no topic { $number } in this batch. Please check the number.
no-no_draft = Topic { $number } doesn't have that draft. Please check its number.
no-max_pictures_value = { $value } isn't a number of pictures. Write a whole number from 1 to { $most }.
no-drafts = “{ $value }” isn't a number of drafts that works here. Please write a whole number from 1 to { $most }.
no-budget_value = { $value } isn't an amount of money. Write dollars, such as 5 or 2.50.
no-long = The { $field } has { $count } characters. At most { $most } are possible.
no-template = The template doesn't say where the topic goes. Put { $placeholder } into it.
no-size = The image model doesn't draw { $size }. It draws { $known }, for example.
no-line_size = Line { $line }: the image model doesn't draw { $size }. It draws { $known }, for example.
no-no_numbers = Please name at least one draft by its number.
no-no_reason = Please say in a few words why, so the others know.
no-nothing_picked = You haven't picked anything yet. Please pick the drafts that you like first.
no-no_half_price = The image service has no half-price batches. Finish without --half-price.
no-fails_again = Topic { $number } was blocked or is wrong, and would fail again. Change the topic, and add it in a new batch.
no-over = Batch { $batch } was stopped, so nothing in it changes anymore.
no-item_draft = Topic { $number } is still being drawn.
no-item_drawn = Topic { $number } isn't picked.
no-item_picked = Topic { $number } is picked.
no-item_rejected = Topic { $number } is rejected.
no-item_final = Topic { $number } is being finished.
no-item_finished = Topic { $number } is finished.
no-item_failed = Topic { $number } failed, so there's nothing to choose from.
no-state_proposed = Batch { $batch } hasn't been started yet. Please start it first.
no-state_running = Batch { $batch } is still drawing its drafts. Please try again when they're done.
no-state_paused = Batch { $batch } is paused. Please let it go on first.
no-state_drafted = Batch { $batch } already has all its drafts. You can pick the ones you like.
no-state_finishing = Batch { $batch } is already drawing its finished pictures. They'll come as soon as they're done.
no-state_finish_paused = Batch { $batch } was paused while finishing. Please let it go on first.
no-state_finished = Batch { $batch } is finished. For more pictures, start a new one.
no-state_stopped = Batch { $batch } was stopped. What it has stays; for more pictures, start a new one.

## topics
topics-empty = There's no topic in this file. Write one topic a line, or a table with a column named topic.
topics-no_head = The first line of this table doesn't say which column holds the topics. Write topic above that column (also possible: template, size, style, caption), or send one topic a line as a .txt file.
topics-many = This file has { $count } topics, and a batch takes at most { $most }. Please split it.
topics-heavy = This file is larger than { $most } MB. A list of topics is much smaller, so it's probably another file.
topics-binary = This isn't a text file. Save it as CSV or plain text, and try again.
topics-encoding = This file stops being readable text at byte { $position }. Save it as UTF-8, and try again.
topics-quotes = The quotation marks in line { $line } don't match. In a CSV file, a quotation mark inside a cell is written twice.
topics-more_cells = Line { $line } has more cells than the table has columns ({ $columns }). Put texts with commas into quotation marks.
topics-long = The topic in line { $line } has { $count } characters. At most { $most } are possible.
topics-long_field = The { $field } in line { $line } has { $count } characters. At most { $most } are possible.
topics-no_topic = Line { $line } has no topic. Fill it in, or take the line out.
topics-template = The template in line { $line } doesn't say where the topic goes. Put { $placeholder } into it.
topics-json = Line { $line } isn't a JSON object or text. Each line holds one, such as: {"{"}"topic": "a lighthouse at dawn"{"}"}
topics-json_text = In line { $line }, a value isn't text. Put numbers and the like into quotation marks.
topics-json_topic = Line { $line } has no field named topic.

## message
title = Batch { $batch } ({ $title }): { $state }
proposed = { $topics ->
        [one] One topic
       *[other] { $topics } topics
    }, { $drafts ->
        [one] one draft of each
       *[other] { $drafts } drafts of each
    }.
proposed_how = Nothing is drawn before you say so. Then people choose among the drafts, and only what's chosen is drawn in high quality.
read_as = The file isn't UTF-8. It was read as { $encoding }; please look at the topics on the drafts.
read_as_form = The file isn't UTF-8. It was read as { $encoding }; please look at the topics.
repeated = { $count ->
        [one] One line repeats another one, and is drawn once.
       *[other] { $count } lines repeat others, and are drawn once.
    }
ignored = These columns aren't used: { $names }. The known ones are topic, template, size, style and caption.
paused_operator = It's paused, because the image service can't be used right now. The bot's operators are told. The topics that it failed for cost nothing so far, and are drawn when you let it go on.
choose = Choose by number: pick the drafts you'd like finished, reject the ones you don't want, or ask for another draft.
picked = Picked: { $drafts }.
rejected_one = Rejected { $number } ({ $topic }): { $why }
rejected_more = { $count ->
        [one] One other topic was rejected, too.
       *[other] { $count } other topics were rejected, too.
    }
failed_one = Failed { $number } ({ $topic }): { $why }
failed_more = { $count ->
        [one] One other topic failed, too.
       *[other] { $count } other topics failed, too.
    }
full = The image service takes only so many half-price pictures at a time. The rest follows in smaller parts as earlier ones are done, and you don't need to do anything.
of = { $done } of { $of }
fact-drafted = Drafts
fact-finished = Finished pictures
fact-running = Being drawn
fact-waiting = Waiting
fact-failed = Failed
fact-money = Money
fact-pictures = Pictures
fact-left = Time left
about = Batch { $batch }

## sheet
sheet_title = Batch { $batch }: { $where }
sheet_one = drafts to choose from
sheet_page = drafts to choose from, sheet { $page } of { $pages }
sheet_how = Each draft has its number and its ratio. What lies outside the thin frame may be covered by an app.
sheet_alt = Contact sheet of drafts. { $drafts }

## finished
finals_title = Batch { $batch }: { $pictures } finished
final_alt = Finished picture of topic { $number }: { $topic }
finish_title = Finish batch { $batch }?
finish_over = The batch has { $left } left. It pauses before it would pass that.
retry_changed = The price of another try has changed since that button, so nothing was drawn. This button says what it costs now.
finishing_already = It's being finished already.

## form
form_title = New batch
form_text = Up to 1,000 topics. You see the price before anything is drawn.
form_topics = Topics
form_topics_hint = Write one topic per line, or paste a table with a column named topic.
form_template = Prompt around each topic
form_template_hint = Put {"{"}topic{"}"} where the topic goes. If you leave it empty: just the topic.
form_style = Style
form_style_hint = For all topics, such as: flat colours, no people
form_size = Size
form_size_default = As usual
form_max_pictures = Most pictures
form_max_pictures_hint = Drafts and finished ones together. If you leave it empty: one finished picture of each topic.
form_budget = Budget in dollars
form_budget_hint = The batch never spends more. If you leave it empty: the most that all of this can cost.
form_drafts = Drafts of each topic
form_drafts_hint = From 1 to 4. If you leave it empty, it's 1.
form_tag = Cost tag
form_tag_hint = For the operators' usage report, such as: spring-campaign
form_submit = Show the price
form_numbers = Numbers
form_numbers_hint = Such as 1 4 7b 9-12, or all. 7b is the second draft of topic 7.
form_reason = Why
form_pick_title = Batch { $batch }: pick drafts
form_pick_text = Picked drafts are drawn in high quality when you finish. Picking costs nothing.
form_pick_submit = Pick
form_reject_title = Batch { $batch }: reject drafts
form_reject_text = Rejected topics are left out. You can pick them later all the same.
form_reject_submit = Reject
form_redraw_title = Batch { $batch }: another draft
form_redraw_text = Each costs as much as the first one. If it fails, the earlier draft is still there.
form_redraw_submit = Draw again
form_raise_title = Batch { $batch }: other limits
form_raise_text = The batch continues, up to these limits.
form_raise_submit = Go on

## said
file_lost = Sorry, I couldn't read the file { $name }. Please attach it again.
said_proposed = The batch is ready, and waits for you to start it.
said_started = Batch { $batch } has begun.
said_paused = Batch { $batch } is paused. What's being drawn is finished, because it's paid for.
said_resumed = Batch { $batch } continues.
said_stopped = Batch { $batch } is stopped. What's there stays.
said_retried = Everything that failed and may work now is being drawn again.
said_finishing = { $count ->
        [one] One picture is being finished.
       *[other] { $count } pictures are being finished.
    }
started_before = It was started before.
picked_now = Picked: { $drafts }.
rejected_now = Rejected: { $drafts }.
redrawn_now = Drawn again: { $drafts }.
unknown = There's no batch { $batch } that you may see. Its number is in its message.
deleted = Batch { $batch } was deleted by its owner
gone = This batch isn't there anymore.
only_owner = Only the person who made this batch can do that, because it costs money.
only_owner_and_moderators = Only the person who made this batch and the moderators here can do that.
