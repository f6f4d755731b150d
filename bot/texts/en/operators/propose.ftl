title = What would make fewer requests fail
lead = From the ledger of the last { $days } days: { $requests } requests. Every proposal names its numbers; words that members wrote are never shown, only the bot's own words and hashes.
nothing = Nothing stands out: no kind of failure, follow-up or rejection reached { $least } requests and a telling share.

## size

size-title = Stop offering { $size } for { $model }
size-why = { $count } of { $of } requests for { $model } failed because the service rejects the size { $size }.
size-change = Change the model's sizes in bot/catalogue/models.toml, or set IMAGE_OMIT_OPTIONS=size if the service has only one.

## quality

quality-title = Stop sending a quality to { $model }
quality-why = { $count } of { $of } requests for { $model } failed because the service rejects the quality.
quality-change = Change the model's qualities in bot/catalogue/models.toml, set IMAGE_QUALITY, or set IMAGE_OMIT_OPTIONS=quality.

## option

option-title = Leave out an option that { $model } rejects
option-why = { $count } of { $of } requests for { $model } failed because the service rejects one of the bot's options.
option-change = `imagine-bot explain REQUEST` names the option; add it to IMAGE_OMIT_OPTIONS.

## block

block-title = Say more about wording before it's blocked ({ $template })
block-why = { $count } requests of this kind were blocked. Words that go with blocks, as blocked:passed, each from at least three members: { $words }.
block-change = Mention what these have in common in the hints before sending (held.ftl and hint.ftl in bot/texts/en), and in your community's rules. Never rewrite a prompt without its member.

## helps

helps-title = After { $kind }, offer “{ $origin }” first
helps-why = { $worked } of { $count } members who chose it got pictures ({ $percent } %).
helps-change = Let { $kind }-member in bot/texts/en/failures.ftl say so, and put the button first.

## useless

useless-title = After { $kind }, don't suggest “{ $origin }”
useless-why = Only { $worked } of { $count } members who chose it got pictures ({ $percent } %).
useless-change = Let { $kind }-member in bot/texts/en/failures.ftl suggest something else: another wording, another size, or waiting.

## service

service-title = { $model }: { $kind } is too frequent
service-why = { $count } of { $of } requests met it ({ $percent } %); { $pictures } of those got pictures in the end.
service-change = Follow the operator's steps for { $kind } in docs/troubleshooting.md; `imagine-bot evidence --last-failure` collects what the service's support needs.

## refusal

refusal-title = Make “{ $reason }” harder to run into
refusal-why = { $count } requests were turned down for it before anything was sent; { $of } were accepted for a model.
refusal-change = Say the rule where people type: the command's options, `/imagine-help`, { $reason } in bot/texts/en/refusal.ftl; or raise the limit if it's yours.

## rejected

rejected-title = People say that { $model }'s pictures aren't right: { $reason }
rejected-why = { $count } of { $of } requests to { $model } gave a picture that its member rejected for the reason “{ $reason }”. After { $picked } of them, a candidate was picked.
rejected-change = Look at a few of them with imagine-bot requests. Wrong text: recommend Add text. Off-brand: give members a template with the brand's look. Otherwise, try another model or a higher quality.
