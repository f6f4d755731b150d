a_moderator = A moderator
report_gone = That picture isn't there anymore, so there's nothing to report.
report_twice = Thank you. Somebody has already reported this, so there's nothing more for you to do.
report_enough = You've reported a lot within the last hour. Please tell a moderator directly.
clock = imagine-bot
history = { $at } · { $who }: { $what }

## The state of a case, in a word or two.

state-open = Open
state-claimed = Claimed
state-with_member = Waiting for the member
state-appealed = Appealed
state-closed_accepted = Closed: rewrite accepted
state-closed_declined = Closed: rewrite declined
state-closed_rephrased = Closed: the member's own wording worked
state-closed_denied = Closed: denied
state-closed_not_policy = Closed: not a policy matter
state-closed_expired = Closed: expired without a decision
state-closed_published = Closed: published

## kind

kind-safety_prompt = The prompt was blocked
kind-safety_reference_image = An attached picture was blocked
kind-safety_output = The finished picture was blocked; nobody has seen it
kind-reported = Somebody reported a finished picture; it's hidden meanwhile
kind-review = A member asks to publish a result

## The card's headline.

card-open = Case { $number }: open
card-claimed = Case { $number }: { $holder } is deciding, until { $until }
card-with_member = Case { $number }: waiting for { $member }
card-appealed = Case { $number }: appealed, for a moderator other than { $by }
card-closed_accepted = Case { $number }: { $member } accepted the rewrite, { $at }
card-closed_declined = Case { $number }: { $member } declined the rewrite, { $at }
card-closed_rephrased = Case { $number }: solved, { $member }'s own wording worked, { $at }
card-closed_denied = Case { $number }: denied by { $by }, { $at } ({ $reason })
card-closed_not_policy = Case { $number }: not a policy matter, decided by { $by }, { $at }
card-closed_expired = Case { $number }: expired without a decision, { $at }
card-why_reported = Somebody reported this picture: { $reason }. It's hidden until you decide. Press Show prompt to see it, for you alone. Keep it hidden, or show it again; the reporter isn't told, and the member isn't told who reported it.
card-why_held = This edit of a picture may undress, sexualise or impersonate somebody, so nothing was sent. Read it. If it's harmless, press Not a policy matter: the member can then send it. Otherwise deny it, or help the member find other words.
card-reference_uploaded = A picture that the member attached, { $width }×{ $height } ({ $fingerprint })
card-reference_made_here = A picture that the bot made, { $width }×{ $height } ({ $fingerprint })
card-reference_mask = A mask that limits the change, { $width }×{ $height }
card-why_memory = The same wording was blocked here within the last 24 hours, so the bot didn't send it again. It may pass later or with another model.
card-no_overrule = You can't overrule the image service. You can help the member find other words, or decide that the request stays blocked.
card-joined = { $count } more. The newest: { $prompt }
card-member_first = { $member } ({ $person }), first case here
card-member_earlier = { $member } ({ $person }), earlier cases here: { $count }
card-member_paused = Paused until { $until }.
card-opened_at = { $at }
card-due_at = { $due }; expires at { $expires }
card-closed_published = Case { $number }: published by { $by }, { $at }
card-closed_denied_review = Case { $number }: sent back by { $by }, { $at } ({ $reason })
card-closed_expired_review = Case { $number }: not published, because nobody decided in time, { $at }
card-why_review = A member asks to publish this result. Nobody else sees it until you decide: publish it, or send it back with a reason that the member reads. After three days it stays private.

## fact

fact-state = State
fact-kind = Why it's here
fact-code = What the service said
fact-request_id = Request id at the service
fact-prompt = Prompt
fact-joined = Other blocked prompts
fact-member = Requested by
fact-channel = Channel
fact-model = Model and options
fact-request = Request
fact-references = Attached
fact-cost = Cost so far
fact-opened = Opened
fact-due = Due
fact-note_comment = Comment
fact-note_appeal = Appeal
fact-note_denial = Note on the denial
fact-note_hint = Hint to the member
fact-note_report = What the reporter said
fact-history = What happened

## step

step-opened = request blocked, case opened
step-reported = reported the picture, case opened
step-joined = another blocked request was added to this case
step-blocked_again = blocked again
step-claim = claimed it
step-release = released it
step-take_over = took it over
step-lease_end = ten minutes passed, open again
step-suggest = suggested a rewrite
step-ask_rephrase = asked the member to rephrase
step-accept = accepted the rewrite
step-decline = declined the rewrite
step-rephrase = sent a new wording
step-rephrased = the new wording gave a picture
step-other_picture = made a picture; asked if it's the new wording
step-reworded = said the picture came from the new wording
step-deny = denied it
step-not_policy = decided it's not a policy matter
step-appeal = appealed
step-expire = nobody decided in time
step-remind = reminder
step-block_member = paused the member
step-unblock_member = ended the member's pause
step-comment = commented
step-send = new request
step-read_prompt = read the prompt
step-review = asked to publish a result
step-publish = published it

## button

button-case_claim = Claim
button-case_release = Release
button-case_take_over = Take over
button-case_rewrite = Suggest a rewrite
button-case_rephrase = Ask to rephrase
button-case_deny = Deny
button-case_not_policy = Not a policy matter
button-case_not_policy_reported = Show it again
button-case_deny_reported = Keep it hidden
button-case_block_member = Block the member
button-case_unblock_member = Unblock the member
button-case_comment = Comment
button-case_prompt = Show prompt
button-rewrite_accept = Accept and send
button-rewrite_decline = Decline
button-rephrase = Rephrase
button-reworded = That was my new wording
button-appeal = Appeal
button-case_publish = Publish it
button-case_deny_review = Send it back

## form

form-rewrite = Rewrite for case { $number }
form-rewrite_text = The member sees both versions and your name, and nothing is sent until they accept. Change what's in the picture, not just the spelling: a friendly scene, no real people, no brands, nothing private.
form-rewrite_prompt = Your wording
form-rewrite_hint = Edit the blocked prompt here.
form-rewrite_submit = Offer to the member
form-ask_rephrase = Ask to rephrase, case { $number }
form-ask_rephrase_text = The member is asked for a new wording of their own. If it works, this case closes on its own.
form-ask_rephrase_submit = Ask
form-hint = A hint for the member (optional)
form-deny = Deny case { $number }
form-deny_text = The request stays blocked. The member sees the reason and can appeal once.
form-deny_submit = Deny
form-deny_note = Note for moderators (optional)
form-reason = Reason
form-block_member = Block the member for a while
form-block_member_text = { $member } can't use imagine-bot here until then, and gets a message about it.
form-block_member_submit = Block
form-pause = For how long
form-comment = Comment on case { $number }
form-comment_note = Comment, for moderators only
form-comment_submit = Comment
form-rephrase = New wording
form-report = Report this picture
form-report_text = The picture is hidden at once, and the moderators look at it. The person who made it isn't told who reported it.
form-report_note = Anything the moderators should know?
form-report_submit = Report
form-appeal = Appeal, case { $number }
form-appeal_text = If there's another moderator, they'll take a fresh look. Moderators can't overrule the image service, but they can help you find other words.
form-appeal_submit = Appeal
form-why = Is there anything they should know? (optional)
form-send_back = Send it back, case { $number }
form-send_back_text = The result stays private. The member reads the reason and what you write, and can ask again.
form-send_back_submit = Send it back
form-send_back_note = What should change? (optional)

## Reasons of a denial; a community can have a list of its own (/imagine-settings).

report-people = It shows a real person who may not want it
report-sexual = It's sexual
report-hate = It demeans people or groups
report-harm = It shows or invites harm
report-rights = It copies someone's work or brand
report-other = Something else

## reason

reason-people = It shows a real person in a way they may not want
reason-harm = It shows or invites harm
reason-sexual = Sexual content
reason-hate = It demeans people or groups
reason-privacy = It contains private data
reason-rights = It copies someone's brand, character or work
reason-rules = It's against this community's rules
reason-other = Another reason

## What somebody hears whose press changed something.

done-claim = Case { $number } is yours until { $until }. After that it's open again.
done-take_over = You took over case { $number }. It's yours until { $until }.
done-release = Case { $number } is open again.
done-suggest = { $member } now sees your wording for case { $number } and decides. Nothing is sent until then.
done-ask_rephrase = I asked { $member } for a new wording. If it works, case { $number } closes on its own.
done-deny = Case { $number } is denied. The member sees the reason and can appeal once.
done-allowed = Case { $number } is closed, and the member can send the edit now.
done-report = Thank you. The picture is hidden now, and the moderators will look at it (case { $number }).
done-report_unreviewed = Thank you. The picture is hidden and stays hidden: no moderators are set up here to look at it.
done-report_dismissed = Case { $number } is closed, and the picture is shown again.
done-not_policy = Case { $number } is closed as a technical problem. The operator has been told, and the member can retry.
done-not_policy_own = Case { $number } is closed as a technical problem, and the member can retry. The block came from this community's own image service: the person who has the account there can ask its support.
done-block_member = { $member } can't use imagine-bot here until { $until }, and gets a message about it.
done-unblock_member = { $member } can use imagine-bot again, and gets a message about it.
done-comment = Your comment is on the card of case { $number }.
done-read_prompt = Only you can see this: the prompt of case { $number }.
done-accept = On its way, with the wording you accepted.
done-decline = Declined. Nothing was sent, and the case is closed.
done-rephrase = On its way, with your new wording.
done-reworded = Thanks. Case { $number } is closed.
done-appeal = Your appeal is with the moderators (case { $number }). You'll hear from them here.
done-kept_hidden = Case { $number } is closed. The picture stays hidden; the member sees the reason and can appeal once.
done-publish = Published. Case { $number } is closed.
done-deny_review = Sent back. The member reads the reason, and case { $number } is closed.

## What somebody hears whose press changed nothing.

no-unknown = That case doesn't exist.
no-foreign = This case belongs to another community.
no-not_moderator = Only moderators of this community can do that.
no-not_administrator = Only administrators of this community can do that.
no-own_case = This is about your own request, so another moderator has to decide.
no-repeated = That's already done.
no-not_yours = Only the person who made this request can do that.
no-already_yours = Case { $number } is already yours until { $until }.
no-held = { $holder } has case { $number } until { $until }.
no-not_held = Nobody has case { $number } right now. You can claim it.
no-unclaimed = Claim case { $number } first; your ten minutes may be over.
no-with_member = Case { $number } is waiting for the member's answer.
no-closed = Case { $number } is already decided: { $state }.
no-appeal_of_own = You denied this request, so another moderator has to look at the appeal.
no-rewrite_empty = The rewrite is empty. Write the wording that the member should see.
no-rewrite_same = Apart from spelling, this is the wording that was blocked. Change what the picture shows.
no-rewrite_blocked_before = This wording was blocked here before. Change what the picture shows.
no-rewrite_too_long = This is too long for the image model. Please shorten it.
no-rewrite_private = This looks like it contains private data, a brand or very strong wording. Please write it without.
no-no_reason = Please choose a reason from the list.
no-no_pause = Please choose for how long.
no-not_paused = The member isn't paused.
no-empty_comment = The comment is empty. Please write something first.
no-question_over = That question is already closed.
no-blocked_meanwhile = This wording has been blocked here since, so it wasn't sent. The moderators will take another look.
no-appealed_before = You've already appealed this, and that's only possible once.
no-texts_removed = This case's texts have been deleted, so it can't continue. Please ask for a new picture.
no-not_sent = It wasn't sent; the new message says why. The offer stays open.
no-unpublishable = That result isn't there anymore, is hidden, or is public already. There's nothing to publish in case { $number }.

## Messages to the member: a headline and a text for every step that asks or decides something.

to_member-suggest = { $by } suggests a different wording (case { $number })
to_member-suggest_text = Nothing has been sent yet. If you accept, this exact wording is sent as your request. { $price }
to_member-price = It can cost up to { $cost } of your budget.
to_member-price_unknown = You'll see what it costs in the new message.
to_member-yours = Your wording
to_member-theirs = Suggested by { $by }
to_member-rewrite_accepted = You accepted this wording, and it was sent as a new request.
to_member-rewrite_declined = You declined this wording. Nothing was sent.
to_member-rewrite_over = This offer is closed. Nothing was sent.
to_member-ask_rephrase = Please try different words (case { $number })
to_member-ask_rephrase_text = { $by } looked at your blocked request and asks you to word it differently. Press Rephrase, keep one clear subject, and leave out real people, brands and anything shocking or private.
to_member-hint = Tip from the moderator
to_member-other_picture = Was that your new wording? (case { $number })
to_member-other_picture_text = A moderator asked you for a different wording, and you've made a picture since. If that was it, press the button and the case is closed. If it was something else, you don't need to do anything.
to_member-your_picture = Your newest picture
to_member-reworded = Your own wording worked (case { $number })
to_member-reworded_text = Thanks for trying different words! The case is closed, and there's nothing left to do.
to_member-deny = Your request stays blocked (case { $number })
to_member-deny_text =
    A moderator decided this. Reason: { $reason }.

    Moderators can't overrule the image service. You can try another idea any time. You can also appeal this once, and another moderator takes a fresh look if there is one.
to_member-deny_appealed = You appealed (case { $number })
to_member-deny_appealed_text = The moderators will take another look at your blocked request, and you'll hear from them here. Reason for the first decision: { $reason }.
to_member-deny_over = Your request stays blocked (case { $number })
to_member-deny_over_text = A moderator decided this. Reason: { $reason }. You can try another idea any time.
to_member-deny_final = Your request stays blocked (case { $number })
to_member-deny_final_text =
    After your appeal, the moderators looked at it again. Reason: { $reason }.

    This decision is final for this request. You can try another idea any time.
to_member-report_kept = Your picture stays hidden (case { $number })
to_member-report_kept_text = Somebody reported it, and a moderator decided to keep it hidden. Reason: { $reason }. You can ask for a new picture any time.
to_member-report_dismissed = Your picture is shown again (case { $number })
to_member-report_dismissed_text = Somebody reported it, and a moderator found nothing wrong with it.
to_member-report_expired = Your picture stays hidden (case { $number })
to_member-report_expired_text = Somebody reported it, and no moderator decided in time, so it stays hidden. We're sorry about that. You can ask for a new picture any time.
to_member-allowed = You can send it now (case { $number })
to_member-allowed_text = { $by } read your edit and has nothing against it. Press Retry to send it; the image service may still turn it down.
to_member-not_policy = You can try again (case { $number })
to_member-not_policy_text = A moderator found that your wording wasn't the problem, and the bot's operator has been told. Press Retry to send your request again; the image service may still turn it down.
to_member-not_policy_own = You can try again (case { $number })
to_member-not_policy_own_text = A moderator found that your wording wasn't the problem. Press Retry to send your request again; this community's image service may still turn it down.
to_member-expire = Nobody decided in time (case { $number })
to_member-expire_text = No moderator got to your blocked request in time, and we're sorry about that. It wasn't approved, and nothing was sent. Type /imagine to try different words.
to_member-expire_asked = This question has expired (case { $number })
to_member-expire_asked_text = You didn't answer in time, so nothing was sent. You can ask for a new picture any time.
to_member-remind = There's still a question for you (case { $number })
to_member-remind_text = Take your time: you can answer until { $expires }.
to_member-about = About your request “{ $prompt }”
to_member-about_removed = About your earlier request
to_member-question_over = This question is closed (case { $number })
to_member-question_over_text = There's nothing left for you to do here.
to_member-block_member = You're paused until { $until }
to_member-block_member_text = A moderator has paused your use of imagine-bot here until { $until }. Everything you've made so far stays.
to_member-unblock_member = You're back
to_member-unblock_member_text = A moderator has lifted your pause. You can use imagine-bot again.
to_member-review_published = Your result is public now (case { $number })
to_member-review_published_text = { $by } looked at it and published it.
to_member-review_returned = Your result was sent back (case { $number })
to_member-review_returned_text = { $by } looked at it and didn't publish it. Reason: { $reason }. Only you see it; you can change it and ask again.
to_member-review_expired = Your result wasn't published (case { $number })
to_member-review_expired_text = Nobody looked at it in time, and we're sorry about that. Only you see it, and you can ask again.
to_member-hint_review = What should change

## prompt

prompt-by = { $member } wrote:
prompt-title = The blocked prompt of case { $number }
prompt-also = Also blocked, { $at }
prompt-removed = (This text has been deleted.)

## reminder

reminder-title = Case { $number } has been waiting for { $wait }
reminder-text = Its card is further up. If nobody decides, it expires at { $expires } without approval.

## setup

setup-title = imagine-bot has no moderators' channel here yet
setup-text = Administrators can set one with /imagine-settings. Then people can look at requests that the image service blocks.

## settings

settings-title = Settings of this community
settings-how = Press a button to change a section. Anything left empty uses the operator's settings.
settings-page_people = People and channels
settings-page_money = Budgets
settings-page_pictures = Pictures and texts
settings-text_people = Ids or mentions, separated by commas. Leave a line empty to use the default.
settings-text_money = In US dollars. Leave a line empty to use the operator's limit; you can set a lower one.
settings-text_pictures = Defaults for members who don't choose, and how long the texts of closed cases are kept.
settings-submit = Save
settings-saved = Saved.
settings-moderators_channel = Moderators' channel
settings-hint_moderators_channel = A channel that only moderators can read.
settings-empty_moderators_channel = none set here
settings-moderators = Moderators
settings-hint_moderators = Roles or people. Empty: people the platform counts as moderators.
settings-empty_moderators = people the platform counts as moderators
settings-channels = Channels where people can use /imagine
settings-hint_channels = Empty: every channel.
settings-empty_channels = every channel
settings-language = Language of messages that several people read
settings-empty_language = as the server states it, otherwise English
settings-zone = Time zone
settings-hint_zone = Such as Europe/Berlin or Asia/Shanghai. Empty: the operator's.
settings-empty_zone = the operator's
settings-wrong_zone = “{ $value }” isn't a time zone. Type a city's, such as Europe/Berlin or Asia/Shanghai.
settings-budget_member_day = One member, per day (US dollars)
settings-budget_member_month = One member, per month (US dollars)
settings-budget_community_day = Everyone here, per day (US dollars)
settings-budget_community_month = Everyone here, per month (US dollars)
settings-hint_money = The operator's limit: { $most }
settings-unlimited = none
settings-size = Default size
settings-models = Models
settings-hint_models = Names of the models that members here may choose, separated by commas. Empty: all of { $offered }.
settings-empty_models = all that the operator offers
settings-empty_size = the operator's default
settings-quality = Default quality
settings-empty_quality = the operator's default
settings-default = the operator's default
settings-retention_days = Days to keep the texts of closed cases
settings-hint_retention_days = 1 to 3650. Decisions stay on record without the texts.
settings-days = { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
settings-deny_reasons = Reasons for a denial, one per line
settings-hint_deny_reasons = Empty: the built-in list.
settings-empty_deny_reasons = the built-in list
settings-not_here = Every server or workspace has its own settings. Please type /imagine-settings in the one that you'd like to change.
settings-not_administrator = Only administrators of this community can see and change its settings.
settings-wrong_id = “{ $value }” isn't the id of a channel, role or person. Copy the id, or mention it.
settings-wrong_days = “{ $value }” isn't a number of days from 1 to 3650.
settings-wrong_money = “{ $value }” isn't an amount in US dollars, such as 2.50.
settings-too_much = { $value } is more than the operator allows ({ $most }).
settings-wrong_choice = “{ $value }” doesn't work here. You can choose { $allowed }.
settings-wrong_reasons = You can have up to { $most } reasons, each up to { $length } characters long.
settings-page_results = Publishing
settings-text_results = Who sees results first. Reviewers see them in their channel and publish them or send them back; moderators can do that too. In direct messages, nothing changes.
settings-results = Results
settings-results_public = Public at once
settings-results_private = For the member first, who publishes them
settings-results_reviewed = For the member first; a reviewer publishes them
settings-reviewers = Reviewers, besides moderators
settings-hint_reviewers = Roles or people. Empty: only moderators.
settings-empty_reviewers = only moderators
settings-reviews_channel = Reviewers' channel
settings-hint_reviews_channel = Only reviewers should read it. Empty: the moderators' channel.
settings-empty_reviews_channel = the moderators' channel

## privacy

privacy-title = What is stored about you
privacy-text =
    Your prompts, the pictures made from them, the pictures you attached (for { $days } days), and what was said in cases about blocked requests. The image service gets your prompts and attached pictures, but never your name or id.

    Deleting removes your prompts, pictures, attached pictures, names and what you wrote in cases. What stays: the fact that there were requests and cases, with times, decisions, amounts and your platform id, and a fingerprint of each blocked prompt, so that it isn't sent again by mistake.
privacy-requests = Requests with a prompt
privacy-pictures = Stored pictures
privacy-attachments = Pictures you attached
privacy-cases = Cases with texts
privacy-batches = Batches with topics
privacy-button = Delete my data
privacy-form = Delete my data
privacy-form_text = The bot deletes your prompts and pictures, also from its messages where the platform allows it. This can't be undone.
privacy-sure = Yes, delete them
privacy-submit = Delete
privacy-not_sure = Nothing was deleted. Switch on “Yes, delete them” to confirm.
privacy-done = Your texts and pictures have been deleted.
privacy-done_but = Your texts and pictures have been deleted, except for requests that are still being drawn and prompts that moderators are still deciding about. Prompts in open cases are deleted when the case closes. For the rest, please do this again later.
privacy-drafts = Previews of texts and crops, kept for a day
