## What doctor finds, rung by rung.

settings = Settings
settings_ok = Read from { $where }; the key is { $key }.
environment = the environment
clock = Clock
clock_ok = { $now }.
clock_wrong = This machine thinks it's { $now }.
clock_wrong_why = That is before this version of imagine-bot was released, so the clock is wrong. Certificates, signatures and budgets depend on it.
clock_wrong_fix = Set the clock: timedatectl set-ntp true
clock_skew = This machine's clock is { $seconds } seconds off compared with { $host }.
clock_skew_why = The service stamps every answer with its time (the Date header). Signatures, certificates and budget days depend on the clock.
clock_skew_fix = Set the clock: timedatectl set-ntp true
disk = Data folder
disk_ok = { $folder } is writable, { $free } free.
disk_low = Only { $free } free in { $folder }; a picture takes up to 8 MB.
disk_full = Only { $free } free in { $folder }.
disk_full_why = A picture takes up to 8 MB, and the database can't be written on a full disk.
disk_full_fix = Free up space, or set DATA_DIR to a folder on another disk.
bucket = Pictures in a bucket
bucket_ok = { $bucket } answers.
health = Health checks
health_ok = Port { $port } on { $host } is free for them.
database = Database
database_ok = { $file } is fine.
server_ok = { $server } (PostgreSQL { $version }) answers and has a ledger.
server_new = { $server } (PostgreSQL { $version }) answers; the first start creates the ledger there.
server_careless = { $server } runs with { $name } = off, so a power cut can lose what members were told is saved. Switch it on in postgresql.conf.
processes = Processes
roles_ok = { $count ->
    [one] One process uses the ledger and does everything.
   *[other] { $count } processes use the ledger, and together they do everything.
}
roles_lacking = { $count ->
    [one] One process uses the ledger, and it doesn't do { $roles }.
   *[other] { $count } processes use the ledger, and none does { $roles }.
}
roles_lacking_why = Processes need every role at least once: chat takes commands and sends messages, work makes the calls, and gate decides which call starts next. Without one of them, requests wait in vain.
roles_lacking_fix = Start a process with --roles { $option }, or one without --roles, which does everything
database_new = { $file } will be created at the first start.
running = A bot is running on this data folder (process { $pid }); it's normal that it holds files and ports.
bot = Bot
port_of_bot = Port { $port } is used by the running bot (process { $pid }), as it should be.
port_of_bot_maybe = Port { $port } is in use, most likely by the running bot (process { $pid }); this system doesn't say.
settings_newer = { $file } was changed after the running bot (process { $pid }) had started. A new image key reaches it with kill -HUP { $pid }; every other setting needs a restart.
key_shape = { $name } doesn't look like a key for { $host }, which looks like { $shape }. Copy it again from the provider's console; the current value has { $length } characters.
key_of_other = { $name } begins with { $start }, as keys of { $owner } do, but it would be sent to { $host }. Copy a key from the console of { $host }, or set IMAGE_BASE_URL to { $owner }'s address ({ $home }).
key_is_admin = { $name } begins with { $start }: that's an administrator's key, which manages the organization and can't draw pictures. Make a project's key in the console of { $host }.
key_of_fal = { $name } has the form of fal's keys, but it would be sent to { $host }. Copy a key from the console of { $host }, or set IMAGE_SERVICE=fal and IMAGE_MODEL.
key_is_token = { $name } begins with { $start }: that's a token of { $owner }, not a key for pictures. Copy the key from the console of { $host }.
further_key = Key { $number }
second_service = Second service ({ $model })
service = Image service
service_ok = { $count ->
        [one] { $host } accepts the key and lists one model.
       *[other] { $host } accepts the key and lists { $count } models.
    }
service_no_list = { $host } answers, but has no model list (status { $status }).
no_list = { $host } has no model list, so only a picture can check key and model: imagine-bot doctor --spend
service_closed_list = { $host } knows the key, but the key is restricted and can't read the model list.
closed_list = The key can't read the model list of { $host }, so only a picture can check model and permission: imagine-bot doctor --spend
answered = { $host } answered with status { $status }.
unreachable = { $host } couldn't be reached.
unreachable_proxied = Through the proxy { $proxy } ({ $name }), { $host } couldn't be reached.
needs_v1 = { $name } lacks the end of its path.
needs_v1_why = { $host } has no model list at this address, but it has one below /v1.
needs_v1_fix = Set { $name } to { $address }
other_path = { $name } has a wrong path.
other_path_why = { $host } has no model list at this address, but it has one at { $address }.
other_path_fix = Set { $name } to { $address }
not_json = { $host } answered with a web page (“{ $title }”) instead of a model list.
not_json_why = { $name } probably points to a website and not to its API.
not_json_fix = Set { $name } to the API's address, which the provider's documentation names; it usually ends in /v1.
moved = { $host } leads on to { $address }.
moved_why = The bot doesn't follow, because the key would go along.
moved_fix = Set { $name } to { $address }
captive = A web page (“{ $title }”) from { $place } came instead of { $host }'s answer.
captive_why = A login page of this network (a captive portal) or of a security gateway is between this machine and { $host }.
captive_fix = Open http://{ $host } in a browser on this machine's network and log in there, have the network's administrator let this machine through, or use another network.
not_list = { $host } answered with something that isn't a model list.
not_list_why = The answer isn't in a format that imagine-bot can read: { $name } may point to another kind of API.
not_list_fix = Compare { $name } with the address in the provider's documentation, which usually ends in /v1. If it's right, IMAGE_SERVICE tells imagine-bot which API it is.
model = Model
model_ok = { $model }, { $size } in quality { $quality } unless a member chooses otherwise.
model_missing = The service doesn't have { $model }.
model_missing_why = It isn't in the service's list of models for this key.
model_missing_fix = Set { $name } to a model from its list.
models_missing = Members may choose { $missing }, but the service doesn't have it.
models_missing_why = IMAGE_MODELS offers it in every form, and each request with it would fail.
models_missing_fix = Correct IMAGE_MODELS, or remove it there. The service has { $near }.
model_missing_near = The service doesn't have { $model }.
model_missing_near_why = It isn't in the service's list of models for this key: it's mistyped, or this key may not use it.
model_missing_near_fix = Set { $name } to one of the service's models, such as { $near }.
model_gone = { $model } was shut down on { $date }.
model_gone_why = The provider has switched this model off; every request for it fails.
model_gone_fix = Set { $name } to another model, such as { $other }.
model_ends = { $model } will be shut down on { $when }. Set { $name } to another before that, such as { $other }.
model_unknown = imagine-bot doesn't know { $model }: it can't check sizes and qualities beforehand, and it guesses prices on the high side.
model_text = { $model } looks like a model for text, and the bot asks it for pictures. If it draws none, set { $name } to an image model, such as { $other }.
price_guessed = There's no published price for pictures from { $model }. Budgets reserve a guess plus { $percent } %, and record what the service reports.
quality = { $model } doesn't support this quality.
quality_why = Every request without a quality of its own would be refused.
quality_fix = Set { $name } to one of { $allowed }.
picture = Smallest picture
picture_ok = { $size } in quality { $quality } arrived after { $seconds } s, for at most { $price }.
picture_pending = { $host } accepted the request and is still drawing; the bot would keep polling until it's ready.
picture_unloaded = { $host } drew the picture, but it couldn't be downloaded from where the service put it.
picture_unloaded_why = The service answers with a link, and the link's host doesn't answer from here. Pictures would be paid for and never arrive.
picture_unloaded_fix = Allow the hosts that the service keeps pictures on, in the firewall or at the proxy; the provider's documentation names them. Services with OpenAI's API often send the picture itself if they're asked to.
no_picture = No picture was requested. `imagine-bot doctor --spend` asks for the smallest one, for at most { $price }, and for a word from a text model, for less than { $text_price }.
other_size = The bot asked the service for { $asked } and got { $got }: it doesn't keep to sizes.
platforms = Platforms
well = Everything that was checked is fine.
notices = Open notices: what the running bot met and nobody has solved yet
well_but = { $count ->
    [one] Everything that was checked is fine, but a notice is open: follow its steps above. The bot closes it when it works again.
   *[other] Everything that was checked is fine, but { $count } notices are open: follow their steps above. The bot closes each when it works again.
}
stopped = Fix the line that says STOP, then run doctor again: nothing after it has been checked. `imagine-bot doctor --all` checks the rest as well.
stopped_all = Fix the lines that say STOP from the top, then run doctor again.
settings_usable = Every setting has a usable value, and address and key belong together.
no_key = There's no key.
skipped = Not checked, because of an earlier finding: { $because }
why = Why: { $reason }
fix = Fix: { $fix }
pictures = Pictures
pictures_ok = Can be read and written here; no browser is needed.
pictures_lacking = The picture library on this machine lacks { $names }.
pictures_lacking_why = Pillow was built without them, so pictures of that format couldn't be read or prepared.
pictures_lacking_fix = Install the prebuilt Pillow: pip install --force-reinstall --only-binary :all: pillow
captions = Text on pictures
captions_off = Add text isn't offered: its libraries and fonts aren't installed. If you want it: pip install 'imagine-bot[captions]'
captions_ok = Add text has fonts for every script.
captions_lacking = Add text works, but no font here has: { $scripts }. Noto has them; on Debian: apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
captions_library = Add text isn't offered: Pillow has no { $value } on this machine, which shapes Arabic, Hebrew, Devanagari and Thai.
captions_library_why = Pillow's own wheels carry Raqm, but need FriBiDi from the system; distributions' builds may lack both.
captions_library_fix = Install Pillow's wheel (pip install --force-reinstall --only-binary :all: pillow) and FriBiDi; on Debian: apt-get install libfribidi0
captions_font = CAPTION_FONT is { $value }, which isn't there anymore.
captions_font_fix = Set CAPTION_FONT to a font file, or remove it.
provenance = Content Credentials
provenance_ok = What the bot changes (text, crops) is signed with { $file }, with the original as its parent.
provenance_unset = The library for signing is installed. To sign what the bot changes (text, crops), set PROVENANCE_CERTIFICATE.
provenance_off = What the bot changes (text, crops) says in its file that it was made with AI, but isn't signed. If you want it signed: pip install 'imagine-bot[provenance]', then set PROVENANCE_CERTIFICATE.
dns = Name (DNS)
dns_ok = { $host } is { $addresses }.
dns_unknown = { $host } couldn't be reached: its name doesn't resolve.
dns_unknown_why = The name servers say that there's no such name. Nothing was sent.
dns_unknown_fix = Check the spelling of the host in { $name }. If it's right, ask with: nslookup { $host }
dns_silent = { $host } couldn't be reached: its name can't be looked up.
dns_silent_why = This machine's name servers gave no answer, so its DNS or its connection doesn't work. Nothing was sent.
dns_silent_fix = Check this machine's connection and name servers (/etc/resolv.conf), in a container the container's: nslookup { $host }. If other names resolve, check the spelling in { $name }.
tcp = Port (TCP)
tcp_ok = { $place } accepts connections.
tcp_refused = { $place } couldn't be reached: it refuses connections.
tcp_refused_why = The machine answers, but nothing listens on this port. Nothing was sent.
tcp_refused_fix = Check host and port in { $name }. If it's a server of your own, start it.
tcp_silent = { $place } couldn't be reached: there's no answer.
tcp_silent_why = Connection attempts vanish, which is what firewalls do with them, or the machine is down. Nothing was sent.
tcp_silent_fix = Let this machine through the firewall to { $place }, or set OUTGOING_PROXY if this network has a proxy. Check host and port in { $name }.
tcp_unreachable = { $place } couldn't be reached: there's no route to it.
tcp_unreachable_why = This machine's network knows no way to this address. Nothing was sent.
tcp_unreachable_fix = Check this machine's connection, VPN and firewall, and host and port in { $name }.
tcp_ipv6 = { $place } couldn't be reached: it has only IPv6 addresses, and there's no way to them from here.
tcp_ipv6_why = This machine's network has no IPv6, as in many containers. Nothing was sent.
tcp_ipv6_fix = Give this machine IPv6 (in Docker, enable_ipv6 for its network), or set OUTGOING_PROXY to a proxy that has it. Check host and port in { $name }.
tls = Encryption (TLS)
tls_ok = { $place } has a trusted certificate until { $until } ({ $version }).
tls_failed = { $place } couldn't be reached: no secure connection.
tls_ends = { $days ->
        [one] The certificate of { $place } ends in a day.
       *[other] The certificate of { $place } ends in { $days } days.
    }
proxy = Proxy
proxy_ok = { $proxy } ({ $name }) opens a tunnel to { $place }.
proxy_login = The proxy { $proxy } ({ $name }) asks for a login before it connects to { $place }.
proxy_login_why = It answered with status 407: the address in { $name } has no user name and password, or wrong ones.
proxy_login_fix = Set { $name } to http://USER:PASSWORD@{ $proxy }
proxy_refused = The proxy { $proxy } ({ $name }) refuses to connect to { $place }.
proxy_refused_why = It answered with status { $status }: its rules don't allow this host or port.
proxy_refused_fix = Have its administrator allow { $place }, or set IMAGE_PROXY to another proxy, or to none for a direct connection.
proxy_lost = The proxy { $proxy } ({ $name }) can't reach { $place }.
proxy_lost_why = It answered with status { $status }: the proxy works, and the way from there to the service doesn't.
proxy_lost_fix = Check the host in IMAGE_BASE_URL, then ask the proxy's administrator, or set IMAGE_PROXY to none for a direct connection.
proxy_silent = The proxy { $proxy } ({ $name }) gave no proxy's answer when asked for { $place }.
proxy_silent_why = Something listens there, but it doesn't behave like an HTTP proxy.
proxy_silent_fix = Check host, port and scheme in { $name }; SOCKS isn't supported.
key_ok = { $host } accepts the key.
model_listed = { $model } is in the service's list.
text_model = Text model
text_ok = { $model } answers with the same key at { $host }.
text_fails = { $model } doesn't answer at { $host }. { $why }
text_none = No text model is known to be in the service's list, so text wasn't tried. Name one with --text-model.
text_alone = Only the text model fails; pictures work. The bot needs no text model, so nothing has to be fixed for it.
text_works_picture_not = A text model answers with the same key and address and the picture doesn't come, so it's the picture model, its size or quality, or the pictures' endpoint.
neither_works = Neither the text model nor the picture model answers, so it's the key, the address, or the network, and not the picture model.
response = Response
response_ok = It has a shape that the bot can read: one picture, { $usage }, request ID { $id }.
response_usage = with what it used
response_no_usage = without what it used
response_no_id = missing
status_incident = { $page } reports an incident since { $since }: “{ $name }”.
status_none = { $page } reports no incident; status pages lag, so that proves nothing.
status_unread = { $page } couldn't be read.
platform_well = { $name } accepts the set-up.
layers = Which layer?

## layer

layer-service = Is the service down?
layer-key = Is it this key or account?
layer-model = Is it this model?
layer-network = Is it this network?
layer-machine = Is it this machine?
layer-configuration = Is it our configuration?
layer-platform = Is it Discord, Slack, or the set-up there?

## verdict

verdict-yes = most likely
verdict-also = this as well
verdict-maybe = perhaps
verdict-no = no
verdict-not_checked = not known yet
own_keys = Keys of communities
own_keys_ok = { $count ->
    [one] One community has a key of its own, and it can be read.
   *[other] { $count } communities have a key of their own, and all of them can be read.
  }
own_keys_off = { $count ->
    [one] One community has a key of its own
   *[other] { $count } communities have a key of their own
  }, and COMMUNITY_KEYS is off: nothing is drawn there until an administrator removes it or you allow keys again.
own_keys_closed = COMMUNITY_KEYS needs ENCRYPTION_KEYS, and there are none: no key can be stored or read ({ $count } stored). Run imagine-bot encryption new-key, and set what it prints.
own_keys_lost = { $lost } of { $count } keys can't be read with ENCRYPTION_KEYS. Nothing is drawn in these communities. Put the older key back behind the new one, or ask their administrators to set theirs again.
