"""`classify(evidence) -> Failure`: what went wrong, whether repeating something can help, and who can fix it.

Pure and total: it never raises.
"""

from __future__ import annotations

import re

from bot.domain.failure import UNSURE, Evidence, Failure, Phase
from bot.domain.kinds import KINDS, NO_CREDIT, NOT_STARTED, Action, Fixer, Group, Kind
from bot.domain.statuses import EXPIRED_ADDRESS
from bot.failures import facts as fact_reader
from bot.failures import reader
from bot.failures.evidence import FETCHED
from bot.failures.guesses import is_a_guess_about_nothing
from bot.failures.hints import Hint, wait_hint
from bot.failures.reader.features import marks
from bot.failures.refine import LONG_WAIT, certainty, nothing_uploaded, refine, refuses_in_person
from bot.failures.rules import Tables, tables
from bot.failures.rules.load import family
from bot.failures.rules.rule import Rule, Text
from bot.failures.signals import Signals, read
from bot.failures.tokens import phrases
from bot.failures.vote import ONLY_STATUS, vote, weights
from bot.failures.why import reason

STRUCTURE_DECIDES = 0.9
"""From this rule confidence on, the learned reader isn't asked."""
NAMED = 0.6
"""From this rule confidence on, a rule that allows no repeat isn't outvoted in that."""

BY_STATUS: dict[int, Kind] = {
    401: Kind.AUTH_INVALID_KEY,
    402: Kind.QUOTA_EXHAUSTED,
    403: Kind.AUTH_PERMISSION,
    404: Kind.ENDPOINT_NOT_FOUND,
    405: Kind.ENDPOINT_NOT_FOUND,
    407: Kind.NETWORK_PROXY,
    408: Kind.TIMEOUT,
    410: Kind.ENDPOINT_NOT_FOUND,
    413: Kind.PAYLOAD_TOO_LARGE,
    415: Kind.BAD_REQUEST_OTHER,
    429: Kind.RATE_LIMITED,
    451: Kind.REGION_BLOCKED,
    499: Kind.SERVER_ERROR,
    500: Kind.SERVER_ERROR,
    501: Kind.UNSUPPORTED_OPTION,
    502: Kind.GATEWAY_ERROR,
    503: Kind.OVERLOADED,
    504: Kind.TIMEOUT,
    520: Kind.GATEWAY_ERROR,
    524: Kind.TIMEOUT,
    529: Kind.OVERLOADED,
    598: Kind.TIMEOUT,
}
"""Kind by status alone. Low confidence, because a bare status is wrong in three out of five cases."""

_HOLLOW = re.compile(
    r"\b(?:(?:open ?ai|azure|vertex ?ai|bedrock|gemini|anthropic) exception|"
    r"unknown|unexpected|internal|error|failed|failure|fail|none|null|an?|the|has|occurr?ed|server|request|status|something|went|wrong|"
    r"image|generation|api|http|code|call|response|provider|upstream|openai|gemini|google)\b|[\W\d_]+"
)
_MASKED = frozenset({400, 422, 500, 502, 503})
"""Outer statuses that gateways put over an inner one."""
_TELLING = frozenset({401, 402, 403, 404, 405, 408, 413, 429, 502, 503, 504, 520, 524, 529, 598})
"""Statuses that say more than words without a cause."""
_TELLING_ALONE = frozenset({401, 403, 404, 405, 407, 429})
"""Statuses that say more than a guess at words that no rule knows."""
SURE_OF_WORDS = 0.7
"""Confidence from which on the guess says more."""
_LIMITS = NO_CREDIT | {Kind.MODEL_ACCESS_DENIED}
"""Limits that a 429 may be about, too, and that no wait clears."""
_CAUSELESS = frozenset({Kind.SERVER_ERROR, Kind.BAD_REQUEST_OTHER})
_NO_PICTURE = frozenset({Kind.EMPTY_RESULT, Kind.MALFORMED_RESPONSE})
_BROKEN = frozenset({500, 502, 503, 504, 520, 524, 529})
_HTTP_TIMEOUT = re.compile(r"(?:read|connect|pool|write|socket|etimed|gateway|http) ?(?:operation )?time(?:d )?out")
"""A single request that took too long, not the task."""


def classify(evidence: Evidence) -> Failure:
    """Classify evidence. Never raises; if a rule has a bug, the kind comes from the status alone and nothing is repeated."""
    try:
        return classify_with(evidence, tables())
    except Exception:  # a bug in a rule must not lose an answer, nor repeat what may have been paid for or blocked
        status = evidence.status if isinstance(evidence.status, int) else None
        return _failure(_by_status(status), Action.NONE, 0.1, {}, None)


_OF_THE_SENDER = frozenset(
    {Kind.AUTH_MISSING_KEY, Kind.AUTH_INVALID_KEY, Kind.ORG_VERIFICATION_REQUIRED}
    | {Kind.NETWORK_CONNECT, Kind.NETWORK_DNS, Kind.NETWORK_PROXY}
)


def _meant_here(kind: Kind, action: Action | None, seen: Signals, told: int | None, *, decided: bool) -> tuple[Kind, Action | None]:
    """What a guess means where it was found: on a page that came as a success (a hotel's sign-in, a parked address), words about
    signing in or connecting are the page's, and no API said them."""
    page = not decided and told in (200, 201, 202) and "html" in seen.shapes
    if page and kind in _OF_THE_SENDER:
        return Kind.MALFORMED_RESPONSE, Action.NONE
    if seen.api == "task.poll" and (of_the_task := _of_the_task(kind, seen)) is not kind:
        return of_the_task, None
    return kind, action


def _of_the_task(kind: Kind, seen: Signals) -> Kind:
    """The kind, as far as a poll's failure says something about its task and not about the way to the service."""
    if kind is Kind.TIMEOUT and seen.status is None and not _HTTP_TIMEOUT.search(seen.exception):
        return Kind.TASK_RUNNING_TIMEOUT  # the caller stopped waiting for a picture that is being drawn
    if (kind in (Kind.ENDPOINT_NOT_FOUND, Kind.INVALID_MODEL) and seen.status in (404, 410)) or (
        kind is Kind.ENDPOINT_NOT_FOUND and seen.status == 200
    ):
        return Kind.TASK_LOST  # the address is the task's, which the service itself gave
    return kind


def recognise(evidence: Evidence) -> Failure | None:
    """Classify something a person pasted; None if no rule matches and no status says anything, as for a word or a poem."""
    seen = read(evidence)
    nothing_said = seen.status is None and (seen.inner is None or seen.inner < 300)
    if nothing_said and _decide(seen, Text(f" {seen.words} "), tables()) is None:
        return None
    return classify(evidence)


def classify_with(evidence: Evidence, known: Tables, said: tuple[Kind, Action | None, float, bool] | None = None) -> Failure:
    """Classify with custom tables, or with what other rules `said` (see `judge`); benches leave vendors out and ask older rules."""
    seen = read(evidence)
    text = Text(f" {seen.words} ")
    hint = wait_hint(seen.headers, {**dict.fromkeys(seen.false, False), **seen.values, "": seen.words})
    kind, action, confidence, decided = said or judge(seen, text, known)
    told = seen.meant or (seen.inner if seen.status is None else seen.status)
    if not decided:
        wordless = confidence <= ONLY_STATUS and told in _TELLING_ALONE
        named, action = refine(kind, action, seen, text)
        kind, action, confidence = _weigh(named, action, confidence, seen, text)
        limit = told == 429 and kind in _LIMITS
        if wordless and confidence < SURE_OF_WORDS and KINDS[kind].group is not Group.SAFETY and kind is not _by_status(told) and not limit:
            kind, action = _by_status(told), None  # words that no rule knows say less than these
    if kind is Kind.GATEWAY_ERROR and not decided and _by_status(told) is Kind.TIMEOUT:
        kind, action = Kind.TIMEOUT, None  # a gateway that says how long it waited
    own = told == 502 and "json" in seen.shapes and kind is Kind.SERVER_ERROR  # no gateway's page: the service says that it failed
    if kind in _CAUSELESS and (not decided or confidence < STRUCTURE_DECIDES) and told in _TELLING and not own:
        kind, action = _by_status(told), None  # the words give no cause
    unsaid = kind in _NO_PICTURE or (kind is Kind.SERVER_ERROR and seen.inner != 500)
    if unsaid and seen.ok and seen.inner in _BROKEN and not decided:
        kind, action = _by_status(seen.inner), Action.NONE  # an error of its own within a success; it may have been blocked
    kind, action = _meant_here(kind, action, seen, told, decided=decided)
    kind, action = refine(kind, action, seen, text)
    if not decided or confidence <= STRUCTURE_DECIDES:
        confidence = certainty(kind, confidence, text)
    if confidence < UNSURE and not _rejected_at_once(kind, seen) and KINDS[kind].action is Action.GENERATE:
        action = Action.NONE  # it may have been paid for or blocked
    facts = fact_reader.facts(seen, kind, free=hint.not_billed) | fact_reader.of_the_file(seen, kind, evidence.peer)
    if seen.api.startswith("download") and (KINDS[kind].group is Group.PARAMETERS or (not decided and KINDS[kind].group is Group.SAFETY)):
        kind, action = Kind.DOWNLOAD_FAILED, None  # the failed download decides, whatever its text says about pictures
    if seen.api.startswith("download") and kind is Kind.SERVER_ERROR and seen.status is None:
        kind, action = Kind.DOWNLOAD_FAILED, None
    if seen.api == FETCHED and _is_about_the_way(kind, seen):
        kind = Kind.DOWNLOAD_FAILED
        action = Action.NONE if action is Action.NONE and seen.status in EXPIRED_ADDRESS else Action.FETCH
    wait = _wait(hint, kind)
    if why := reason(kind, seen, text, wait):
        facts.setdefault("why", why)
    return _failure(kind, _lowered(kind, action, hint, seen), confidence, facts, wait)


def judge(seen: Signals, text: Text, known: Tables) -> tuple[Kind, Action | None, float, bool]:
    """What the rules say: kind, action, confidence, and whether that decides. Words alone don't decide about a block, and an answer without
    words leaves nothing to read."""
    rule = _decide(seen, text, known)
    if rule is None:
        return *_fallback(seen), not _has_words(seen)
    if rule.kind is Kind.INVALID_REFERENCE_IMAGE and nothing_uploaded(seen, text):
        kind, action, confidence = _fallback(seen)
        made = seen.status is None or seen.ok
        return (Kind.CORRUPT_IMAGE, None, NAMED, False) if made else (kind, action, confidence, False)
    worded = KINDS[rule.kind].group is Group.SAFETY and not (rule.codes or rule.says or rule.true or rule.false or rule.shapes)
    if worded and _is_cleared(text):
        return *_fallback(seen), not _has_words(seen)
    decided = rule.confidence > STRUCTURE_DECIDES or (rule.confidence == STRUCTURE_DECIDES and not worded)
    return rule.kind, rule.action, rule.confidence, decided or not _has_words(seen)


_FOUND_NOTHING = phrases(
    """found no sensitive / found no unsafe / found no harmful / found no inappropriate / found no violation / found nothing sensitive /
    no concepts detected / safety checker passed / safety check passed / passed the safety / passed moderation /
    detected no sensitive / detected no unsafe / detected no harmful / detected no inappropriate / detected no violation"""
)


def _is_cleared(text: Text) -> bool:
    """Whether a check is said to have found nothing."""
    return text.says(family("CLEARED")) or text.has_any(_FOUND_NOTHING)


_NOTICEABLE = 0.01


def possible(read_kinds: dict[Kind, float], seen: Signals, text: Text) -> dict[Kind, float]:
    """The reader's probabilities, without that of a wrong upload if there was none."""
    wrong = read_kinds.get(Kind.INVALID_REFERENCE_IMAGE, 0.0)
    if not _NOTICEABLE < wrong < 1 or not nothing_uploaded(seen, text):
        return read_kinds
    return {kind: 0.0 if kind is Kind.INVALID_REFERENCE_IMAGE else share / (1 - wrong) for kind, share in read_kinds.items()}


def failed(seen: Signals) -> bool:
    """Whether it's certain that something failed, whatever the words sound like: an exception, or the status of an error."""
    return bool(seen.exception) if seen.status is None else seen.status >= 400


def _weigh(kind: Kind, action: Action | None, confidence: float, seen: Signals, text: Text) -> tuple[Kind, Action | None, float]:
    """What rules and learned reader say together."""
    also = marks(seen)
    read_kinds = possible(reader.score(seen.words, status=seen.status, api=seen.api, also=also), seen, text)
    verdict = KINDS[kind].group is Group.SAFETY and confidence >= STRUCTURE_DECIDES
    shortened = reader.score_shortened(seen.words, status=seen.status, api=seen.api, also=also)
    belief = vote(kind, confidence, read_kinds, shortened, verdict=verdict, cleared=_is_cleared(text), failed=failed(seen))
    known = weights()
    turned_away = belief.kind in NOT_STARTED and BY_STATUS.get(seen.status or 0) in NOT_STARTED and belief.safety < known.accuse
    outvoted = belief.kind is not kind and confidence >= NAMED and KINDS[kind].action is Action.NONE
    doubtful = belief.repeatable < known.repeat or outvoted
    if turned_away:  # neither paid for nor blocked: only used-up money speaks against another try
        doubtful = belief.spent >= known.spent or (outvoted and kind in NO_CREDIT)
    if belief.kind is None:  # ordinary words: nobody is accused, and what may have been paid for or blocked isn't repeated
        accused = KINDS[kind].group is Group.SAFETY
        if accused:
            kind, action, confidence = _fallback(seen)
        if kind is Kind.MALFORMED_RESPONSE and "speaks" in seen.shapes:
            return Kind.EMPTY_RESULT, Action.NONE if doubtful or accused else None, belief.confidence  # the model answered in words
        return kind, Action.NONE if doubtful or accused else action, min(confidence, belief.confidence)
    if KINDS[belief.kind].group is Group.SAFETY and is_a_guess_about_nothing(text):
        return Kind.EMPTY_RESULT, Action.NONE, belief.confidence
    if belief.kind is not kind:
        action = None
    asked = belief.kind is Kind.SAFETY_OUTPUT and refuses_in_person(text)
    return Kind.SAFETY_PROMPT if asked else belief.kind, Action.NONE if doubtful else action, belief.confidence


def _rejected_at_once(kind: Kind, seen: Signals) -> bool:
    """Whether nothing was drawn, as far as one can tell: never sent, or a full queue. A 500 or 502 whose words only resemble a full queue
    may have been paid for."""
    broke = seen.status is not None and seen.status >= 500 and BY_STATUS.get(seen.status) not in NOT_STARTED
    return seen.phase is Phase.BEFORE_SEND or (kind in NOT_STARTED and not broke)


def _decide(seen: Signals, text: Text, known: Tables) -> Rule | None:
    for rule in known.steps:
        if rule.holds(seen, text):
            return rule
    if seen.exception and (seen.status is None or seen.ok or seen.status == 400):
        for rule in known.transport:
            if rule.holds(seen, text):
                return rule
    for rule in known.of_status(seen.meant or seen.status or 0, seen.tokens):
        if rule.holds(seen, text):
            return rule
    if seen.ok:
        for rule in known.without_error:
            if rule.holds(seen, text):
                return rule
    return None


def _is_about_the_way(kind: Kind, seen: Signals) -> bool:
    """Whether a failed download of a finished picture is only about the file: what its host or the network says doesn't concern the key,
    the model, the request or the health of the service."""
    guessed = kind is Kind.DOWNLOAD_FAILED and seen.status is not None  # from the words of a host that answered: another look costs nothing
    return guessed or KINDS[kind].group in (Group.SERVICE, Group.PARAMETERS) or kind is Kind.MALFORMED_RESPONSE


def _fallback(seen: Signals) -> tuple[Kind, Action | None, float]:
    """Kind by status alone. An inner status says more than a gateway's outer one."""
    status = seen.status
    if seen.inner is not None and (status is None or status < 400 or status in _MASKED):
        status = seen.inner
    if status is not None and 300 <= status < 400:
        return Kind.ENDPOINT_NOT_FOUND, None, 0.5  # image APIs don't redirect calls: the base address isn't the API's
    if status is None and "no_body" in seen.shapes:
        return Kind.SERVER_ERROR, Action.NONE if not seen.exception else None, 0.2
    silent = not _has_words(seen)
    if status is None or status < 400:
        return Kind.MALFORMED_RESPONSE, None, 0.75 if silent else 0.4
    if seen.api.startswith("task") and status in (404, 410):
        return Kind.TASK_LOST, None, 0.6
    return _by_status(status), None, 0.75 if silent and status >= 500 and status in BY_STATUS else 0.45


def _has_words(seen: Signals) -> bool:
    """Whether the answer says anything beyond that something failed."""
    return len(_HOLLOW.sub("", seen.words[:400])) > 2


def _by_status(status: int | None) -> Kind:
    if status is None:
        return Kind.SERVER_ERROR
    known = BY_STATUS.get(status)
    if known is not None:
        return known
    if 400 <= status < 500:
        return Kind.BAD_REQUEST_OTHER
    if 520 <= status < 600:
        return Kind.GATEWAY_ERROR
    return Kind.SERVER_ERROR


def _lowered(kind: Kind, action: Action | None, hint: Hint, seen: Signals) -> Action:
    strongest = KINDS[kind].action
    if strongest is Action.NONE or action is Action.NONE or hint.do_not_repeat:
        return Action.NONE
    if kind is Kind.RATE_LIMITED and hint.order and hint.seconds is not None and hint.seconds > LONG_WAIT:
        return Action.NONE
    if strongest is Action.GENERATE and seen.api in ("download", FETCHED):
        return Action.FETCH
    if (
        strongest is Action.GENERATE
        and seen.api.startswith("task")
        and (seen.status is None or seen.status >= 400)
        and KINDS[kind].group is Group.SERVICE
    ):
        return Action.POLL
    return strongest if action is None else action


def _wait(hint: Hint, kind: Kind) -> float | None:
    if not hint.order and kind is not Kind.RATE_LIMITED:
        return None
    return hint.seconds if KINDS[kind].group in (Group.SERVICE, Group.UNUSABLE) else None


def _failure(kind: Kind, action: Action | None, confidence: float, facts: dict[str, str], wait: float | None) -> Failure:
    rule = KINDS[kind]
    if kind is Kind.OUTPUT_REJECTED:
        raise ValueError("output_rejected comes from a person, never from evidence")
    fixer = rule.who_can_fix
    chosen = rule.action if action is None else action
    if chosen is Action.NONE and fixer is Fixer.NOBODY_WAIT:
        fixer = Fixer.OPERATOR
    return Failure(rule.group, kind, chosen, wait, fixer, confidence, facts)
