## What the command line says. Results are short; problems name the thing, what is wrong and what to do.

several = There are { $count } problems:
warning = Note: { $sentence }
adapter_unknown = There's no adapter named “{ $name }”. Installed: { $known }.
role_unknown = There's no role “{ $name }”. Known: { $known }.
roles_need_server = One process owns a SQLite ledger and does everything, so --roles { $roles } isn't possible. Leave out --roles, or set DATABASE_URL to a PostgreSQL server (docs/scale.md).
adapter_broken = The adapter “{ $name }” couldn't be loaded ({ $error }). Update or remove its package.
extra_missing = The { $name } adapter needs a package that isn't installed ({ $package }). Install it with: pip install 'imagine-bot[{ $name }]'
package_missing = The { $name } adapter needs a package that isn't installed ({ $package }). Install the project's requirements.lock again.
no_adapter = No chat platform is set up. Set { $tokens } in { $file }, or start the web chat with: imagine-bot run --adapters web
no_adapter_but_web = No chat platform is set up. Start the web chat with: imagine-bot run --adapters web, or set WEB_PORT in { $file }.
or = or
env_file_missing = There's no file { $file }. Copy .env.example there and fill it in, or leave out --env-file.
port_in_use = Port { $port } on { $host } is in use. Stop the program that uses it, or choose another: --port { $other }
port_forbidden = This user isn't allowed to listen on port { $port }. Choose one above 1023 with --port.
host_wrong = This machine has no address “{ $host }”. Use --host 127.0.0.1.
sandbox_speaks = Sandbox of { $service } at { $address } (Ctrl-C stops it). To use it, set IMAGE_SERVICE={ $service }, IMAGE_BASE_URL={ $address } and IMAGE_API_KEY to anything.
sandbox_unknown = The sandbox doesn't speak { $name }. It knows { $known }.
sandbox_ready = Sandbox image service at { $address } (Ctrl-C stops it). To use it, set IMAGE_BASE_URL={ $address } and IMAGE_API_KEY to anything.
demo_try = Try one of these there:
try_picture = /imagine a red bicycle in the rain
try_wait = /imagine a lighthouse at dusk sandbox:rate_limited*2
try_block = /imagine a quiet garden sandbox:safety_prompt
demo_stop = Ctrl-C stops it. Pictures and history stay in { $folder }.
no_ledger = There's no ledger at { $file }. Start the bot once, or set its folder with --data-dir or DATA_DIR.
no_requests = No request matches.
no_cases = No case matches.
case_number_wrong = “{ $value }” isn't a case number. Take one from imagine-bot cases list.
case_unknown = There's no case { $number }.
no_usage = Nothing has been spent yet.
state_unknown = “{ $value }” is neither a state nor an answer. Choose one of: { $known }.
span_wrong = “{ $value }” isn't a time span. Write a number followed by m, h, d or w, such as 24h or 7d.
backup_exists = { $file } already exists and isn't overwritten. Choose another name.
backup_server = The ledger is in the database { $server }, and PostgreSQL's own tool copies it while the bot runs: pg_dump --format=custom --file=imagine-bot.dump DATABASE_URL. Pictures are files in { $folder }; copy that folder too.
restore_server = The ledger is in the database { $server }, and PostgreSQL's own tool puts a copy back. Stop the bot, then: pg_restore --clean --if-exists --dbname=DATABASE_URL imagine-bot.dump
move_no_server = DATABASE_URL doesn't name a PostgreSQL database. Set it to the database that the ledger moves to, such as postgresql://user:password@host/imagine, and run this again.
move_done = Copied { $rows } rows of { $tables } tables to { $server } and compared each of them.
move_changed = In { $count } of them, a NUL character or a number without a value was replaced, because PostgreSQL can't store it.
copy_no_bucket = PICTURE_STORE isn't set. Set it to the bucket, such as s3://imagine-pictures, and run this again.
copy_failed = The bucket { $bucket } didn't answer properly ({ $error }). Check its name, AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and run this again: it continues.
copy_back_done = The pictures are in { $folder }. Remove PICTURE_STORE to use them there.
backup_bucket = Pictures are in { $bucket }. Back it up with its own service (versioning, replication).
encryption_new_key = Put this line into .env, with older keys behind it, separated by commas. Keep a copy where your backups aren't.
encryption_rotated = { $count ->
    [0] Nothing is stored encrypted.
    [one] 1 value is now encrypted with the first of ENCRYPTION_KEYS.
   *[other] { $count } values are now encrypted with the first of ENCRYPTION_KEYS.
}
encryption_older_keys = Remove the other { $count ->
    [one] key
   *[other] { $count } keys
} from ENCRYPTION_KEYS, and start the bot again.
encryption_lost = { $count ->
    [one] 1 value stays as it was ({ $kinds }): none of ENCRYPTION_KEYS opens it.
   *[other] { $count } values stay as they were ({ $kinds }): none of ENCRYPTION_KEYS opens them.
} Put the key that they were encrypted with behind the newest one, and run this again.
encryption_status = { $kind }: { $count }
encryption_sound = ENCRYPTION_KEYS opens { $count ->
    [one] 1 value
   *[other] all { $count } values
}.
move_aside = The former ledger is now { $file }; keep it until you trust the new one. Pictures stay in { $folder }. Start the bot with this DATABASE_URL.
backup_no_folder = There's no folder { $folder }. Create it first, or choose another.
backup_cannot_make = The folder { $folder } can't be created. Choose another, or give this user write permission.
backup_done = Backed up { $requests } requests to { $file } ({ $size }).
backup_pictures = The { $count } pictures ({ $size }) are files that never change: copy { $folder } as well, any time, or let --pictures do it.
pictures_copied = Copied { $copied } pictures ({ $size }) to { $folder }, each checked against its hash; { $there } were there already.
pictures_damaged = { $count } pictures no longer match their hash and weren't copied: { $names }. The disk may be failing; an older backup may still have them.
pictures_missing = { $count } pictures that the ledger knows aren't in the folder. Their requests say so instead of showing them. Run restore again with --pictures and the folder that has them.
pictures_failed = Copying the pictures to { $folder } stopped at { $file }. Free up space or fix the permissions, then run the same command again; it continues where it stopped.
pictures_same_folder = The pictures are in { $folder } already. Name another folder for the backup.
restore_missing = There's no file { $file }. Name the file itself that `imagine-bot backup` wrote, and not its folder.
restore_unsound = { $file } isn't an intact backup of a ledger, so nothing was changed. Use another one.
restore_exists = There's already a ledger at { $file }. Use --replace to put the backup in its place; the ledger is renamed, not deleted.
restore_done = Restored { $requests } requests to { $file }.
restore_aside = The former ledger is now { $file }.

## column

column-failure_kind = kind
column-failure_model = model
column-failure_size = size
column-failure_template = origin
column-failure_count = requests
column-failure_pictures = got pictures anyway
column-failure_tried = then tried
column-failure_worked = worked
column-failure_reason = turned down because
column-failure_word = word
column-failure_blocked = blocked
column-failure_passed = passed
column-failure_members = members
column-failure_closed = case closed as
column-created = created (UTC)
column-id = request
column-outcome = outcome
column-where = community
column-who = member
column-what = asked for
column-tries = tries+waits
column-pictures = pictures
column-cost = cost
column-prompt = prompt
column-case_number = case
column-case_opened = opened (UTC)
column-case_state = state
column-case_kind = kind
column-case_where = community
column-case_who = member
column-case_by = decided by
column-case_took = took
column-case_outcome = outcome
column-case_moderator = moderator
column-case_community = community
column-case_count = cases
column-case_closed = closed
column-case_median = median time
column-case_longest = longest time
column-case_at = at (UTC)
column-case_actor = who
column-case_event = what
column-case_facts = facts
column-day = day
column-month = month
column-community = community
column-member = member
column-everybody = all
column-tag = cost tag
column-spent = spent
column-reserved = reserved
column-failure_rejected = not right because of
column-failure_picked = candidate picked

## help

help-imagine_bot = /imagine for Discord and Slack: pictures in chat, and straight answers when something goes wrong.
help-env_file = The settings file; .env.example explains every line.
help-version = Print the version and exit.
help-demo = Open a chat in the browser, with the sandbox as image service. No key needed; nothing leaves this machine.
help-demo_port = Port of the chat (8080); 0 picks a free one.
help-demo_host = Address to listen on (127.0.0.1). Any other needs WEB_TOKEN.
help-demo_data_dir = Folder for history and pictures (data/demo).
help-demo_browser = Open the browser when the chat is ready.
help-run = Run the bot with the image service and the platforms set up in .env.
help-adapters = Platforms to start, separated by commas, such as web,discord. Default: all that are set up.
help-sandbox = Run only the sandbox: an OpenAI-compatible image service that draws test pictures and fails on demand.
help-sandbox_dialect = Name a service to read how to reach its API here: openai, azure, xai, together, openrouter, siliconflow, gemini, fal, replicate or bfl. They're all there at once.
help-sandbox_port = Port to listen on; 0 picks a free one.
help-sandbox_host = Address to listen on.
help-init = Set the bot up: ask for what it needs, check every answer at once, and write the settings file. Without a terminal, the answers come from these options.
help-init_address = Address of the image service, such as https://api.openai.com/v1.
help-init_key_file = File with the image service's key; - reads the first line of standard input. The key can also come from IMAGE_API_KEY in the environment.
help-init_model = The image model.
help-init_set = Another setting that it asks for, such as WEB_PORT=8080. Can be repeated.
help-init_secret = File with a token, such as DISCORD_BOT_TOKEN=token.txt; - reads a line of standard input. Can be repeated.
help-init_yes = Ask nothing, and change an existing settings file.
help-doctor = Check settings, disk, database, network, image service and platforms; stop at the first problem and say why and how to fix it.
help-doctor_all = Go on after a problem and check everything that still can be.
help-doctor_spend = Also ask for the smallest picture, which costs about a cent, and for a word from a text model, which costs less.
help-doctor_text_model = The text model for --spend; default: a small one from the service's list.
help-verify = After a change, ask again for what failed, for a good picture and for a wrong size, and write down the result. Asks before it costs anything.
help-verify_narrow = If it fails again, find the option of the request that makes it fail: one at a time.
help-verify_second = Try the second image service instead of the configured one.
help-verify_yes = Don't ask before it costs something.
help-evidence = Make one zip file about a failed request that you can send to the image service's support.
help-evidence_request = The request's ID, or the image service's request id. Default: the last request that failed.
help-evidence_last = The last request that failed; this is the default.
help-requests = List requests, newest first. Read-only, and safe while the bot runs.
help-requests_state = Only this state or answer, such as queued, failed, blocked or pictures.
help-requests_kind = Only this kind of failure, such as rate_limited.
help-requests_unsure = Only requests whose last failure the bot had to guess at (a confidence below one half).
help-requests_person = Only this member, by platform ID.
help-requests_community = Only this Discord server or Slack workspace, by ID.
help-requests_platform = Only this platform: web, discord or slack.
help-requests_since = Only the last 30m, 24h, 7d or 2w, for example.
help-requests_limit = At most this many.
help-requests_prompts = Also show the prompts. Members wrote them for their channel, so they're hidden by default.
help-batch = Draft many topics, choose, and finish only what was chosen, inside a budget.
help-batch_demo = Draw with the sandbox instead of the configured service: free, and nothing leaves this machine.
help-batch_yes = Ask nothing before it costs something.
help-batch_number = The batch's number.
help-batch_which = Numbers on the contact sheet, such as 1 4 7b 9-12, or all.
help-batch_budget = Most money for the whole batch, in US dollars.
help-batch_max_pictures = Most pictures, drafts and finished ones together.
help-batch_new = Begin a batch: a draft of every topic in a file (CSV, TXT or JSON lines). The same file and folder go on where they were.
help-batch_file = Topics: one a line, a table with a column topic (and template, size, style, caption), or JSON lines. - reads standard input.
help-batch_out = Folder for the pictures and their papers. Nothing in it is ever overwritten.
help-batch_drafts = Drafts of each topic.
help-batch_template = Prompt for every topic, with {"{"}topic{"}"} in it.
help-batch_style = Style for every topic.
help-batch_size = Size, such as 1536x1024.
help-batch_model = Image model, if you offer several.
help-batch_draft_quality = Quality of drafts (the cheapest).
help-batch_final_quality = Quality of finished pictures (the best).
help-batch_tag = Cost tag, for: imagine-bot usage --by tag.
help-batch_again = Begin a new batch, even if the same one was begun before.
help-batch_half_price = Let the service take up to a day, at half the price, where it has such batches.
help-batch_resume = Let a batch go on, with higher limits if you like.
help-batch_retry = Also draw again what failed for the service's sake or was interrupted. Some of it may have been paid for already.
help-batch_status = How far a batch is, or a list of the latest.
help-batch_sheet = Write contact sheets with numbered drafts.
help-batch_sheet_out = Another folder for the sheets.
help-batch_pick = Choose the drafts that are to be finished.
help-batch_reject = Leave drafts out.
help-batch_reason = Why.
help-batch_redraw = Ask for another draft of topics.
help-batch_finish = Draw the picked drafts in high quality; says the price first.
help-batch_pause = Ask for nothing more until it's resumed.
help-batch_stop = End a batch for good. What's there stays.
help-cases = List, show and export moderation cases and their audit log. Read-only, and safe while the bot runs.
help-cases_list = List cases, newest first.
help-cases_show = Show one case by its number, with its whole audit log.
help-cases_export = Print cases with their audit log as JSON lines, oldest first.
help-cases_numbers = Count cases by outcome, kind, moderator or community, with the time to a decision.
help-cases_audit_log = List who did what across all cases, including attempts that were refused.
help-cases_state = Only this state, or waiting, or closed.
help-cases_kind = Only this kind of block, such as safety_output.
help-cases_moderator = Only cases that this moderator decided, by platform ID.
help-cases_by = What to count by.
help-cases_outcome = Only done, refused, stale or forged.
help-usage = List spending per day or month, by community, by member or in total.
help-usage_by = Whose spending, or tag: what it was spent on.
help-usage_months = By month instead of by day.
help-usage_pace = Only the last seven days and where the month ends at this pace.
help-failures = Count what fails: by kind, model, size and origin, why requests are turned down, and what helped. Read-only, and safe while the bot runs.
help-failures_days = Days to look back.
help-failures_propose = Also write a Markdown page with texts and settings worth changing, each with its numbers.
help-usage_limit = At most this many rows.
help-backup = Copy the ledger into one consistent file, even while the bot runs.
help-backup_with_pictures = Also copy the pictures into the folder pictures beside the copy. Only new ones are copied, each checked against its hash.
help-restore = Put a backup in the ledger's place, with its pictures, both checked. Stop the bot first.
help-restore_backup = The file that `imagine-bot backup` made.
help-restore_pictures = Folder with the backup's pictures. Default: the folder pictures beside the backup, if there is one.
help-restore_replace = Replace the current ledger, which is renamed.
help-migrate_to_postgres = Copy the ledger from its SQLite file to the PostgreSQL database in DATABASE_URL, each row compared. Stop the bot first.
help-copy_pictures = Copy the pictures of DATA_DIR to the bucket in PICTURE_STORE, each compared. Run again, it continues. Nothing is deleted.
help-copy_pictures_back = From the bucket to DATA_DIR instead.
help-encryption = Keys for what the ledger keeps encrypted: make one, encrypt everything with the newest one, see what is encrypted.
help-encryption_new_key = Make a key for ENCRYPTION_KEYS.
help-encryption_rotate = Encrypt everything with the first of ENCRYPTION_KEYS, beside the running bot. Afterwards the older keys can go.
help-encryption_status = Say what is stored encrypted, and whether ENCRYPTION_KEYS opens all of it.
help-move_from = The SQLite file, if it isn't the one in DATA_DIR.
help-backup_target = File or folder for the copy. In a folder (DIR/ is created if needed) it's named backup-<time>.db. Default: the data folder. Nothing is ever overwritten.
help-json = Print JSON for other programs.
help-data_dir = The data folder, if it isn't DATA_DIR; the demo's is data/demo.
help-roles = What this process does, separated by commas: chat, work, gate. Default: all. Several processes need a PostgreSQL server (docs/scale.md).
help-run_data_dir = The data folder, if it isn't DATA_DIR.
own_keys = { $count ->
    [one] One community pays with its own key
   *[other] { $count } communities pay with their own keys
  }; { $pictures ->
    [one] one picture
   *[other] { $pictures } pictures
  } this month aren't in these amounts.
