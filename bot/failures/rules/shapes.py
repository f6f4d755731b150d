"""What an answer without an error status is: a task state, an empty list, a page, or something that is no image answer at all."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, names, statuses
from bot.failures.tokens import token_set

FACTS = "../shared/platform/failures.md 2, 12, 15, 16; ../shared/platform/image-apis.md 3, 4"
FAMILY = "common"
OK = statuses(0, 200, 201, 202, 203, 204, 206)
STATE_FIELDS = ("status", "taskstatus", "state")
RUNNING = names(
    "pending processing queued starting running in_progress submitted in_queue waiting generating not_start not_started created "
    "throttled rendering pre_processing scheduled accepted "
    "preparing queueing queuing process"
)
FAILED = names("failed error failure fail task_failed failed_generation")
LOST = names("unknown expired canceled cancelled aborted deleted not_found")
LISTS = token_set("""
    data images candidates artifacts output outputs result results predictions generatedimages parts content body choices
    imageurls
""")

TASKS: tuple[Rule, ...] = (
    *(Rule(Kind.TASK_RUNNING_TIMEOUT, FACTS, codes=RUNNING, field=name, statuses=OK, family=FAMILY) for name in STATE_FIELDS),
    *(Rule(Kind.TASK_LOST, FACTS, codes=LOST, field=name, statuses=OK, confidence=0.8, family=FAMILY) for name in STATE_FIELDS),
    *(Rule(Kind.SERVER_ERROR, FACTS, codes=FAILED, field=name, statuses=OK, confidence=0.6, family=FAMILY) for name in STATE_FIELDS),
)

ANSWERS: tuple[Rule, ...] = (
    Rule(Kind.MALFORMED_RESPONSE, FACTS, shapes=frozenset({"html"}), statuses=OK, action=Action.NONE, family=FAMILY),
    Rule(Kind.MALFORMED_RESPONSE, FACTS, shapes=frozenset({"html_type"}), statuses=OK, action=Action.NONE, family=FAMILY),
    Rule(Kind.EMPTY_RESULT, FACTS, empties=LISTS, statuses=OK, confidence=0.8, family=FAMILY),
    Rule(Kind.EMPTY_RESULT, FACTS, keys=frozenset({"candidates"}), statuses=OK, confidence=0.7, family=FAMILY),
    Rule(Kind.EMPTY_RESULT, FACTS, keys=frozenset({"choices"}), statuses=OK, action=Action.NONE, confidence=0.6, family=FAMILY),
)
