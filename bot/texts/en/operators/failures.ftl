## safety_prompt

safety_prompt-operator = The provider's filter blocked the prompt. The bot doesn't send it again, and never changes the wording or the model on its own.
safety_prompt-operator_copyright = The provider's filter blocked the prompt over copyright, a brand or likeness to an existing work. The bot doesn't send it again, and never changes the wording or the model on its own.

## safety_reference_image

safety_reference_image-operator = The provider's filter turned down a reference picture. If the request had none, a gateway may have worded its block that way. The bot doesn't send this prompt with this picture again on its own.

## safety_output

safety_output-operator = The provider drew a picture and its filter held it back; the call may have been charged. The bot doesn't repeat it, because the same prompt would be billed again.
safety_output-operator_copyright = The provider drew a picture and held it back as too close to an existing work (copyright, recitation); the call may have been charged. The bot doesn't repeat it, because the same prompt would be billed again.

## safety_account_flagged

safety_account_flagged-operator = The provider has blocked the account, resource or organization because of content. Every request fails until the block is lifted, and repeats make it worse.

## invalid_model

invalid_model-operator = The provider or gateway doesn't know the model in IMAGE_MODEL: a typo, a retired model, a missing deployment name (Azure), or a gateway with no channel that serves it.

## model_access_denied

model_access_denied-operator = The model exists, but this key, project or plan may not use it.

## unsupported_size

unsupported_size-operator = The model rejects the requested size. The bot normally checks sizes before sending, so either its table for this model (bot/catalogue) or IMAGE_MODEL doesn't match what the provider serves.

## unsupported_quality

unsupported_quality-operator = The model rejects the requested quality. Older and newer models use different names for it (standard, hd / low, medium, high).

## unsupported_count

unsupported_count-operator = The model or plan rejects this number of pictures in one request.

## unsupported_option

unsupported_option-operator = The provider rejects an option of the request, or a combination of options. Gateways often know fewer options than the service behind them.

## prompt_too_long

prompt_too_long-operator = The prompt is longer than this model or gateway allows. The limit can be lower than the model's own when a gateway adds text or counts differently.

## prompt_empty

prompt_empty-operator = The provider received no prompt. If the member did type one, something between the bot and the provider drops or renames the field.

## invalid_reference_image

invalid_reference_image-operator = The provider couldn't use a reference picture. If nobody attached one, IMAGE_MODEL may be a model that only edits pictures, or the gateway routes the call to another endpoint. Otherwise it couldn't read or fetch the picture: check its format, colour mode and size, whether a mask lacks transparency, and whether the provider's network can reach its address. A status quoted inside the answer belongs to the picture's host, not to the image API.

## payload_too_large

payload_too_large-operator = The request body is larger than the provider, or a proxy in front of it, accepts (nginx: client_max_body_size). Nothing was generated.

## bad_request_other

bad_request_other-operator = The provider rejects the request and gives no reason that the bot recognizes. The bot doesn't treat a bare rejection like this as a safety block.

## auth_missing_key

auth_missing_key-operator = The provider received no API key: IMAGE_API_KEY is empty in the running process, or a proxy strips the header.

## auth_invalid_key

auth_invalid_key-operator = The provider doesn't accept the API key: it's mistyped, expired, revoked, or belongs to another service (a gateway's key sent to OpenAI, or the other way round).

## auth_permission

auth_permission-operator = The key is known but isn't allowed to do this: a restricted key without the images scope, a missing role, an API that isn't enabled in the project, a plan without images, an IP address that isn't on the allow list, or a locked account.
auth_permission-operator_guard = { $guard } sits in front of the image service and refused this machine with a page of its own. The image service saw neither the key nor the prompt, so this says nothing about either; nothing was generated and nothing can have been charged. Checks like this refuse calls by IP address, network or country (mostly data centres, VPNs and shared proxies), or because IMAGE_BASE_URL points to a website made for browsers.

## org_verification_required

org_verification_required-operator = The provider wants a verified organization before this model can be used. OpenAI: platform.openai.com, Settings, Organization, General, Verify Organization; access can take about 15 minutes after that. Waiting without verifying doesn't help.

## region_blocked

region_blocked-operator = The provider doesn't serve the country that the bot calls from (or the country of its proxy or gateway). Run the bot where the provider offers its service, or choose a provider that serves your country; don't disguise the address against its terms.

## endpoint_not_found

endpoint_not_found-operator = IMAGE_BASE_URL has no such route. Common causes: /v1 is missing or doubled, http instead of https, the host serves a website and no API, the gateway has no images route, or the provider uses another path.

## quota_exhausted

quota_exhausted-operator = Credit or quota is used up. This isn't about speed: waiting doesn't help unless the quota renews by day or month.
quota_exhausted-operator_plan = The plan of this key's account has no pictures, or none left: the provider asks for a paid or larger plan. Move to one, turn on pay-as-you-go, or choose another IMAGE_MODEL. Waiting only helps if the plan's allowance renews.
quota_exhausted-operator_reset = The allowance for this key or model is used up, and the provider says that it renews in { $wait }. It works again then without anything from you; a larger plan or credit helps sooner.

## billing_limit

billing_limit-operator = The provider stopped the account for a billing reason: a hard limit on the account, an inactive or overdue account, or billing that isn't enabled for the project. Waiting doesn't help.

## network_tls

network_tls-operator = The TLS handshake failed; nothing was sent. Common causes: a wrong clock, an old certificate store, a self-signed certificate, an inspecting proxy or virus scanner, a host name that the certificate doesn't cover, or https to a port that speaks http.
network_tls-operator_self_signed = The TLS handshake failed because the certificate is self-signed; nothing was sent. If the service is your own, make this machine trust that certificate (IMAGE_CA_FILE or SSL_CERT_FILE names a PEM file). If it isn't, something is intercepting the connection: don't trust it.
network_tls-operator_expired = The TLS handshake failed because the certificate has expired; nothing was sent. It has to be renewed at the service or the proxy. If others can reach the service, check this machine's clock.
network_tls-operator_not_yet_valid = The TLS handshake failed because the certificate isn't valid yet; nothing was sent. Usually that means this machine's clock is slow: timedatectl set-ntp true.
network_tls-operator_revoked = The TLS handshake failed because the certificate was revoked; nothing was sent. The service has to get a new one.
network_tls-operator_wrong_host = The TLS handshake failed because the certificate is for a different host name; nothing was sent. Compare the host in IMAGE_BASE_URL with the names in the certificate; an IP address needs a certificate for that address.
network_tls-operator_unknown_ca = The TLS handshake failed because this machine doesn't know the CA that issued the certificate; nothing was sent. Behind an inspecting proxy or with your company's own CA, set IMAGE_CA_FILE or SSL_CERT_FILE to its certificate (a PEM file). With a public service, this machine's certificate store is too old (package ca-certificates), or the service leaves out the intermediate certificate.
network_tls-operator_ca_file = The trusted certificates couldn't be read, so no TLS connection was started and nothing was sent. Check the file in IMAGE_CA_FILE or SSL_CERT_FILE: it must exist, be readable by the bot, and contain certificates in PEM format.
network_tls-operator_client_certificate = The service asks for a client certificate and refused the TLS handshake without one; nothing was sent. The bot doesn't have one: use an address that takes an API key.
network_tls-operator_no_tls = Whatever answers at this address doesn't speak TLS; nothing was sent. Most likely the address begins with https:// and the port speaks plain http: correct the scheme or the port. It can also be a proxy or the network's sign-in page.
network_tls-operator_protocol = The TLS handshake failed because the two sides share no TLS version or cipher; nothing was sent. The service, or a proxy in between, is too old or too strict for this machine's OpenSSL.
network_tls-operator_cut = The connection was cut during the TLS handshake; nothing was sent. A firewall or proxy that blocks the host name does this, and so does a port that speaks another protocol.

## network_proxy

network_proxy-operator = The configured proxy refused the connection, asked for a login, or can't be reached; nothing was sent. A status shown here comes from the proxy, not the provider.

## rate_limited

rate_limited-operator = The provider limits how many requests or pictures it takes in a given time, or how many run at once.
rate_limited-operator_never = The provider answers with a rate limit that waiting doesn't clear: the limit is zero, this one request is larger than the limit, or the wait is hours long. The bot doesn't repeat it. Look for a plan or model without that limit, or ask for fewer or smaller pictures.

## overloaded

overloaded-operator = The provider has no capacity right now, is loading the model, or is down for maintenance. Nothing was generated.

## server_error

server_error-operator = The provider had an internal error. A call that ends like this may have been charged; the bot counts it as spent until the usage page says otherwise.
server_error-operator_reading = The service had an internal error when asked for its model list. That costs nothing.

## gateway_error

gateway_error-operator = A gateway or edge server (nginx, Cloudflare, a reseller) answered instead of the provider behind it. The call may have reached the provider and been charged, unless the edge couldn't connect at all.
gateway_error-operator_reading = A gateway or edge server (nginx, Cloudflare, a reseller) answered instead of the service behind it, which may be down. This request costs nothing.

## timeout

timeout-operator = No answer came in time. The picture may have been made and charged anyway; a repeat counts as another paid attempt, and after a restart the bot never repeats it on its own.
timeout-operator_reading = No answer came in time. This request costs nothing.

## network_dns

network_dns-operator = The host name in IMAGE_BASE_URL doesn't resolve; nothing was sent. Either it's mistyped or this machine's name servers don't answer.

## network_connect

network_connect-operator = The bot couldn't connect to the host in IMAGE_BASE_URL; nothing was sent and nothing can have been charged. The port is closed, a firewall drops the connection, or the host is down.

## network_reset

network_reset-operator = The connection broke while the bot was waiting for the answer. The picture may have been made and charged; a repeat counts as another paid attempt. Firewalls and proxies often cut connections that are silent for 60 to 120 seconds, and a slow picture looks exactly like that.
network_reset-operator_reading = The connection broke while the bot was waiting for the answer. This request costs nothing. A firewall, a proxy or a restarting service can do this.

## task_running_timeout

task_running_timeout-operator = The provider's task is still running. The bot keeps polling it and never submits it twice on its own, because both would be charged.

## task_lost

task_lost-operator = The provider no longer knows the task: it expired, was cancelled at the provider, was polled with another key, or was never stored. The bot doesn't submit it again on its own, because it may have been charged.
task_lost-operator_reading = The service doesn't know what it was asked for.

## malformed_response

malformed_response-operator = The answer doesn't look like an image API's: a web page, truncated or invalid JSON, or some other object. The call may have been charged.
malformed_response-operator_reading = The answer doesn't look like an API's: a web page, truncated or invalid JSON, or some other object.

## empty_result

empty_result-operator = The provider reports success but sent no picture. Some services answer like this when a filter steps in. If the same prompt always comes back empty and others don't, treat it as a block and don't repeat it.

## corrupt_image

corrupt_image-operator = The picture's data can't be decoded: truncated in transit, not base64, or another type of file. The call was most likely charged.

## download_failed

download_failed-operator = The picture was made and charged, but the bot couldn't download it from the address that the provider gave: the link expired, isn't ready yet, or can't be reached from here. The image API itself answered, so IMAGE_BASE_URL and the key are right. The bot repeats the download, not the generation. A 403 here is about the link's signature, not the API key. Check whether this machine reaches the host below (DNS, firewall, proxy, certificate).

## not_taken

not_taken-operator = A picture was made and charged, and one of the bot's own limits kept it out. The bot doesn't ask for it again, because the next one would be the same.
not_taken-operator_type = The image service sends files of type { $type }, which the bot doesn't decode (it takes PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF and a few more). Each one is charged. Ask the service for another output format, or use another model.
not_taken-operator_pixels = The service sent a picture of { $pixels } pixels; the bot decodes up to 25 million, so that no file can use up the machine's memory. It was charged. Ask for smaller sizes.
not_taken-operator_bytes = The service sent an answer of more than { $bytes }; the bot reads no more than that for its pictures. It was charged. Ask for a smaller size or fewer pictures at once.
not_taken-operator_memory = Decoding a picture needed more memory than the picture worker is allowed. It was charged. Ask for a smaller size.
not_taken-operator_worker = The picture worker crashed or hung twice on the same picture: it ran out of memory, or the file breaks the decoder. The picture was charged. Check the machine's memory and the log (picture_worker_lost).
not_taken-operator_encoding = The image service, or something in front of it, compresses its answers with the content-encoding { $encoding }, which the bot didn't ask for and can't decode (it decodes gzip and deflate). Each picture is charged. Turn off that compression.
not_taken-operator_address = The image service gave an address for its picture that the bot doesn't open: { $address }. It downloads over https on port 443 from public addresses, and from the host and port of IMAGE_BASE_URL itself. Each picture is charged. Configure the service to answer with base64, or to serve its files from the host of IMAGE_BASE_URL.
not_taken-operator_disk = The data folder hasn't accepted new files for a minute ({ $disk }): the disk is full or read-only, or permission is missing. The picture was made and charged. Free up space; nothing else is needed.

## output_rejected

output_rejected-operator = A person rejected a usable picture. The service did nothing wrong; another picture is charged like any request.

## Half sentences: why a connection did not come about.

reason-network_tls = no secure connection could be made ({ $error })
reason-network_tls_self_signed = its certificate is self-signed
reason-network_tls_expired = its certificate has expired
reason-network_tls_not_yet_valid = its certificate isn't valid yet, so this machine's clock is probably wrong
reason-network_tls_revoked = its certificate was revoked
reason-network_tls_wrong_host = its certificate is for a different host name
reason-network_tls_unknown_ca = its certificate comes from a CA that this machine doesn't know, such as an inspecting proxy's
reason-network_tls_ca_file = the file of trusted certificates can't be read
reason-network_tls_client_certificate = it asks for a client certificate
reason-network_tls_no_tls = whatever answers there doesn't speak TLS: it's http instead of https, or a proxy's page
reason-network_tls_protocol = the two sides share no TLS version or cipher
reason-network_tls_cut = the connection was cut during the TLS handshake
reason-network_dns = its name doesn't resolve
reason-network_connect = nothing accepts connections there
reason-network_proxy = the proxy refused the connection or can't be reached
reason-network_reset = the connection was cut off
reason-timeout = no answer came in time
reason-malformed_response = the answer wasn't what the bot expected ({ $error })

## ladder

ladder-key =
    Steps, key:
    1. Compare IMAGE_API_KEY with the key in the provider's console: typos, spaces, quotes, the right project.
    2. Is the key active there, and is the account in good standing and in credit?
    3. Is the variable set in the running process? Restart after changing .env; imagine-bot doctor shows which variable it reads, never the value.
    4. Do the key's permissions include images, and does IMAGE_BASE_URL belong to the same provider?
    5. If the key may have leaked, create a new one and revoke the old one.
ladder-rate =
    Steps, rate:
    1. On its own, the bot pauses for as long as the provider says, spaces out requests, runs fewer in parallel, and retries a limited number of times.
    2. Check the provider's usage and limits page: which limit is it? Requests, pictures or tokens per minute, or parallel calls?
    3. Raise the limit or the plan there.
    4. Otherwise send fewer or smaller requests: fewer pictures each, smaller sizes, lower quality.
    5. Move work that isn't urgent into a batch.
ladder-quota =
    Steps, quota:
    1. Open the provider's billing page: remaining credit, hard and soft limits, unpaid bills, the project's own budget.
    2. Top up or raise the limit; waiting alone doesn't help.
    3. The bot keeps the queue and probes with single requests, so it continues on its own afterwards.
    4. If the page shows credit: does the key belong to the account and project that has it?
ladder-parameters =
    Steps, parameters:
    1. Compare size, quality, number of pictures, prompt length and file type with the model's limits on the provider's page.
    2. Is IMAGE_MODEL really the model you mean, even behind a gateway or a deployment name?
    3. Does this version of the gateway or library know the model's options and answers?
    4. Leave out one option at a time; the one that changes the outcome is the cause.
ladder-network =
    Steps, network:
    1. Does this machine's connection work, and does the provider's status page report an incident?
    2. Does the name resolve, and does the port answer? Run curl -v on IMAGE_BASE_URL from the same machine or container.
    3. Proxy and firewall: does `imagine-bot doctor` name the proxy that you want (IMAGE_PROXY, OUTGOING_PROXY, HTTPS_PROXY, NO_PROXY)? Is the host allowed? How long can a connection stay silent?
    4. TLS and clock: is the time right, are the certificates current, does something inspect the traffic?
    5. Try another network. Then wait: the bot retries a limited number of times.
ladder-no_clear_message =
    Steps, no clear message:
    1. Send the same request once more. `imagine-bot verify --narrow` does this and the next two steps, and names the option.
    2. Then try a short prompt with the default size and quality.
    3. Then add one option at a time. The one that changes the outcome is the cause.
ladder-whose_fault =
    Where's the problem (provider, gateway, model, the bot)?
    1. Send a minimal prompt with the default size: imagine-bot doctor does it.
    2. Then use the same key and address with a text model.
    3. If text works and pictures don't: check model name, size, quality and endpoint. If nothing works: key, address or network. If both work: it's the request itself, so leave out one option at a time.
ladder-guard =
    Steps, a security check in front of the service:
    1. Is IMAGE_BASE_URL the address of the API and not of the website? APIs often have a host name of their own (api.…).
    2. Call it from the same machine: curl -i on IMAGE_BASE_URL with /models. If you get the same page, the machine is refused, not the bot.
    3. Try from another network, without VPN or proxy. If that works, this machine's IP address is being refused.
    4. Ask the service's support to allow this machine's IP address, and quote the number shown on the page.
    5. Don't disguise the bot as a browser: it breaks the service's terms and soon stops working.
ladder-nothing_helped =
    Nothing helped:
    1. Collect the evidence once: exact local time with time zone, request id, model, versions, the redacted request, the steps you tried, and whether a second environment shows the same.
    2. Send that to the support of the provider or gateway; never keys, and never other people's prompts.
    3. Change one thing at a time, and write down the working configuration with its date.
ladder-safety =
    Steps, safety:
    1. Usually there's nothing to fix: a person decides. The case is with that community's moderators; without a moderators' channel, the member is only asked to rephrase.
    2. Does it often hit harmless prompts? Check the provider's code, stage and categories, and whether a gateway adds its own filter.
    3. If a decision is wrong, contact the provider's support with the request id; never with other people's prompts.
    4. Blocks count against the account: pause members whose requests keep being blocked.
    5. Never switch the model or the wording yourself to get around a block.
ladder-unusable =
    Steps, unusable answer:
    1. Look at what came back: a web page means a wrong address or a sign-in page, an object with a task id means an asynchronous service, an empty list may be a silent filter.
    2. Does the gateway or library still match the API's version, and does the model answer with image data or with links?
    3. If people reject the pictures, let them choose among several. If the lettering is wrong, ask for a clean background and add the words afterwards; for crop or composition, state the ratio and the free area.
    4. One good picture from a minimal prompt shows that the setup works: imagine-bot doctor makes it.

## Reasons within a kind, the same for every kind that has them (bot/failures/tables/reasons.toml).

why-operator_route = The model in IMAGE_MODEL doesn't work on this route: it's a chat model, or an image model that the provider serves on another route. The address and the key are right. Set IMAGE_MODEL to a model that the images route serves, or IMAGE_BASE_URL to a service that serves this one there. Waiting doesn't help.
why-operator_plan = The plan or tier of this key's account doesn't include this model or making pictures. Nothing has been spent and no limit was reached. Move to a plan that includes it, turn on pay-as-you-go, or choose another IMAGE_MODEL. Waiting doesn't help.
why-operator_terms = The account has to accept terms or a license, request access, or change a setting (data policy, privacy, a service to activate) before this model answers. Sign in to the provider's console as the key's owner, open the model's page or the settings, and confirm there. The key itself is right. Waiting doesn't help.
why-operator_words = The model answered in words: it didn't call its picture tool, or has none. If that happens often, IMAGE_MODEL is a chat model without pictures, or the gateway doesn't pass the image tool on. The words may have been charged.

## words

words-seen = Seen: { $facts }.
words-status = status { $value }
words-code = code { $value }
words-request_id = request id { $value }
words-way = route: { $value }
words-address = host { $value }
words-stage = stage { $value }
words-categories = categories { $value }
words-param = parameter { $value }
words-allowed = allowed { $value }
words-limit = limit { $value }
words-not_chosen_operator = No member chose the rejected option ({ $option }).
words-not_chosen_leave_out = Set IMAGE_OMIT_OPTIONS={ $option } to leave it out.
words-unsure = The bot doesn't know this kind of answer well; this is its best guess from the little it says.
words-proxy_first = The bot goes through a proxy, so check that first: the proxy may be causing what follows.
words-guard_unnamed = A web server or filter
words-free = The provider says that this call was free.
words-repeat_generate = The bot sends the request again on its own, a limited number of times.
words-repeat_generate_wait = The provider asked to wait { $wait }; after that the bot sends the request again on its own, a limited number of times.
words-repeat_fetch = The bot downloads the picture again on its own and doesn't generate it again.
words-repeat_poll = The bot polls the task again on its own and doesn't submit it again.
words-repeat_none = The bot doesn't repeat this request on its own.
