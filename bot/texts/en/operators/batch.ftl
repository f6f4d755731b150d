# imagine-bot batch.

status = Batch { $batch } ({ $title }): { $state }. { $pictures } drawn for { $spent } of { $budget }.
counts = { $topics ->
        [one] One topic
       *[other] { $topics } topics
    }: { $draft } to draw, { $drawn } to choose from, { $picked } picked, { $rejected } rejected, { $final } to finish, { $finished } finished, { $failed } failed.
progress_note = { $running } on the way, { $failed } failed, { $spent } of { $budget }

paused-operator = It's paused, because the image service can't be used right now ({ $kind }). Fix that first; the topics it failed for are drawn again then, and cost nothing so far.
no-unknown = There's no batch { $batch }. imagine-bot batch status lists them.
no-model = Nobody can choose { $model } here. Possible: { $known }. IMAGE_MODELS in the settings says which models may be chosen.
no-quality = The image model doesn't have the quality { $quality }. It has { $known }.

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
cli-goes_on = This is batch { $batch }, which you began before. It continues where it was; --again begins a new one.
cli-start = Start batch { $batch }?
cli-finish = Finish batch { $batch }?
cli-half_price = That's half of { $whole }. The service may take up to a day; Ctrl-C stops watching, and batch resume continues.
cli-say_yes = Nobody is here to confirm batch { $batch }. Add --yes if that's all right.
cli-not_started = Batch { $batch } wasn't started. Nothing was drawn.
cli-unreadable = { $file } can't be read: { $why }
cli-encoding = This file isn't UTF-8. It was read as { $encoding }; please look at the topics.
cli-repeated = Line { $line } repeats line { $first }, and is drawn once.
cli-repeated_more = { $count ->
        [one] One more line repeats others.
       *[other] { $count } more lines repeat others.
    }
cli-sheet = Contact sheet: { $file }
cli-watched = The running bot keeps drawing. Look again with: imagine-bot batch status { $batch }
cli-paused = Paused; what was being drawn is there. Go on with: imagine-bot batch resume { $batch }
cli-needs_out = This batch has no folder. Name one with --out.
cli-picture_gone = A stored picture is gone or damaged ({ $picture }), so there's no sheet.
cli-stopping_work = Stopping: nothing new is begun, and what's being drawn is finished because it's paid for. Ctrl-C again leaves at once.
cli-left_there = The service keeps drawing { $pictures } at half price. They're collected and booked by: imagine-bot batch resume { $batch }
cli-stopped_there = Still at the service: { $pictures } at half price. What isn't drawn yet is cancelled, and the rest is booked, as soon as the bot runs, or by: imagine-bot batch resume { $batch }
cli-cut_off = What was still being drawn was left. It may be paid for, so it counts as spent. Go on with: imagine-bot batch resume { $batch }
cli-stopping = Batch { $batch } is stopped, and the service is asked to stop { $pictures } at half price. What it has drawn by then still comes. Ctrl-C leaves that for later.
cli-retry = Trying again: { $pictures }, up to { $cost }.
cli-retry_half = Trying again: { $pictures }, up to { $cost } (finished pictures at half price).
