## Settings that cannot be used: the variable, what is wrong, what to do. Never the value of a secret.

whole = { $name } must be a whole number from { $low } to { $high }, not “{ $value }”. Correct it, or remove the line to use the default.
dialect_form = { $name }: { $file } doesn't describe an image service: { $problem }. docs/services.md shows a complete file.
dialect_unreadable = { $name }: the file { $file } can't be read. Check the path and its permissions.
fallback_lacks = A second image service is configured, but { $name } isn't set. It needs its address, its key, and in FALLBACK_MODELS the models that draw the same, such as gpt-image-2=openai/gpt-image-2.
fallback_unknown = FALLBACK_MODELS names “{ $value }”, which isn't one of your models ({ $offered }). Write each pair as your model, =, the second service's model.
model_not_offered = IMAGE_MODELS doesn't include IMAGE_MODEL ({ $model }), so requests that don't name a model use { $first }.
pictures = { $name } must be a whole number of pictures or “unlimited”, not “{ $value }”.
money = { $name } must be an amount in US dollars such as 2.50 (digits and a point, no currency sign) or “unlimited”, not “{ $value }”.
choice = { $name } must be one of { $allowed }, not “{ $value }”.
words = { $name } must be a few words on one line, at most { $most } characters.
host = { $name } must be an address to listen on, such as 127.0.0.1 or 0.0.0.0, not “{ $value }”.
model = { $name } must be a model's name such as gpt-image-2, not “{ $value }”. Copy it from the service's model list.
url = { $name } must be a web address such as https://api.openai.com/v1. Copy the base address from the service's documentation.
url_with_login = { $name } contains a user name or password. Put the key into IMAGE_API_KEY and leave only the address here.
url_with_query = { $name } contains “?” or “#”. Leave only the base address, such as https://api.openai.com/v1 (Azure's ?api-version=… may stay).
url_endpoint = { $name } is too long: imagine-bot adds { $tail } itself. Use { $short }
proxy = { $name } must be a proxy's address such as http://proxy.example:3128, or none. Leave it out if there's no proxy.
certificates_unreadable = { $name } is { $file }, which can't be read. Use the file with your own authority's certificates (PEM), and make it readable for this user.
certificates_form = { $name } is { $file }, which contains no certificates in PEM format (text that begins with -----BEGIN CERTIFICATE-----). Convert it: openssl x509 -inform der -in FILE -out ca.pem
font_unreadable = { $name } is { $file }, which can't be read. Use a TrueType or OpenType font file that this user can read.
font_form = { $name } is { $file }, which isn't a TrueType or OpenType font (.ttf, .otf or .ttc). Web fonts (.woff) must be converted first.
zone = { $name } must be a time zone such as Europe/Berlin or UTC, not “{ $value }”.
no_zones = { $name } is { $value }, but this machine has no table of time zones. Install tzdata (apt-get install tzdata), or use UTC.
folder = { $name } can't be a folder: “{ $value }”. Give a path such as /var/lib/imagine-bot.
database_server = { $name } names a { $kind } database, and this version only supports SQLite. Remove DATABASE_URL (the ledger is then in DATA_DIR), or give a file: sqlite:////var/lib/imagine-bot/imagine-bot.db
database_memory = { $name } names an in-memory database, which would lose every request at the next stop. Remove it, or give a file: sqlite:////var/lib/imagine-bot/imagine-bot.db
database_options = { $name } ends with options ({ $options }), which the ledger doesn't support. Leave them out. If they're part of the file's name, rename the file.
database_shape = { $name } isn't a database address. Remove it (the ledger is then in DATA_DIR), or give a file: sqlite:////var/lib/imagine-bot/imagine-bot.db
listed = { $name } must be IDs separated by commas, such as { $example }; “{ $value }” isn't one.
placeholder = { $name } still contains a placeholder. Put the real key or token there, or remove the line.
bearer = { $name } begins with “Bearer”. Leave just the key itself.
secret_quote = { $name } begins or ends with a quote that was copied along. Set it to the key without the quotation mark.
secret_shape = { $name } contains a space, a line break or a character that no key has. Copy just the key again from the provider's console.
unusable = { $name } can't be used as it is. See docs/settings.md for what it accepts.
missing_key = There's no key for the image service. Set IMAGE_API_KEY in { $file } (OPENAI_API_KEY and NBILITY_API_KEY work as well), or try `imagine-bot demo`, which doesn't need one.
missing_model = IMAGE_SERVICE is { $service }, but no model is set. Set IMAGE_MODEL in { $file } to one of its models; `imagine-bot doctor` checks it.
missing_key_misspelt = There's no key for the image service: { $wrong } is set, but imagine-bot doesn't read that. Did you mean { $right }? Rename it in { $file } or in the environment.
misspelt = { $wrong } isn't a setting. Did you mean { $right }? Rename it or remove it.
stranger = { $name } in { $file } isn't a setting of imagine-bot and has no effect.
disagree = { $used } and { $other } are both set and differ, so { $used } is used. Remove the one you don't want.
other_family = { $name } isn't used: the key comes from { $key }, and a key is only sent to its own service. If you want { $name }, set it as IMAGE_BASE_URL.
environment_wins = { $name } has one value in the environment and another in { $file }; the environment wins. Remove the one you don't want.
open_http = { $name } begins with http://, so the key travels unencrypted. Use https:// if the service offers it.
deadline_long = { $name } is above { $high } seconds. Discord lets a bot edit its answer for 15 minutes only; later pictures come as a new message.
secret_file = { $name } leads to { $file }, which can't be read as a text file. Make it readable for this user, or correct the path.
secrets_folder = { $name } is { $folder }, which can't be read. Make the folder readable for this user, or remove the setting.
file_and_value = { $name } and { $file } are both set, so { $name } is used. Remove one of them.
file_unreadable = { $file } can't be read. It must be a file that this user can read.
file_not_text = { $file } isn't a UTF-8 text file. Save it as UTF-8; some editors write UTF-16.
file_line = { $file }, line { $line } can't be understood. Write NAME=value, one per line; comments begin with #.
file_twice = { $name } is set twice in { $file } with different values, so the last one is used. Remove the other.

## One sentence or two for every setting, for .env.example and docs/settings.md.

about-IMAGE_API_KEY = Key for the image service. OPENAI_API_KEY and NBILITY_API_KEY also work; IMAGE_API_KEY comes first, then NBILITY_API_KEY, then OPENAI_API_KEY. If your own server needs no key, use any value, such as local.
about-IMAGE_SERVICE = The image service's API, if its address doesn't tell: openai, azure, xai, together, openrouter, siliconflow, gateway (anything OpenAI-compatible), gemini, fal, replicate or bfl. The last four need IMAGE_MODEL; their address is built in.
about-IMAGE_BASE_URL = Address of the image service: everything before /images/generations. Any service with the OpenAI Images API works, including one on your own machine; so do the addresses of Gemini, fal, Replicate and Black Forest Labs.
about-IMAGE_MODEL = The image model. `imagine-bot doctor` tells you whether the service has it and when it will be shut down.
about-IMAGE_QUALITY = Quality if a member doesn't choose one: auto, low, medium, high, xhigh, max, standard or hd, depending on the model. Higher costs more.
about-IMAGE_PROXY = HTTP proxy only for the image service and its pictures, such as http://proxy.example:3128, or none. It takes precedence over OUTGOING_PROXY and HTTPS_PROXY, and ignores NO_PROXY.
about-OUTGOING_PROXY = HTTP proxy for all of the bot's connections: image service, pictures, Discord and Slack. If it isn't set, HTTPS_PROXY and HTTP_PROXY apply. none: no proxy at all. NO_PROXY lists hosts to reach directly.
about-IMAGE_CA_FILE = Certificates (PEM) of your own authority, such as a company proxy's. The bot trusts them in addition to the system's, for all of its connections. SSL_CERT_FILE and SSL_CERT_DIR also work, but replace the system's.
about-IMAGE_OMIT_OPTIONS = Options that the bot never sends, separated by commas: quality, size, n (for a single picture), response_format, safety_identifier. For services that reject them; the service's own defaults then apply. The bot also learns on its own what a service rejects.
about-IMAGE_DIALECT_FILE = A TOML file that describes the API of an image service that the bot has no code for: path, headers, fields, where picture, task and error stand. See docs/services.md.
about-IMAGE_MODELS = Models that members may choose with `model:`, separated by commas, such as gpt-image-2,gpt-image-2.5-flare. If it isn't set, everybody uses IMAGE_MODEL. Communities can narrow it in /imagine-settings.
about-IMAGE_INDEPENDENT_API_KEYS = Further keys of the same service, separated by commas, used while the first one is out of credit or the service turns it away. Only for keys whose limits don't affect each other, such as keys of different accounts: each gets a rate limit and a total of its own. Several keys of one account don't help; leave them out.
about-FALLBACK_SERVICE = API of a second image service that draws while the first one is down or out of credit. Same values as IMAGE_SERVICE; if it isn't set, the host of FALLBACK_BASE_URL decides. Leave everything empty for no fallback. See docs/services.md.
about-FALLBACK_BASE_URL = Address of the second image service.
about-FALLBACK_API_KEY = Key for the second image service.
about-FALLBACK_MODELS = Models that draw the same on both services, separated by commas, each as model=model-there, such as gpt-image-2=openai/gpt-image-2. Other models are never sent to the second service.
about-FALLBACK_AFTER_S = Seconds for which the first service must have been down or out of credit before the second one draws.
about-PARTIAL_IMAGES = Unfinished pictures to show while the service draws, 0 (off) to 3. For OpenAI and compatible services with GPT image models, in Discord and the web chat. Each costs about 100 output tokens and is shown before the service has checked the result; on a block it's removed at once.
about-CAPTION_FONT = A font file (.ttf, .otf or .ttc) of your brand for Add text. Characters that it lacks come from Noto Sans (pip install 'imagine-bot[captions]') and the system's fonts.
about-MAX_ATTEMPTS = How many calls that may be billed one request can make, 1 to 10.
about-MAX_RATE_ANSWERS = How many “too many requests” answers one request waits out, 0 to 100.
about-REQUEST_DEADLINE_S = Seconds until the bot gives up on a request. 840 stays within the 15 minutes in which Discord accepts answers.
about-MAX_CONCURRENCY = Maximum number of calls at the same time. If empty, the bot learns it from the service's answers.
about-MAX_IMAGES_PER_MINUTE = Maximum number of pictures requested per minute. If empty, the bot learns it from the service's answers.
about-BUDGET_MEMBER_DAY_USD = What one member can spend per day, in US dollars, or “unlimited”. Members are never charged for failures.
about-BUDGET_MEMBER_MONTH_USD = What one member can spend per month.
about-BUDGET_COMMUNITY_DAY_USD = What one Discord server or Slack workspace can spend per day.
about-BUDGET_COMMUNITY_MONTH_USD = What one Discord server or Slack workspace can spend per month.
about-BUDGET_MEMBER_DAY_PICTURES = How many pictures one member can have per day, or “unlimited”.
about-BUDGET_COMMUNITY_DAY_PICTURES = How many pictures one Discord server or Slack workspace can have per day.
about-SHOW_PRICES = Whether what a request cost stands beside its result: on or off. Members can ask for a price at any time: `/imagine-status a cat, 16:9, 3 pictures`.
about-BUDGET_TIMEZONE = The time zone in which days and months begin, such as Europe/Berlin.
about-ALLOWED_GUILDS = Discord servers that can use the bot, as IDs separated by commas. Empty: every server that the bot is invited to.
about-ALLOWED_WORKSPACES = Slack workspaces that can use the bot, as IDs (T…) separated by commas. Empty: every workspace where it's installed.
about-SECRETS_DIR = Folder with one file per secret, named like the setting (such as image_api_key), as Docker and Kubernetes mount them. Any setting can also come from a single file: put its path into the setting's name with _FILE, such as IMAGE_API_KEY_FILE.
about-STATUS_PAGE = The image service's public status page. It's looked at when pictures fail, and an incident there is mentioned in notices, /imagine-status and `imagine-bot doctor`; the bot behaves the same either way. auto knows OpenAI's; off never looks; or the address of a page in Statuspage's format, such as https://status.example.com.
about-ACCOUNT_PLAN = Your plan or usage tier at the image service, such as “Tier 2” or “pay as you go”. Only used in evidence bundles (`imagine-bot evidence`), because support asks for it.
about-WEEKLY_REPORT = yes: every Monday, the operators' channel gets what the last seven days cost, where the month ends at this pace, and how requests ended. no: it doesn't.
about-HEALTH_PORT = Port for health checks (/healthz, /readyz) and Prometheus metrics (/metrics), such as 9464. Empty: off. 0 picks a free one.
about-HEALTH_HOST = Address that health checks and metrics listen on. They need no token, so choose another than this machine's own only inside a container or a private network.
about-DATA_DIR = The folder for the ledger and the pictures. Only one process at a time can use it. Back it up with `imagine-bot backup`.
about-DATABASE_URL = The ledger's location, if it isn't DATA_DIR: sqlite:////absolute/path.db. The path is taken literally: ?, % and # are part of the file name. This version only supports SQLite.
about-REFERENCES_KEPT_DAYS = For how many days the bot keeps pictures that members attached, counted from their request. Members can delete them earlier (Delete, /imagine-privacy).
about-LOG_LEVEL = debug, info, warning or error.
about-LOG_FORMAT = auto (text on a terminal, JSON lines otherwise), json or text.
about-NBILITY_API_KEY = Key for Nbility, used if IMAGE_API_KEY isn't set.
about-NBILITY_BASE_URL = Address of Nbility, used with NBILITY_API_KEY.
about-NBILITY_IMAGE_MODEL = Image model, used if IMAGE_MODEL isn't set.
about-NBILITY_IMAGE_QUALITY = Quality, used if IMAGE_QUALITY isn't set.
about-OPENAI_API_KEY = Key for OpenAI, used if neither IMAGE_API_KEY nor NBILITY_API_KEY is set.
about-OPENAI_BASE_URL = Address of OpenAI or of a server with the same API, used with OPENAI_API_KEY.
