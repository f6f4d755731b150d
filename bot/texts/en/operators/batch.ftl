# imagine-bot batch.

draft_of = draft { $number }
status = Batch { $batch } ({ $title }): { $state }. { $pictures } drawn for { $spent } of { $budget }.
counts = { $topics } topics: { $draft } to draw, { $drawn } to choose from, { $picked } picked, { $rejected } rejected, { $final } to finish, { $finished } finished, { $failed } failed.
progress_note = { $running } on the way, { $failed } failed, { $spent } of { $budget }
price_least = { $drafts } as drafts: about { $least }. That's the least, if you finish none of them.
price_most = At most { $most } and { $pictures }, whatever happens.
price_over = Finishing every topic would cost about { $all }, more than the budget of { $budget }.
finish_price = { $pictures } in high quality: up to { $cost }.

## state
state-proposed = waiting for your start
state-running = drawing drafts
state-paused = paused
state-drafted = ready to choose from
state-finishing = drawing finished pictures
state-finish_paused = paused while finishing
state-finished = finished
state-stopped = stopped

## paused
paused-asked = It's paused. Nothing more is drawn until you let it go on.
paused-operator = It's paused, because the image service can't be used right now ({ $kind }). Fix that first; the topics it failed for are drawn again then, and cost nothing so far.
paused-money = It's paused: the next picture can cost up to { $need }, and { $left } of the budget of { $limit } is left. Raise the budget, or choose from what's there.
paused-pictures = It's paused: { $left } left of the most, { $limit }. Raise the number, or choose from what's there.

## reason
reason-interrupted = The bot was stopped while this was being drawn. It may have been drawn and paid for, so it isn't repeated by itself.
reason-expired = It waited too long for the image service.
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
no-unknown = There's no batch { $batch }. imagine-bot batch status lists them.
no-budget = The drafts alone can cost { $drafts }, more than your budget of { $budget }. Raise the budget, or give fewer topics.
no-label = { $value } isn't a draft's number. They go from 1 to { $last }; 7b is the second draft of topic 7.
no-no_item = There's no topic { $number } in this batch.
no-no_draft = Topic { $number } has no such draft.
no-nothing_picked = Nothing is picked yet. Pick drafts first.
no-fails_again = Topic { $number } was blocked or is wrong, and would fail again. Change the topic, and add it in a new batch.
no-over = Batch { $batch } was stopped, so nothing in it changes anymore.
no-item_draft = Topic { $number } is still being drawn.
no-item_drawn = Topic { $number } isn't picked.
no-item_picked = Topic { $number } is picked.
no-item_rejected = Topic { $number } is rejected.
no-item_final = Topic { $number } is being finished.
no-item_finished = Topic { $number } is finished.
no-item_failed = Topic { $number } failed, so there's nothing to choose from.
no-state_proposed = Batch { $batch } hasn't been started yet.
no-state_running = Batch { $batch } is still drawing its drafts.
no-state_paused = Batch { $batch } is paused. Let it go on first.
no-state_drafted = Batch { $batch } has all its drafts.
no-state_finishing = Batch { $batch } is already drawing its finished pictures.
no-state_finish_paused = Batch { $batch } is paused while finishing. Let it go on first.
no-state_finished = Batch { $batch } is finished.
no-state_stopped = Batch { $batch } was stopped.

## topics
topics-empty = There's no topic in this file. Write one topic a line, or a table with a column named topic.
topics-many = This file has { $count } topics, and a batch takes at most { $most }. Please split it.
topics-heavy = This file is larger than { $most } MB. A list of topics is much smaller, so it's probably another file.
topics-binary = This isn't a text file. Save it as CSV or plain text, and try again.
topics-encoding = This file stops being readable text at byte { $position }. Save it as UTF-8, and try again.
topics-quotes = The quotation marks in line { $line } don't match. In a CSV file, a quotation mark inside a cell is written twice.
topics-long = The topic in line { $line } has { $count } characters. At most { $most } are possible.
topics-long_field = The { $field } in line { $line } has { $count } characters. At most { $most } are possible.
topics-no_topic = Line { $line } has no topic. Fill it in, or take the line out.
topics-template = The template in line { $line } doesn't say where the topic goes. Put { $placeholder } into it.
topics-json = Line { $line } isn't a JSON object or text. Each line holds one, such as: {"{"}"topic": "a lighthouse at dawn"{"}"}
topics-json_text = In line { $line }, a value isn't text. Put numbers and the like into quotation marks.
topics-json_topic = Line { $line } has no field named topic.

## column

column-number = Batch
column-state = State
column-title = From
column-topics = Topics
column-drafts = Drafts
column-finished = Finished
column-failed = Failed
column-spent = Spent

## folder

folder-file = { $path } is a file, or lies below one. Name a folder.
folder-unwritable = The bot can't write into { $path }. Choose another folder, or change its permissions.
folder-full = There's no space left for { $path }. Nothing is lost: free some space and resume the batch, and the rest is written.

## next

next-pick = Choose: imagine-bot batch pick { $batch } 1 4 7
next-finish = Finish what's picked: imagine-bot batch finish { $batch }
next-resume = Go on: imagine-bot batch resume { $batch }
next-failed = Why topics failed is in the folder failures. Those that may work now: imagine-bot batch resume { $batch } --retry-failed

## cli

cli-none = There are no batches yet. imagine-bot batch new --help says how to begin.
cli-template = The template doesn't say where the topic goes. Put { $placeholder } into it.
cli-goes_on = This is batch { $batch }, which you began before. It continues where it was; --again begins a new one.
cli-start = Start batch { $batch }?
cli-finish = Finish batch { $batch }?
cli-say_yes = Nobody is here to confirm batch { $batch }. Add --yes if that's all right.
cli-not_started = Batch { $batch } wasn't started. Nothing was drawn.
cli-unreadable = { $file } can't be read: { $why }
cli-encoding = This file isn't UTF-8. It was read as { $encoding }; please look at the topics.
cli-repeated = Line { $line } repeats line { $first }, and is drawn once.
cli-repeated_more = { $count } more lines repeat others.
cli-sheet = Contact sheet: { $file }
cli-watched = The running bot keeps drawing. Look again with: imagine-bot batch status { $batch }
cli-paused = Paused; what was being drawn is there. Go on with: imagine-bot batch resume { $batch }
cli-needs_out = This batch has no folder. Name one with --out.
cli-picture_gone = A stored picture is gone or damaged ({ $picture }), so there's no sheet.
