## The dialogue that sets the bot up.

welcome = This sets up imagine-bot. Every answer is checked right away, and nothing is written to { $file } before the end. Enter takes what's in [brackets]; Ctrl-C stops and changes nothing.
address = Address of the image service: OpenAI's, or any service with the same API. To try it without a key, run `imagine-bot sandbox` in another terminal and paste the address it prints.
key = Key for the image service, from its console. If your own server needs none, type any word, such as local.
model = The image model.
hidden = not shown while you type
hidden_kept = not shown while you type; Enter keeps the one you have
optional = Enter for none
optional_kept = { $value }; “none” removes it
none = none
required = This one is needed.
yes_usual = Y/n
no_usual = y/N
yes_or_no = Please type y or n.
keep_anyway = Keep it although the check failed? Enter asks again.
checking = Still checking ({ $seconds } s) …
use_second = Should a second image service stand by for outages of this one?
change_second = A second image service is set up already. Change it?
second_base_url = Address of the second image service. It draws while the first one is down or out of credit, and never gets a blocked prompt.
second_api_key = Key for the second image service.
second_models = Models that draw the same on both, as model=model-there, separated by commas. Only these ever go to the second service.
use_platform = Do people use it in { $name }?
change_platform = { $name } is set up already. Change it?
no_platform = Nobody could reach the bot like that. Choose at least one.
new_file = # Settings of imagine-bot, made by imagine-bot init. See docs/settings.md for all of them.
writes = This goes into { $file }:
changes = This changes in { $file }; everything else there stays:
removed = removed
secret_new = set (not shown)
secret_changed = replaced (not shown)
may_write = Write it?
written = Wrote { $file }. Only you can read it.
nothing_new = { $file } already says all of this, so nothing was written.
readable = Others on this machine can read { $file }, and it holds keys. Change that with: chmod 600 { $file }
left_alone = { $file } is unchanged.
needs_yes = { $file } exists already and would change. Nothing was written; add --yes to change it.
not_written = Nothing was written to { $file }. Correct what is named above and run the command again.
stopped = Stopped. Nothing was written to { $file }.
cannot_write = { $file } can't be written ({ $error }), so nothing has changed. Choose another with --env-file, or fix the folder's permissions.
next = Next: { $command }
picture = To check with a real picture first, which costs about a cent: { $command }
lacks = { $name } is missing. Put a secret into a file and name it with --key-file or --secret-file { $name }=FILE, or set it in the environment.
new_address_new_key = The address belongs to another service than the key that's set, and a key is only sent to its own service. Name the new one with --key-file.
not_asked = init doesn't ask for { $name }. It asks for: { $known }. Everything else stands in the settings file.
not_a_pair = { $option } needs NAME=VALUE, not “{ $value }”.
secret_shown = { $name } is a secret, and others on this machine can read a command's arguments. Put it into a file and use --secret-file { $name }=FILE.
secret_unreadable = The file { $file } for { $name } can't be read.
secret_empty = The file { $file } for { $name } is empty.
