"""What an answer without an error status is: a task state, an empty list, a page, or something that is no image answer at all."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, names, statuses
from bot.failures.signals import STATE_FIELDS
from bot.failures.tokens import token_set

FACTS = "../shared/platform/failures.md 2, 12, 15, 16; ../shared/platform/image-apis.md 3, 4"
FAMILY = "common"
OK = statuses(0, 200, 201, 202, 203, 204, 206)
RUNNING = names(
    "pending processing queued starting running in_progress submitted in_queue waiting generating not_start not_started created "
    "throttled rendering pre_processing scheduled accepted "
    "preparing queueing queuing process doing started active working in_process drawing inprogress initializing initialising wait "
    "uploading postprocessing in_processing executing"
)
STILL = (
    *("progress", "pending", "queue", "process", "running", "render", "generat", "wait", "prepar", "start", "submit", "schedul"),
    *("draw", "upload", "sampl", "denois", "diffus", "upscal", "ahead"),
)
FAILED = names("failed error failure fail task_failed failed_generation")
LOST = names("unknown expired canceled cancelled aborted deleted not_found")
LISTS = token_set("""
    data images candidates artifacts output outputs result results predictions generatedimages parts content body choices
    imageurls
""")

PICTURE_FIELDS = token_set("url b64json sample image imageurl base64 resultimage resulturl outputurl file link")

VERDICT = ("safety", "prohibit", "filter", "block", "moderat", "recitation", "violat", "sensitive", "nsfw", "policy", "censor", "flagged")
NAMED_AFTER = names("content_filter content_filtered content_filter_error content_policy content_moderation content_safety safety_filter")
REASON_FIELDS = ("finishreason", "stopreason", "finishtype", "endreason")

VERDICTS: tuple[Rule, ...] = (
    Rule(
        Kind.SAFETY_PROMPT,
        FACTS + ": why the input was stopped, in whichever spelling",
        says=VERDICT,
        says_in=("blockreason", "blockedreason", "rejectreason", "refusalreason"),
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        FACTS + ": a message about why the input was stopped",
        filled=frozenset({"blockreasonmessage"}),
        family=FAMILY,
    ),
    Rule(Kind.SAFETY_OUTPUT, FACTS + ": why the output ended", says=VERDICT, says_in=REASON_FIELDS, statuses=OK, family=FAMILY),
    Rule(
        Kind.SAFETY_PROMPT,
        FACTS + ": a task whose state is a verdict about the input",
        says=("requestmoderat", "inputmoderat", "promptmoderat", "requestblock", "promptblock", "inputblock", "promptflag", "inputflag"),
        says_in=STATE_FIELDS,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_OUTPUT,
        FACTS + ": a task whose state is a verdict",
        says=("moderated", "nsfw", "censored", "flagged", "contentfilter", "safetyblock", "contentblock"),
        says_in=STATE_FIELDS,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        FACTS + ": a code that speaks of safety, as `SAFETY.INPUT.TEXT`",
        shapes=frozenset({"safety_code"}),
        confidence=0.8,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        FACTS + ": a message of one word",
        codes=names("sensitive nsfw moderated censored unsafe unsafe_content sensitive_content content_violation"),
        confidence=0.8,
        family=FAMILY,
    ),
    *(
        Rule(Kind.SAFETY_PROMPT, FACTS + ": an error that is named after the filter", codes=NAMED_AFTER, field=name, family=FAMILY)
        for name in ("code", "type", "errorcode", "errortype", "reason")
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        FACTS + ": nothing but the word",
        codes=names("policy content_policy usage_policy"),
        field="code",
        statuses=statuses(400, 422, 451),
        confidence=0.6,
        family=FAMILY,
    ),
    Rule(Kind.SAFETY_OUTPUT, FACTS + ": a flag beside the picture", shapes=frozenset({"unsafe_flag"}), statuses=OK, family=FAMILY),
)
"""Fields that speak of safety, whatever the provider calls the verdict."""

ENDED: tuple[Rule, ...] = tuple(
    Rule(Kind.TASK_LOST, FACTS, codes=LOST, field=name, apis=("task",), statuses=OK, confidence=0.8, family=FAMILY) for name in STATE_FIELDS
)
"""Asked before codes of which some are states, too."""

TASKS: tuple[Rule, ...] = (
    *(Rule(Kind.TASK_RUNNING_TIMEOUT, FACTS, codes=RUNNING, field=name, statuses=OK, family=FAMILY) for name in STATE_FIELDS),
    *(Rule(Kind.TASK_LOST, FACTS, codes=LOST, field=name, statuses=OK, confidence=0.8, family=FAMILY) for name in STATE_FIELDS),
    *(Rule(Kind.SERVER_ERROR, FACTS, codes=FAILED, field=name, statuses=OK, confidence=0.6, family=FAMILY) for name in STATE_FIELDS),
    *(
        Rule(kind, FACTS + ": a state in words of its own", says=said, says_in=STATE_FIELDS, apis=("task",), statuses=OK, family=FAMILY)
        for kind, said in (
            (Kind.TASK_LOST, ("delet", "expir", "cancel", "abort", "lost", "notfound", "gone", "purged", "unknown")),
            (Kind.SERVER_ERROR, ("fail", "error", "crash")),
            (Kind.TASK_RUNNING_TIMEOUT, STILL),
        )
    ),
    *(
        Rule(Kind.TASK_RUNNING_TIMEOUT, FACTS, keys=frozenset({name}), apis=("task",), statuses=OK, confidence=0.5, family=FAMILY)
        for name in ("progress", "percent", "percentage", "eta", "queueposition", "position")
    ),
    Rule(Kind.TASK_RUNNING_TIMEOUT, FACTS, shapes=frozenset({"open_state"}), apis=("task",), statuses=OK, confidence=0.5, family=FAMILY),
    Rule(Kind.TASK_RUNNING_TIMEOUT, "RFC 9110 15.3.3: accepted, not finished", apis=("task",), statuses=statuses(202), family=FAMILY),
    Rule(
        Kind.TASK_RUNNING_TIMEOUT,
        FACTS + ": long-running operations of Google and their like",
        false=frozenset({"done", "completed", "finished", "isready", "ready"}),
        apis=("task",),
        statuses=OK,
        confidence=0.6,
        family=FAMILY,
    ),
)

ANSWERS: tuple[Rule, ...] = (
    Rule(Kind.MALFORMED_RESPONSE, FACTS, shapes=frozenset({"html"}), statuses=OK, action=Action.NONE, family=FAMILY),
    Rule(Kind.MALFORMED_RESPONSE, FACTS, shapes=frozenset({"html_type"}), statuses=OK, action=Action.NONE, family=FAMILY),
    *(
        Rule(
            Kind.BAD_REQUEST_OTHER,
            FACTS + ": an error under a good status that says nothing we know; most such answers are final (MiniMax, DashScope, gateways)",
            filled=frozenset(fields),
            statuses=OK,
            nowhere=("success", "succeeded", "| ok |", " ok |", "成功"),
            confidence=0.4,
            family=FAMILY,
        )
        for fields in (
            ("error",),
            ("code", "message"),
            ("code", "msg"),
            ("statuscode", "statusmsg"),
            ("errorcode", "errormsg"),
            ("errmsg",),
        )
    ),
    Rule(Kind.EMPTY_RESULT, FACTS, empties=LISTS, statuses=OK, confidence=0.8, family=FAMILY),
    Rule(Kind.EMPTY_RESULT, FACTS, empties=PICTURE_FIELDS, statuses=OK, confidence=0.7, family=FAMILY),
    Rule(Kind.EMPTY_RESULT, FACTS, keys=frozenset({"candidates"}), statuses=OK, confidence=0.7, family=FAMILY),
    Rule(Kind.EMPTY_RESULT, FACTS, keys=frozenset({"choices"}), statuses=OK, action=Action.NONE, confidence=0.6, family=FAMILY),
)
