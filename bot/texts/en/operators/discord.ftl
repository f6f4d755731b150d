ready = Discord: connected as { $name }.

## permission

permission-view_channel = View Channel
permission-send_messages = Send Messages

## variables

variables-DISCORD_BOT_TOKEN = The bot's token, from your application's Bot page at https://discord.com/developers/applications. Setting it starts the Discord adapter.
variables-MODERATOR_CHANNEL_DISCORD = ID of the channel where moderators of your own server decide about blocked requests. Cases from direct messages go there too.
variables-OPERATOR_CHANNEL_DISCORD = ID of the channel for notices to the bot's operator. Empty: notices go to the log.
variables-DISCORD_SHARDS = Connections to Discord, for bots on a thousand servers and more. Empty: as many as Discord recommends. A number: so many, in this process. A range such as 0-3/8: these of eight, with the others in other processes (docs/scale.md).
variables-DISCORD_API_BASE = Address of Discord's HTTP API. Empty: Discord's own. For tests and proxies.
variables-DISCORD_GATEWAY_URL = Address of Discord's gateway. Empty: Discord's own. For tests and proxies.

## problem

problem-no_token = DISCORD_BOT_TOKEN isn't set. Copy the token from your application's Bot page at https://discord.com/developers/applications.
problem-token_form = DISCORD_BOT_TOKEN doesn't look like a token. Paste just the token, without spaces and without the word Bot.
problem-shards = DISCORD_SHARDS is “{ $value }”. Write how many shards there are, such as 8, or this process's part of them, such as 0-3/8; the first one is 0. Leave it empty to let Discord decide.
problem-channel_form = { $name } is “{ $value }”, which isn't a channel ID. Switch on Developer Mode in Discord, right-click the channel, and choose Copy Channel ID.
problem-address = { $name } must be an address that begins with { $schemes }, such as { $example }. Leave it empty to use Discord's own.

## init

init-name = Discord
init-before = Create an application at https://discord.com/developers/applications, then open its page Bot and press Reset Token. docs/discord.md has every step.
init-token = The bot's token.
init-invite = Open this link as an administrator of your server to add the bot there, so that it can see your channels: { $link }
init-moderators = ID of the channel where moderators decide about blocked requests. Turn on Developer Mode in Discord's settings, then right-click the channel, Copy Channel ID.
init-operators = ID of the channel for notices to you, such as a refused key. Without one, they go to the log.

## setup

setup-token = Discord doesn't accept DISCORD_BOT_TOKEN. Reset the token on your application's Bot page at https://discord.com/developers/applications and set the new one.
setup-no_scope = Discord doesn't let the bot register its commands, because it was added without the scope applications.commands. Add it again with the link from `imagine-bot discord invite`.
setup-commands_refused = Discord rejected the bot's commands as invalid. This is a bug in the bot: please report it with the log lines around it.
setup-endpoint_url = Your Discord application has an Interactions Endpoint URL, so Discord sends commands there and not to this bot. Clear that field on the General Information page at https://discord.com/developers/applications.
setup-intents = Discord refused the connection because of an intent that isn't enabled. The bot asks for none of the privileged ones; update the bot, or report it.
setup-sharding = Discord refused the connection: it wants more shards, or others than DISCORD_SHARDS says. Leave DISCORD_SHARDS empty, or give each process a part of the same count, such as 0-3/8 and 4-7/8.
setup-answered_elsewhere = Another process answers with the same bot token, so some commands get no picture. Stop the second copy of the bot (also on other machines), give it a token of its own, or, if they share a PostgreSQL ledger, give each a part of the shards that no other has (DISCORD_SHARDS).
setup-version = Discord refused the connection because the bot's version of the protocol is too old. Update the bot.
setup-channel_unknown = { $name }: channel { $channel } doesn't exist. Copy the ID again (Developer Mode, right-click the channel, Copy Channel ID), or leave the variable empty.
setup-channel_forbidden = { $name }: the bot can't see channel { $channel }. Add the bot, or its role, to that channel with View Channel and Send Messages.
setup-channel_not_in_server = { $name }: channel { $channel } isn't a server channel. Choose one in your server.
setup-channel_permissions = { $name }: in channel { $channel } the bot lacks { $missing }. Open the channel's settings, Permissions, and allow that for the bot's role.

## cli

cli-help = Discord: print the install link.
cli-invite = Print the link that adds the bot to a server, with exactly the permissions it needs.
cli-link =
    Open this link as an administrator of your server:
    { $link }
cli-no_application = Discord can't be reached, and DISCORD_BOT_TOKEN doesn't say which application it belongs to. Try again when Discord answers.

## doctor

doctor-token_shape = DISCORD_BOT_TOKEN doesn't look like a bot token, which has three parts separated by dots, about 70 characters in all. Copy it from your application's Bot page (Reset Token); the current value has { $length } characters.
doctor-why_token = Without a valid token, Discord lets the bot do nothing.
doctor-why_network = No answer came from Discord; nothing about the token is known yet.
doctor-why_endpoint = Discord sends commands to that address and no longer to this bot.
doctor-why_starts = Discord limits how often a bot may connect a day; a bot that is restarted in a loop uses that up.
doctor-why_channel = Without it, moderators or operators don't see what they must decide or fix.
doctor-what_settings = Discord settings
doctor-what_token = Discord token
doctor-what_network = Discord's address
doctor-what_proxy = Discord proxy
doctor-proxy = Discord is reached through the proxy { $proxy } ({ $name }).
doctor-what_endpoint = Discord application
doctor-what_starts = Discord connections
doctor-what_shards = Discord shards
doctor-shards_auto = Discord recommends { $count } shards; the bot opens as many in this process.
doctor-shards_own = This process has shards { $first } to { $last } of { $count } (DISCORD_SHARDS); Discord recommends { $recommended } in all. Other processes must have the others.
doctor-what_channel = { $name }
doctor-what_commands = Discord commands
doctor-token_ok = Discord accepts it; the bot is { $name }.
doctor-not_reachable = Discord didn't answer properly at { $address }: { $error }. Check this machine's network, proxy and DNS, DISCORD_API_BASE, and https://discordstatus.com.
doctor-no_starts_left = The bot has used up its connections for today, usually because it was restarting in a loop. They renew in about { $hours } h.
doctor-channel_ok = The bot can see it and write in it.
doctor-commands_none = None are registered yet; the next start registers them.
doctor-commands_drift = Registered commands that differ from this version: { $names }. The next start updates them.
doctor-commands_ok = All { $count } are registered and current.
