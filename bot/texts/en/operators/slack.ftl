ready = Slack: connected to { $team } as @{ $name } (Socket Mode).
ready_http = Slack: listening for { $team } as @{ $name }. Slack should send its requests to http://{ $host }:{ $port }/slack/events.
ready_installed = Slack: serving { $count ->
    [0] no workspace yet
    [one] 1 workspace
   *[other] { $count } workspaces
}. Others install the bot at { $url }.

## variables

variables-SLACK_BOT_TOKEN = Bot token of your Slack app (xoxb-…), from its page OAuth & Permissions at https://api.slack.com/apps. Setting it starts the Slack adapter, together with one of the next two; docs/slack.md has every step.
variables-SLACK_APP_TOKEN = App-level token (xapp-…) with the scope connections:write, from the page Basic Information. With it the bot connects to Slack itself (Socket Mode) and needs no public address.
variables-SLACK_SIGNING_SECRET = Signing secret, from the page Basic Information. Without SLACK_APP_TOKEN, the bot listens for Slack over HTTP and verifies Slack's requests with this secret.
variables-MODERATOR_CHANNEL_SLACK = ID (C…) of the private channel whose members decide about blocked requests. Cases from direct messages go there too.
variables-OPERATOR_CHANNEL_SLACK = ID (C…) of the channel for notices to the bot's operator. Empty: notices go to the log.
variables-SLACK_HTTP_HOST = Address to listen on over HTTP. Empty: 127.0.0.1, behind a proxy on the same machine.
variables-SLACK_HTTP_PORT = Port to listen on over HTTP. Empty: 3000.
variables-SLACK_EXTERNAL_PEOPLE = yes: people from other organisations in shared channels (Slack Connect) can use the bot, at your cost. Empty or no: they can't.
variables-SLACK_GUESTS = yes: guests of your workspace can use the bot. Empty or no: only full members can.
variables-SLACK_OTHER_WORKSPACES = yes: people from other workspaces of your Enterprise Grid organisation can use the bot, at your cost. Empty or no: they can't.
variables-SLACK_INSTALL_URL = Public address of the bot (https://…), if people of many workspaces install it at /slack/install there. It replaces SLACK_BOT_TOKEN, and needs the next two and ENCRYPTION_KEYS; docs/slack.md has every step. Empty: one workspace.
variables-SLACK_CLIENT_ID = Client ID of the app, from the page Basic Information. Only used with SLACK_INSTALL_URL.
variables-SLACK_CLIENT_SECRET = Client secret of the app, from the same page. Only used with SLACK_INSTALL_URL.
variables-SLACK_HOME_WORKSPACE = ID (T…) of your own workspace, which has MODERATOR_CHANNEL_SLACK and OPERATOR_CHANNEL_SLACK. Only used with SLACK_INSTALL_URL; workspaces set their own moderators' channel with /imagine-settings.
variables-SLACK_API_URL = Address of Slack's Web API. Empty: Slack's own. GovSlack: https://slack-gov.com/api/.

## problem

problem-yes_or_no = { $name } is “{ $value }”: write yes or no, or leave it empty for no.
problem-no_bot_token = SLACK_BOT_TOKEN isn't set. Copy the Bot User OAuth Token (xoxb-…) from your app's page OAuth & Permissions at https://api.slack.com/apps.
problem-no_mode = SLACK_BOT_TOKEN alone can't receive commands. Also set SLACK_APP_TOKEN (xapp-…, Socket Mode, no public address needed) or SLACK_SIGNING_SECRET (HTTP). Both are on your app's page Basic Information at https://api.slack.com/apps.
problem-no_mode_installed = With SLACK_INSTALL_URL alone, the bot can't receive commands. Also set SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP). Both are on your app's page Basic Information at https://api.slack.com/apps.
problem-install_url = SLACK_INSTALL_URL must be the bot's public address without a path, such as https://imagine.example.com. Slack sends people's browsers there.
problem-client_id = SLACK_CLIENT_ID must be the Client ID (digits, a dot, digits) from your app's page Basic Information at https://api.slack.com/apps.
problem-client_secret = SLACK_CLIENT_SECRET must be the Client Secret from your app's page Basic Information at https://api.slack.com/apps.
problem-no_encryption = ENCRYPTION_KEYS isn't set, and the bot doesn't store workspaces' tokens unencrypted. Make a key with `imagine-bot encryption new-key` and put it into .env.
problem-token_and_install = SLACK_BOT_TOKEN and SLACK_INSTALL_URL exclude each other: the first serves one workspace, the second every workspace that installs the bot. Remove SLACK_BOT_TOKEN and install the bot in your own workspace at /slack/install, too; or remove SLACK_INSTALL_URL.
problem-home_form = SLACK_HOME_WORKSPACE is “{ $value }”, which isn't the ID of a workspace. Open Slack in a browser: the ID (T…) is in the address, after /client/.
problem-no_home = MODERATOR_CHANNEL_SLACK and OPERATOR_CHANNEL_SLACK are channels of one workspace. Set SLACK_HOME_WORKSPACE to its ID (T…).
problem-swapped = SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped: the bot token begins with xoxb-, the app-level token with xapp-.
problem-bot_is_app = SLACK_BOT_TOKEN contains an app-level token (xapp-…). Put that into SLACK_APP_TOKEN, and the Bot User OAuth Token (xoxb-…, page OAuth & Permissions) into SLACK_BOT_TOKEN.
problem-bot_is_user = SLACK_BOT_TOKEN contains a user token (xoxp-…). Copy the Bot User OAuth Token (xoxb-…) from the page OAuth & Permissions; the bot must not act as a person.
problem-token_rotates = SLACK_BOT_TOKEN begins with xoxe, so it belongs to an app with token rotation, and such tokens expire after 12 hours. Switch off token rotation; if Slack doesn't offer that, create the app again from `imagine-bot slack manifest`, which leaves it off.
problem-app_is_bot = SLACK_APP_TOKEN contains a bot token (xoxb-…). The app-level token begins with xapp- and is on the page Basic Information under App-Level Tokens.
problem-app_is_user = SLACK_APP_TOKEN isn't an app-level token. Those begin with xapp- and are on the page Basic Information under App-Level Tokens.
problem-token_form = { $name } doesn't look like a token. Paste just the token, without spaces or other words.
problem-secret_form = SLACK_SIGNING_SECRET doesn't look like a signing secret. Copy the 32 characters from the page Basic Information, App Credentials, Signing Secret, Show.
problem-channel_form = { $name } is “{ $value }”, which isn't a channel ID. Open the channel in Slack, click its name at the top, and copy the Channel ID (C…) at the bottom of the tab About.
problem-host = SLACK_HTTP_HOST is “{ $value }”, which isn't a host to listen on. Set it to an address or name without scheme and port, such as { $example } or 0.0.0.0.
problem-port = SLACK_HTTP_PORT is “{ $value }”: it must be a number from 1 to 65535, such as { $example }.
problem-address = SLACK_API_URL must be an address that begins with http:// or https://, without user name, password or question mark, such as { $example }. Leave it empty to use Slack's own.

## manifest

manifest-name = imagine
manifest-description = /imagine makes pictures from words. When it doesn't work, it says why and what to do, in plain words.
manifest-command_imagine = Make a picture from your words; without words a form opens
manifest-hint_imagine = what you'd like to see
manifest-command_imagine-guide = Fill in a form, see the finished wording, then send it
manifest-command_imagine-batch = Draft many topics, choose the best, and finish only those
manifest-command_imagine-show = See your requests, look for one, or show one with its pictures
manifest-shortcut = Imagine with this image
manifest-shortcut_about = Make a new picture from the ones in this message
manifest-hint_imagine-guide = name of a template, or nothing for an empty form
manifest-hint_imagine-show = [ID, or words since:2026-11 tag:shop is:favourite]
manifest-hint_imagine-batch = nothing for the form, or the number of a batch
manifest-command_imagine-status = See how the image service is doing and what's left of your budget
manifest-command_imagine-help = Learn how to use the bot
manifest-command_imagine-privacy = See what's stored about you, and delete it
manifest-command_imagine-settings = Set moderators, channels, budgets and defaults for this workspace

## init

init-name = Slack
init-before = Create an app at https://api.slack.com/apps from the output of `imagine-bot slack manifest`, and install it in your workspace. docs/slack.md has every step.
init-bot_token = Bot User OAuth Token (xoxb-…), from the page OAuth & Permissions.
init-app_token = App-level token (xapp-…) with the scope connections:write, from the page Basic Information. With it, the bot connects to Slack by itself (Socket Mode) and needs no public address. Enter for none, if Slack should send events to your own address over HTTP.
init-signing_secret = Signing Secret, from the page Basic Information: only for events over HTTP. Enter for none with Socket Mode.
init-http_port = Port on which the bot receives Slack's events over HTTP, behind your proxy with HTTPS. Enter for 3000, or for none with Socket Mode.
init-moderators = ID (C…) of the private channel whose members decide about blocked requests. Invite the bot there first with /invite.
init-operators = ID (C…) of the channel for notices to you, such as a refused key. Without one, they go to the log.

## setup

setup-where_bot_token = OAuth & Permissions, Bot User OAuth Token (xoxb-…) at https://api.slack.com/apps
setup-where_app_token = Basic Information, App-Level Tokens (xapp-…) at https://api.slack.com/apps
setup-not_a_bot = SLACK_BOT_TOKEN belongs to a person, not a bot. Copy the Bot User OAuth Token (xoxb-…) from the page OAuth & Permissions at https://api.slack.com/apps.
setup-org_install = SLACK_BOT_TOKEN comes from an installation for a whole organisation, and this bot serves one workspace per app. Install the app in a single workspace and set that bot token.
setup-home_not_installed = The bot isn't installed in your own workspace { $home } (SLACK_HOME_WORKSPACE), so nobody there gets its notices and cases. Open { $url } and install it there.
setup-not_renewed = Slack doesn't renew the bot's token for { $key }. If it stays so, the token expires within two hours, and somebody there has to open the link to install the bot once more.
setup-scopes_missing = The bot token lacks these scopes: { $missing }. Update the app with the manifest (page App Manifest, paste the output of `imagine-bot slack manifest`), then Install App, Reinstall, and set SLACK_BOT_TOKEN if it has changed.
setup-not_allowed = The bot is installed in the workspace { $name } ({ $team }), which isn't in ALLOWED_WORKSPACES. Add { $team } there, or install the app in a workspace that's on the list.
setup-other_app = SLACK_BOT_TOKEN and SLACK_APP_TOKEN belong to two different apps ({ $bot_app } and { $app }), so no commands would arrive. Take both from the same app at https://api.slack.com/apps.
setup-channel_channel_not_found = { $name }: the bot can't see channel { $channel }. Either the ID is wrong, or the channel is private and the bot isn't in it: type /invite @{ $bot } there.
setup-channel_not_in_channel = { $name }: the bot isn't in channel { $channel }. Type /invite @{ $bot } there.
setup-channel_is_archived = { $name }: channel { $channel } is archived. Unarchive it, or choose another.
setup-channel_missing_scope = { $name }: the bot token lacks the scope { $needed }, which is needed to look at channel { $channel }. Update the app with `imagine-bot slack manifest` and reinstall it.
setup-channel_method_not_supported_for_channel_type = { $name }: { $channel } is a conversation that bots can't look at. Choose a channel.
setup-channel_direct = { $name }: { $channel } is a direct message. Choose a channel.
setup-channel_public = { $name }: channel { $channel } is public, so anyone who joins could decide about blocked requests. Make it private (channel settings, Change to a private channel), or choose a private one.
setup-channel_empty = { $name }: only the bot is in channel { $channel }, so nobody can decide. Add the moderators.
setup-channel_shared = { $name }: channel { $channel } is shared with another organisation, and everyone in it would be a moderator. Choose a channel of your own.

## setup.socket

setup-socket-link_disabled = Socket Mode was switched off for the Slack app, so no commands arrive. Switch it on again on the page Socket Mode at https://api.slack.com/apps; the bot keeps trying.
setup-socket-shared = Slack counts { $counted } connections with this SLACK_APP_TOKEN, but only { $ours } of them belong to this process. Another bot is running with the same token, and each gets only some of the commands. Stop the other one, or create a separate app for it.

## setup.http

setup-http-no_secret = SLACK_SIGNING_SECRET is empty, so the bot couldn't tell Slack's requests from forged ones. Copy it from the page Basic Information, App Credentials, at https://api.slack.com/apps.
setup-http-port_in_use = Port { $port } on { $host } is already in use. Stop the program that uses it, or set SLACK_HTTP_PORT to another port and route Slack's requests there.
setup-http-port_forbidden = This user isn't allowed to listen on port { $port }. Set SLACK_HTTP_PORT to a number above 1023 and put a proxy in front of it.
setup-http-host_unknown = SLACK_HTTP_HOST is { $host }, which isn't an address of this machine. Leave it empty for 127.0.0.1, or use 0.0.0.0 for all addresses.
setup-http-start_failed = The server for Slack's requests couldn't start. The log lines above say why.

## error

error-invalid_auth = Slack doesn't accept { $name } (invalid_auth). Copy it again from { $where }; for GovSlack, also set SLACK_API_URL.
error-invalid_token = Slack doesn't accept { $name } (invalid_token). Copy it again from { $where }.
error-not_authed = Slack didn't receive { $name } (not_authed). Copy it again from { $where }; a proxy in between may have removed it.
error-account_inactive = The bot of { $name } was removed, or its workspace was deleted (account_inactive). Install the app again and copy the token from { $where }.
error-user_removed_from_team = The bot of { $name } was removed from the workspace (user_removed_from_team). Install the app again and copy the token from { $where }.
error-token_revoked = { $name } was revoked, usually because the app was uninstalled (token_revoked). Install it again and copy the new token from { $where }.
error-app_uninstalled = The app of { $name } was uninstalled (app_uninstalled). Install it again and copy the new token from { $where }.
error-bot_not_found = The bot of { $name } no longer exists (bot_not_found). Install the app again and copy the new token from { $where }.
error-token_expired = { $name } has expired because the app uses token rotation (token_expired). Switch off rotation, or create the app again from `imagine-bot slack manifest`, and set the new token.
error-not_allowed_token_type = { $name } is the wrong kind of token (not_allowed_token_type). Copy the right one from { $where }.
error-missing_scope = { $name } lacks the scope { $needed } (missing_scope). Add it, reinstall the app if it's the bot token, and copy the token from { $where }.
error-access_denied = Slack denies access to { $name } (access_denied). Ask a workspace administrator whether the app is approved.
error-accesslimited = Slack doesn't accept { $name } from this network (accesslimited). Check the app's allowed IP addresses on the page OAuth & Permissions, or the workspace's network rules.
error-no_permission = Slack says that { $name } has no permission (no_permission). Ask a workspace administrator whether the app is approved.
error-ekm_access_denied = Administrators have suspended posting in this workspace with its encryption keys (ekm_access_denied). Ask them; { $name } itself is fine.
error-org_login_required = The workspace of { $name } is being moved to an organisation (org_login_required). Wait until Slack has finished; the bot keeps trying.
error-team_added_to_org = The workspace of { $name } is being moved to an organisation (team_added_to_org). Wait until Slack has finished; the bot keeps trying.
error-team_access_not_granted = { $name } has no access to this workspace of the organisation (team_access_not_granted). Ask an administrator of the organisation to approve the app there.
error-team_disabled = The workspace of { $name } is disabled (team_disabled). Its owner needs to contact Slack.
error-forbidden_team = Slack doesn't allow Socket Mode for the workspace of { $name } (forbidden_team). Ask an administrator, or use HTTP with SLACK_SIGNING_SECRET.
error-enterprise_is_restricted = { $name } belongs to a whole organisation, and Slack doesn't allow this for those (enterprise_is_restricted). Install the app in a single workspace and set that token.
error-two_factor_setup_required = The workspace requires two-factor authentication from the owner of { $name } (two_factor_setup_required). The person who installed the app has to set it up and then install the app again.

## For the table in docs/slack.md: what each group of errors means to an operator. The codes are in adapters/slack/errors.py.

error_class-gone = somebody deleted the message or closed the form, or a rule of the workspace forbids changing messages
error_class-gone_do = nothing; if an answer is still due, it comes as a new message
error_class-no_channel = the channel or thread was deleted or archived, or it's private and the bot isn't in it, or a setting has a wrong ID
error_class-no_channel_do = `/invite @imagine` there, or set the right ID
error_class-not_member = the bot isn't in the channel
error_class-not_member_do = `/invite @imagine` there
error_class-forbidden = a workspace rule: who can post in this channel or thread, which files can be uploaded, how much can be stored
error_class-forbidden_do = ask an administrator to allow it for the app, or choose another channel
error_class-unauthorised = the token is no longer valid; nothing works until you renew it
error_class-unauthorised_do = `imagine-bot doctor`; usually: install the app again and set the new token
error_class-scope = the token lacks a scope, which is named after the code
error_class-scope_do = update the app with `imagine-bot slack manifest`, and reinstall it
error_class-no_direct = the bot can't write to this member, or not in this channel
error_class-no_direct_do = nothing; `/imagine-show` has the picture. For `messages_tab_disabled`, paste the manifest again
error_class-wait = too many calls within a minute, or Slack asks the bot to wait
error_class-wait_do = nothing; the bot waits as long as Slack says, then continues
error_class-lost = a problem at Slack, HTTP 500 to 504, or an answer that got lost on the way
error_class-lost_do = nothing; the bot checks whether the message exists before it posts again. If it keeps happening: <https://slack-status.com>
error_class-file_not_ready = Slack hasn't finished processing an uploaded picture, or doesn't show it
error_class-file_not_ready_do = nothing; the bot tries again, then shares it another way
error_class-trigger = a form came more than three seconds after the click (busy machine, slow network)
error_class-trigger_do = nothing; the member is asked to click again. If it keeps happening, check the machine
error_class-over = the response_url for a message that only one member sees is used up (five times, 30 minutes)
error_class-over_do = nothing; the bot uses another route
error_class-too_long = a message over Slack's limits: a bug in the bot
error_class-too_long_do = report it with the log line
error_class-invalid = Slack rejects a message: a bug in the bot
error_class-invalid_do = report it with the log line

## cli

cli-help = Slack: print the app manifest.
cli-manifest = Print the Slack app's manifest as JSON, ready to paste at https://api.slack.com/apps.
cli-http = For HTTP instead of Socket Mode: the public https:// address of the bot.
cli-http_form = { $name } must be the bot's public address and begin with https://, such as https://bot.example.com. Slack doesn't call any other.
cli-install = For an app that many workspaces install: the public https:// address of the bot, as in SLACK_INSTALL_URL.
cli-organisations = With --install: organisations of Enterprise Grid can install the app in all of their workspaces at once.
cli-organisations_alone = --organisations only works together with --install.
cli-next_install = For other workspaces: page Manage Distribution, activate public distribution. Then set SLACK_INSTALL_URL, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead of SLACK_BOT_TOKEN; people install the bot at { $url }.
cli-next_socket = Next: https://api.slack.com/apps, Create New App, From a manifest, choose the workspace, tab JSON, paste, Create. Then Install App, and Basic Information, App-Level Tokens, with the scope connections:write. The rest is in docs/slack.md.
cli-next_http = Next: https://api.slack.com/apps, Create New App, From a manifest, choose the workspace, tab JSON, paste, Create, Install App. Once the bot is running and reachable at { $url }, open the page Event Subscriptions and let Slack verify the Request URL. The rest is in docs/slack.md.

## doctor

doctor-token_shape = { $name } doesn't look right; it should be { $shape }. Copy it again from https://api.slack.com/apps; the current value has { $length } characters.
doctor-shape_bot = xoxb-…, from OAuth & Permissions
doctor-shape_app = xapp-…, from Basic Information, App-Level Tokens
doctor-shape_secret = 32 hexadecimal digits, from Basic Information, App Credentials
doctor-why_token = Without a valid token, Slack lets the bot do nothing.
doctor-why_network = No proper answer came from Slack; nothing about the tokens is known yet.
doctor-why_scopes = Slack refuses every call whose scope the token lacks.
doctor-why_app_token = The app-level token opens the connection on which commands arrive.
doctor-why_http = Slack sends commands to this port.
doctor-why_clock = Slack and the bot reject each other's requests if their clocks differ by five minutes.
doctor-why_channel = Without it, moderators or operators don't see what they must decide or fix.
doctor-why_workspace = The bot ignores commands from every workspace that isn't listed.
doctor-what_settings = Slack settings
doctor-what_proxy = Slack proxy
doctor-what_token = Slack token
doctor-what_network = Slack's address
doctor-what_scopes = Slack scopes
doctor-what_app_token = Slack app-level token
doctor-what_http = Slack over HTTP
doctor-what_clock = Clock of this machine
doctor-what_channel = Slack channel
doctor-what_installation = Slack installation
doctor-what_encryption = Encryption of tokens
doctor-why_installation = Without it, no workspace can install the bot.
doctor-why_encryption = The bot stores no token unencrypted.
doctor-what_workspace = ALLOWED_WORKSPACES
doctor-client_ignored = SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set but not used: this bot runs with one bot token. They're for SLACK_INSTALL_URL, with which many workspaces install it.
doctor-client_ok = Slack knows the app by SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.
doctor-client_wrong = Slack doesn't know SLACK_CLIENT_ID and SLACK_CLIENT_SECRET ({ $code }). Copy both again from your app's page Basic Information at https://api.slack.com/apps.
doctor-encryption_ok = ENCRYPTION_KEYS is set; workspaces' tokens are stored encrypted. `imagine-bot encryption status` says whether it opens all of them.
doctor-installs_some = Only { $allowed } can install the bot and use it.
doctor-installs_anybody = ALLOWED_WORKSPACES is empty, so every workspace whose people have the link can install the bot and use it, each with the limits for communities. You pay for all of them.
doctor-install_link = People install the bot at { $url }. The app's page OAuth & Permissions must list the same address with { $path } as a redirect URL.
doctor-app_token_ok_installed = Slack accepts it; commands of all workspaces arrive by Socket Mode.
doctor-http_ok_installed = The bot will listen on { $host }, port { $port }. Route SLACK_INSTALL_URL there, unchanged.
doctor-proxy = Slack is reached through the proxy { $proxy } ({ $name }).
doctor-token_ok = Slack accepts it; the bot is { $name } in the workspace { $team } ({ $id }).
doctor-scopes_ok = The token has every scope of the manifest.
doctor-scopes_unknown = Slack didn't say which scopes the token has.
doctor-app_token_ok = Slack accepts it; Socket Mode needs no public address.
doctor-http_ok = The signing secret is set; the bot will listen on { $host }, port { $port }, for /slack/events. The app's page Event Subscriptions shows whether Slack can reach it. Only Slack's own requests show whether the secret is right; with a wrong one, the running bot logs slack_request_refused with why: signature.
doctor-clock_wrong = This machine's clock is { $seconds } s { $way }, and Slack's requests are only valid for five minutes. Switch on time synchronisation (NTP).
doctor-clock_fast = fast
doctor-clock_slow = slow
doctor-channel_ok = { $name }: the bot is in #{ $channel }.
doctor-not_reachable = Slack didn't answer properly at { $address }: { $error }. Check this machine's network, proxy and DNS, SLACK_API_URL, and https://slack-status.com.
doctor-ratelimited = Slack asks this bot to wait { $seconds } s. Check whether it's restarting in a loop, and try again later.

## scope

scope-commands = `/imagine` and its companions
scope-chat_write = posting messages and changing the bot's own
scope-app_mentions_read = taking a mention as a request in threads, where Slack doesn't allow commands
scope-files_write = uploading pictures
scope-files_read = opening pictures that members attach, and seeing when Slack has processed an uploaded one, so that the bot can show it
scope-im_write = opening a direct message for private pictures and for messages that only one member should see
scope-im_history = finding the bot's own message in a direct message after a lost connection, instead of posting it twice
scope-channels_history = the same in public channels where the bot is a member, and finding the pictures of a thread in which it's mentioned
scope-groups_history = the same in private channels where the bot is a member
scope-channels_read = seeing whether a public channel exists and whether the bot is in it
scope-groups_read = the same for private channels, and seeing who is in the moderators' channel
scope-users_read = showing names, answering in the language people chose in Slack, and recognizing workspace administrators for `/imagine-settings`
scope-usergroups_read = seeing who is in the user groups that a workspace names for a tier
