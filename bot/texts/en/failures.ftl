## safety_prompt

safety_prompt-member = The image service's automatic filter blocked your words, so there's no picture. That can happen with harmless ideas too. Press Edit prompt and describe a gentler scene, without real people, brands or anything shocking.
safety_prompt-moderator = The image service's filter blocked the prompt before anything was drawn. Read it, then suggest a rewrite that changes the intent, ask the member to rephrase, or deny it. You can't overrule the image service. If the prompt is clearly harmless, choose Not a policy matter.
safety_prompt-member_copyright = The image service's automatic filter thought that your words asked for a copy of someone's work, so there's no picture. That can happen with harmless ideas too. Press Edit prompt and leave out names of characters, brands, artists and works; describe in your own words what you'd like to see.
safety_prompt-moderator_copyright = The image service's filter blocked the prompt over copyright or a brand before anything was drawn. Read it for names of characters, brands, artists or works, then suggest a rewrite without them, ask the member to rephrase, or deny it. You can't overrule the image service.

## safety_reference_image

safety_reference_image-member = The image service's automatic filter turned down an attached picture, so there's no new one. That can happen with harmless pictures too. Try a different picture, or press Edit prompt and describe a gentler scene, without real people, brands or anything shocking.
safety_reference_image-moderator = The image service's filter blocked the request before anything was drawn, because of an attached picture. The card describes the picture but never shows it. Read the prompt: suggest a rewrite that changes the intent, ask the member for other words or another picture, or deny it. If nothing was attached, a gateway may have worded its block that way. You can't overrule the image service.

## safety_output

safety_output-member = Your picture was made, but the image service's automatic filter held it back before anyone saw it. That can happen with harmless ideas too. Press Edit prompt and describe a calm, everyday scene.
safety_output-moderator = The prompt passed, but the image service's filter held back the finished picture; nobody can see it. Read the prompt. If it can be read two ways, suggest a rewrite that rules out the sensitive one; otherwise ask the member to rephrase. You can't overrule the image service.
safety_output-member_copyright = Your picture was made, but the image service's automatic filter found it too close to someone's existing work and held it back. That can happen with harmless ideas too. Press Edit prompt and leave out names of characters, brands, artists and works; describe in your own words what you'd like to see.
safety_output-moderator_copyright = The prompt passed, but the image service's filter found the finished picture too close to an existing work; nobody can see it. Read the prompt for names of characters, brands, artists or works, and suggest a rewrite without them. You can't overrule the image service.

## safety_account_flagged

safety_account_flagged-member = The image service is turning down everything from this bot right now. It's not about your prompt. The bot's operator has been told; please wait until they say it works again.
safety_account_flagged-moderator = The image service has blocked the bot's whole account because of earlier requests, not just this member's prompt. There's nothing for you to decide. Look through recent cases for a member whose requests keep being blocked, and pause them if necessary.

## invalid_model

invalid_model-member = This bot is set up with an image model that doesn't exist at the image service, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
invalid_model-moderator = The bot is set to a model that the image service doesn't have. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to change a setting.

## model_access_denied

model_access_denied-member = This bot isn't allowed to use its image model, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
model_access_denied-moderator = The bot's account has no access to its image model. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to get access or choose another model.

## unsupported_size

unsupported_size-member = The image service can't make a picture of this size. Press Edit prompt and choose another one.
unsupported_size-member_allowed = The image service can't make a picture of this size. Press Edit prompt and choose one of these: { $allowed }.
unsupported_size-moderator = The member asked for a size that the image service doesn't offer. There's nothing for you to decide; the member can choose another size.

## unsupported_quality

unsupported_quality-member = The image service doesn't have this quality. Press Edit prompt and choose another one.
unsupported_quality-member_allowed = The image service doesn't have this quality. Press Edit prompt and choose one of these: { $allowed }.
unsupported_quality-moderator = The member asked for a quality that the image service doesn't offer. There's nothing for you to decide; the member can choose another one.

## unsupported_count

unsupported_count-member = The image service can't make that many pictures at once. Press Edit prompt and ask for fewer.
unsupported_count-member_limit = The image service can't make that many pictures at once. Press Edit prompt and ask for { $limit } or fewer.
unsupported_count-moderator = The member asked for more pictures at once than the image service makes. There's nothing for you to decide; the member can ask for fewer.

## unsupported_option

unsupported_option-member = The image service can't do one of the options you chose, so there's no picture. Press Edit prompt and choose a different size, quality or number of pictures.
unsupported_option-member_param = The image service doesn't take the option “{ $param }” that you chose. Press Edit prompt and set it back to its usual value.
unsupported_option-moderator = The request used an option that the image service doesn't know. There's nothing for you to decide.

## prompt_too_long

prompt_too_long-member = Your prompt is too long for the image service. Press Edit prompt and keep the essentials: what's in the picture, where, and in what style.
prompt_too_long-member_limit = Your prompt is too long: the image service takes up to { $limit } characters. Press Edit prompt and keep the essentials: what's in the picture, where, and in what style.
prompt_too_long-moderator = The member's prompt is longer than the image service allows. There's nothing for you to decide; the member can shorten it.

## prompt_empty

prompt_empty-member = Your words didn't reach the image service, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
prompt_empty-moderator = The request reached the image service without a prompt. There's nothing for you to decide. If members ask: the operator has to check what sits between the bot and the image service.

## invalid_reference_image

invalid_reference_image-member = The image service couldn't use a picture that you attached, so there's no new one. Press Edit prompt and attach another one, such as a plain PNG or JPEG.
invalid_reference_image-moderator = The image service couldn't use a picture of this request. That's a technical problem, so there's nothing for you to decide; the member can attach another one.

## payload_too_large

payload_too_large-member = Your request was too big for the image service. Press Edit prompt, keep only the essentials, and send it again.
payload_too_large-moderator = The request was too big for the image service. There's nothing for you to decide; the member can shorten the prompt.

## bad_request_other

bad_request_other-member = The image service turned this down and didn't clearly say why. Press Edit prompt and try one short, simple sentence first.
bad_request_other-moderator = The image service rejected the request without a clear reason. It didn't say that content was the reason, so there's nothing for you to decide. The member can try a shorter prompt.

## auth_missing_key

auth_missing_key-member = This bot hasn't been connected to the image service yet, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
auth_missing_key-moderator = The bot has no key for the image service. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to set it up.

## auth_invalid_key

auth_invalid_key-member = The image service didn't recognize this bot, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
auth_invalid_key-moderator = The image service doesn't accept the bot's key. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to renew the key.

## auth_permission

auth_permission-member = The image service isn't letting this bot make pictures right now. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
auth_permission-member_guard = A security check in front of the image service turned this bot away before anyone looked at your request, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
auth_permission-moderator = The bot's account lacks a permission at the image service. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to change the account's permissions.
auth_permission-moderator_guard = A security check in front of the image service turned the bot away before the service saw the request. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to sort it out with the image service.

## org_verification_required

org_verification_required-member = The image service wants this bot's owner to prove who they are before it makes pictures. It's nothing you did. The bot's operator has been told; press Retry once they've done it.
org_verification_required-moderator = The image service wants the bot's owner to be verified first. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to complete the verification.

## region_blocked

region_blocked-member = The image service doesn't work in the country where this bot runs. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
region_blocked-moderator = The image service doesn't serve the country where the bot runs. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to choose another service or run the bot elsewhere.

## endpoint_not_found

endpoint_not_found-member = This bot has the wrong address for the image service, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
endpoint_not_found-moderator = The bot has the wrong address for the image service. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to correct a setting.

## quota_exhausted

quota_exhausted-member = This bot's account at the image service is out of credit, so there's no picture. It's nothing you did, and trying again right away won't help. The bot's operator has been told; press Retry once they've topped it up.
quota_exhausted-moderator = The bot's account at the image service is out of credit. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to top it up.
quota_exhausted-member_plan = This bot needs a larger plan at the image service before it can make pictures. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
quota_exhausted-moderator_plan = The bot's plan at the image service has no pictures, or none left. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to change the plan.
quota_exhausted-member_reset = This bot has used up its pictures at the image service for now, so there's no picture yet. It's nothing you did. The service says there'll be more in about { $wait }; press Retry after that.
quota_exhausted-moderator_reset = The bot has used up its allowance at the image service, which renews in about { $wait }. This isn't about content, so there's nothing for you to decide. If members ask: they can press Retry after that.

## billing_limit

billing_limit-member = This bot's account at the image service has hit its spending limit, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've sorted it out.
billing_limit-moderator = The bot's account at the image service has reached a spending limit or has an unpaid bill. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to sort it out.

## network_tls

network_tls-member = This bot couldn't make a secure connection to the image service, so nothing was sent. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
network_tls-moderator = The bot couldn't make a secure connection to the image service. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to fix the connection.

## network_proxy

network_proxy-member = Something between this bot and the image service refused the connection, so nothing was sent. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
network_proxy-moderator = A proxy in the bot's network refused the connection to the image service. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to fix the connection.

## rate_limited

rate_limited-member = The image service is getting more requests from this bot than it takes at once, so there's no picture yet. Your request is fine. Press Retry in a few minutes.
rate_limited-member_wait = The image service is getting more requests from this bot than it takes at once, so there's no picture yet. Your request is fine. Press Retry in about { $wait }.
rate_limited-member_never = This picture is over the image service's limit for this bot, so waiting won't help. The bot's operator has been told; press Retry once they've fixed it.
rate_limited-moderator = The bot sent more requests in a short time than the image service allows. This isn't about content, so there's nothing for you to decide. The bot spaces out its requests on its own.

## overloaded

overloaded-member = The image service is too busy right now, so there's no picture yet. Your request is fine. Press Retry in a few minutes.
overloaded-member_wait = The image service is too busy right now, so there's no picture yet. Your request is fine. Press Retry in about { $wait }.
overloaded-moderator = The image service is overloaded. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## server_error

server_error-member = Something went wrong at the image service, so there's no picture. Your request is fine. Press Retry in a few minutes.
server_error-moderator = Something went wrong at the image service. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## gateway_error

gateway_error-member = Something between this bot and the image service isn't working right, so there's no picture. Your request is fine. Press Retry in a few minutes.
gateway_error-moderator = Something between the bot and the image service isn't working right. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## timeout

timeout-member = The image service took too long, so there's no picture. Your request is fine, and you're not charged. Press Retry in a few minutes.
timeout-moderator = The image service took too long to answer. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## network_dns

network_dns-member = This bot couldn't find the image service on the internet, so nothing was sent. Your request is fine. Press Retry in a few minutes.
network_dns-moderator = The bot couldn't find the image service on the internet. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## network_connect

network_connect-member = This bot couldn't reach the image service, so nothing was sent. Your request is fine. Press Retry in a few minutes.
network_connect-moderator = The bot couldn't reach the image service. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## network_reset

network_reset-member = The connection to the image service was cut off before your picture arrived. Your request is fine, and you're not charged. Press Retry in a few minutes.
network_reset-moderator = The connection to the image service was cut off. This isn't about content, so there's nothing for you to decide. The bot tries again a few times on its own.

## task_running_timeout

task_running_timeout-member = Sorry, your picture wasn't ready in time, so the bot stopped waiting for it. You're not charged. The image service may still be drawing it, and another try would be a second picture. Please ask the bot's operator whether the first one arrived.
task_running_timeout-moderator = The image service was still drawing when time ran out. Another try would be a second picture. This isn't about content, so there's nothing for you to decide.

## task_lost

task_lost-member = The image service started your picture and then lost it. Your request is fine, and you're not charged. Press Retry if you still want it.
task_lost-moderator = The image service lost a picture that it had started. This isn't about content, so there's nothing for you to decide. The member can press Retry.

## malformed_response

malformed_response-member = The image service sent something that isn't a picture. Your request is fine. Press Retry in a few minutes.
malformed_response-moderator = The bot couldn't read the image service's answer. This isn't about content, so there's nothing for you to decide. If members ask: the operator can see what came back.

## empty_result

empty_result-member = The image service sent no picture and didn't say why. Press Retry to try once more.
empty_result-member_never = The image service sent no picture and didn't say why. The same words would probably get the same answer, so press Edit prompt and describe the scene differently.
empty_result-moderator = The image service sent no picture and gave no reason. Some services say nothing when their filter steps in, but nothing here shows that it did, so there's nothing for you to decide.

## corrupt_image

corrupt_image-member = Your picture arrived damaged and can't be shown. Your request is fine, and you're not charged. Press Retry to get a new one.
corrupt_image-moderator = The picture arrived damaged. This isn't about content, so there's nothing for you to decide. The member can press Retry.

## download_failed

download_failed-member = Your picture was made, but this bot couldn't download it, even after several tries. You're not charged, and the bot's operator has been told. Press Retry to get a new picture; the image service charges the bot for that again.
download_failed-member_never = Your picture was made, but it was gone before this bot could download it. You're not charged, and the bot's operator has been told. Press Retry to get a new picture; the image service charges the bot for that again.
download_failed-moderator = The picture was made, but the bot couldn't download it. This isn't about content, so there's nothing for you to decide. The member can press Retry.

## not_taken

not_taken-member = Your picture was made, but this bot can't open it. Your request is fine, and you're not charged. The bot's operator has been told; please wait until they say it works again.
not_taken-member_type = Your picture was made, but as a type of file that this bot can't show ({ $type }). You're not charged. Trying again would end the same way. The bot's operator has been told; it's best to wait until they say it works.
not_taken-member_pixels = Your picture was made, but it's bigger than this bot can take ({ $pixels } pixels; the limit is 25 million in total). You're not charged, and the bot's operator has been told. Pick a smaller size instead.
not_taken-member_bytes = Your picture was made, but its file is bigger than this bot can take ({ $bytes }). You're not charged, and the bot's operator has been told. A smaller size may work.
not_taken-member_memory = Your picture was made, but this bot doesn't have enough memory to open it. You're not charged, and the bot's operator has been told. A smaller size may work.
not_taken-member_worker = Your picture was made, but this bot couldn't open the file. You're not charged. Trying again would probably end the same way. The bot's operator has been told; it's best to wait until they say it works.
not_taken-member_encoding = Your picture came packed in a way that this bot can't read ({ $encoding }). You're not charged. Trying again would end the same way. The bot's operator has been told; it's best to wait until they say it works.
not_taken-member_address = Your picture was made, but it's stored at an address that this bot doesn't open. You're not charged. Trying again would end the same way. The bot's operator has been told; it's best to wait until they say it works.
not_taken-member_disk = Your picture was made, but this bot had no room left to save it. You're not charged. The bot's operator has been told; try again once they say it works.
not_taken-moderator = The picture was made, but the bot couldn't open it. This isn't about content, so there's nothing for you to decide; the operator has been told.

## output_rejected

output_rejected-member = Not what you had in mind? Press Not right and say why: you'll see what helps and what it costs, such as Crop for free, or a few candidates to pick from.
output_rejected-moderator = A member isn't happy with a picture (text, composition, crop or brand). It wasn't blocked, so there's nothing for you to decide; the member can ask for another one.

## Reasons within a kind, the same for every kind that has them (bot/failures/tables/reasons.toml).

why-member_route = This bot isn't set up right for its image model, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
why-moderator_route = The bot's image model doesn't work at the address the bot uses for it. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to change a setting.
why-member_plan = This bot's plan at the image service doesn't include the model that it's set up with, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
why-moderator_plan = The bot's plan at the image service doesn't include its image model. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to change the plan.
why-member_terms = The image service needs something confirmed in this bot's account first, so there's no picture. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
why-moderator_terms = The image service wants the bot's account to accept terms or change a setting first. This isn't about content, so there's nothing for you to decide. If members ask: the operator has to do it.
why-member_words = The image service answered with words instead of a picture. Press Edit prompt and ask for the picture plainly, for example “a drawing of …”.
why-moderator_words = The image service's model answered in words and drew nothing. It didn't refuse, so there's nothing for you to decide. The member can try asking for the picture more plainly.

## words

words-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
words-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
words-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
words-not_chosen = The image service turned down a setting that this bot adds by itself. It's nothing you did. The bot's operator has been told; press Retry once they've fixed it.
words-unsure_member = That's a guess: the service's answer wasn't clear.
words-unsure_moderator = That's a guess, because the service's answer wasn't clear.
