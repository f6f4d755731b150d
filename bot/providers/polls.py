"""What an answer to a poll says about its task: only a clear end ends a task that was paid for."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.domain.outcome import Outcome
from bot.domain.statuses import is_about_the_task
from bot.failures.classify import classify

_OWN_REFUSAL = "bot.NotTaken:"


def says_nothing(outcome: Outcome) -> bool:
    """Whether a poll without pictures leaves its task open: no answer, a busy or broken service, a page instead of JSON, or an answer
    that says the task goes on in words of its own. What fails about its finished picture is no matter of the poll, and an address that the
    bot doesn't open stays closed."""
    seen = outcome.shortfall
    if seen is None or seen.api != "task.poll" or outcome.cancelled or (seen.exception or "").startswith(_OWN_REFUSAL):
        return False
    if not is_about_the_task(outcome.status):
        return True
    if outcome.status in (200, 201, 202) and not _is_json(seen.body):
        return True
    return classify(seen).kind is Kind.TASK_RUNNING_TIMEOUT


def _is_json(body: object) -> bool:
    if isinstance(body, str):
        return body.lstrip()[:1] in ("{", "[")
    return not isinstance(body, bytes) or body.lstrip()[:1] in (b"{", b"[")
