"""What people read about a failure: short and plain for members, exact for operators, never a provider's own words."""

from __future__ import annotations

import re

import pytest

from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import KINDS, Action, Group, Kind
from bot.failures.classify import classify
from bot.failures.explain import AUDIENCES, LADDERS, explain, ladder, spoken_seconds
from bot.failures.guards import UNNAMED
from bot.failures.tls import REASONS
from bot.pixels.errors import WHYS
from bot.texts import keys, text

LONG_FACTS = {
    "status": "400",
    "code": "moderation_blocked",
    "param": "output_compression",
    "allowed": ", ".join(f"{number}x{number}" for number in range(1000, 1016))[:160],
    "limit": "999999999",
    "stage": "output",
    "categories": "sexual, violence",
    "request_id": "req_0123456789abcdef0123456789abcdef",
}


def failure(kind: Kind, wait: float | None = None, action: Action | None = None, **facts: str) -> Failure:
    rule = KINDS[kind]
    return Failure(rule.group, kind, rule.action if action is None else action, wait, rule.who_can_fix, 0.9, facts)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_text_for_every_reader(kind: Kind) -> None:
    for audience in AUDIENCES:
        said = explain(failure(kind), audience)
        assert said[0].isupper()
        assert said.endswith((".", "?"))
        assert "{" not in said


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("wait", [None, 3599.0])
def test_a_members_text_is_short_even_with_the_longest_facts(kind: Kind, wait: float | None) -> None:
    assert len(explain(failure(kind, wait, **LONG_FACTS), "member")) <= 300
    assert len(explain(failure(kind, wait), "moderator")) <= 400


JARGON = re.compile(
    r"\b(?:http|https|api|api key|endpoint|json|tls|ssl|dns|proxy|server|status|timeout|exception|error|null|token|quota|parameter|payload|"
    r"provider|gateway|\d{3})\b|[A-Za-z]+(?:Error|Exception|Timeout)\b|[a-z]+_[a-z]+",
    re.IGNORECASE,
)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_members_text_has_no_jargon_no_status_and_no_class_name(kind: Kind) -> None:
    said = explain(failure(kind, 20.0), "member")
    assert not JARGON.search(said), JARGON.findall(said)


ACTION = re.compile(r"\b(?:[Pp]lease|[Pp]ress)\b")


@pytest.mark.parametrize("kind", list(Kind))
def test_a_members_text_asks_for_exactly_one_thing(kind: Kind) -> None:
    asking = [sentence for sentence in re.split(r"(?<=[.;]) ", explain(failure(kind), "member")) if ACTION.search(sentence)]
    assert len(asking) == 1, asking


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.startswith("safety")])
def test_a_blocked_member_is_not_blamed_and_not_told_to_try_the_same_again(kind: Kind) -> None:
    said = explain(failure(kind), "member").lower()
    for word in ("you violated", "your fault", "forbidden", "not allowed", "illegal", "retry"):
        assert word not in said


def test_a_failure_that_may_be_repeated_after_a_wait_says_when() -> None:
    assert "about 23 seconds" in explain(failure(Kind.RATE_LIMITED, 22.4), "member")
    assert "a few minutes" in explain(failure(Kind.RATE_LIMITED), "member")
    assert "a few minutes" in explain(failure(Kind.RATE_LIMITED, 90_000.0), "member")


@pytest.mark.parametrize("kind", [Kind.RATE_LIMITED, Kind.EMPTY_RESULT])
def test_a_member_is_not_told_to_repeat_what_would_not_work(kind: Kind) -> None:
    said = explain(failure(kind, action=Action.NONE), "member")
    assert "a few minutes" not in said
    assert "once more" not in said
    assert not JARGON.search(said)
    assert len(said) <= 300


@pytest.mark.parametrize("why", WHYS)
def test_what_this_bot_does_not_take_is_named_as_its_own(why: str) -> None:
    found = failure(Kind.NOT_TAKEN, **{"why": why, why: "cdn.example:8080" if why == "address" else "SVG"})
    said = explain(found, "member")
    assert "this bot" in said
    assert "{" not in said
    assert not JARGON.search(said)
    assert not ACTION.search(said)  # the next one would be paid for and be the same
    assert "cdn.example" not in said
    told = explain(found, "operator")
    assert "{" not in told
    assert why != "address" or "cdn.example:8080" in told


def test_allowed_values_and_limits_are_named_where_they_are_known() -> None:
    assert "1024x1024" in explain(failure(Kind.UNSUPPORTED_SIZE, allowed="1024x1024"), "member")
    assert "10 or fewer" in explain(failure(Kind.UNSUPPORTED_COUNT, limit="10"), "member")
    assert "“background”" in explain(failure(Kind.UNSUPPORTED_OPTION, param="background"), "member")


def test_an_operator_reads_the_exact_facts_and_what_the_bot_does_by_itself() -> None:
    said = explain(failure(Kind.SERVER_ERROR, **LONG_FACTS), "operator")
    assert "status 400, code moderation_blocked" in said
    assert "request id req_0123456789abcdef0123456789abcdef" in said
    assert "sends the request again on its own, a limited number of times" in said
    assert "doesn't repeat" in explain(failure(Kind.SERVER_ERROR, action=Action.NONE), "operator")
    assert "waiting doesn't clear" in explain(failure(Kind.RATE_LIMITED, action=Action.NONE), "operator")


def test_an_operator_is_told_that_a_failed_call_was_free() -> None:
    free = classify(
        Evidence(status=403, body={"name": "content_moderation", "errors": ["Your request was denied and you were not charged."]})
    )
    assert "was free" in explain(free, "operator")
    fal = classify(Evidence(status=422, body={"detail": "x"}, headers={"x-fal-billable-units": "0"}))
    assert "was free" in explain(fal, "operator")
    assert "was free" not in explain(failure(Kind.SERVER_ERROR), "operator")


LADDER_WORDS = {
    "key": ("console", "spaces, quotes", "active", "running process", "permissions", "revoke"),
    "rate": ("On its own", "usage", "plan", "fewer or smaller", "batch"),
    "quota": ("billing page", "hard and soft limits", "Top up", "waiting alone doesn't help"),
    "parameters": ("size, quality, number of pictures, prompt length and file type", "gateway", "version"),
    "network": (
        "connection",
        "status page",
        "resolve",
        "Proxy and firewall",
        "TLS and clock",
        "another network",
        "limited number of times",
    ),
    "no_clear_message": ("once more", "short prompt with the default size", "one option at a time", "is the cause"),
    "whose_fault": ("minimal prompt", "text model", "If text works and pictures don't", "If nothing works"),
    "nothing_helped": ("local time with time zone", "request id", "redacted", "second environment", "never keys", "one thing at a time"),
    "safety": ("a person decides", "support", "pause members", "Never switch the model or the wording"),
    "unusable": ("web page", "version", "choose among several", "words afterwards"),
}


@pytest.mark.parametrize("name", LADDER_WORDS)
def test_every_ladder_holds_its_steps_and_some_operator_gets_it(name: str) -> None:
    said = text(f"failures.ladder.{name}")
    for words in LADDER_WORDS[name]:
        assert words in said
    kind = next(kind for kind, names in LADDERS.items() if name in names)
    assert said in explain(failure(kind), "operator")


def test_every_kind_has_a_ladder_and_an_operator_can_read_it_in_chat() -> None:
    assert set(LADDERS) == set(Kind)
    for kind in Kind:
        assert ladder(kind)
        assert len(explain(failure(kind, 90.0, **LONG_FACTS), "operator")) <= 2500


def test_no_text_of_this_room_is_left_unused() -> None:
    used = {f"failures.{kind}.{audience}" for kind in Kind for audience in AUDIENCES}
    extra = {
        key
        for key in keys("failures.")
        if key not in used and not key.startswith(("failures.ladder.", "failures.words.", "failures.reason."))
    }
    assert extra == {
        *(f"failures.quota_exhausted.{audience}_plan" for audience in AUDIENCES),
        "failures.unsupported_size.member_allowed",
        "failures.unsupported_quality.member_allowed",
        "failures.unsupported_count.member_limit",
        "failures.unsupported_option.member_param",
        "failures.prompt_too_long.member_limit",
        "failures.rate_limited.member_wait",
        "failures.rate_limited.member_never",
        "failures.empty_result.member_never",
        "failures.rate_limited.operator_never",
        "failures.overloaded.member_wait",
        *(f"failures.auth_permission.{audience}_guard" for audience in AUDIENCES),
        *(f"failures.network_tls.operator_{reason}" for reason in REASONS),
        *(f"failures.{kind}.operator_reading" for kind in CHARGED_PERHAPS),
        "failures.download_failed.member_never",
        *(f"failures.not_taken.{audience}_{why}" for audience in ("member", "operator") for why in WHYS),
        *(f"failures.{'why' if why in SHARED else kind}.{audience}_{why}" for kind, why in REASONS_WITHIN for audience in AUDIENCES),
    }


REASONS_WITHIN = [
    *((kind, "route") for kind in (Kind.ENDPOINT_NOT_FOUND, Kind.INVALID_MODEL, Kind.UNSUPPORTED_OPTION)),
    *((kind, "plan") for kind in (Kind.MODEL_ACCESS_DENIED, Kind.AUTH_PERMISSION, Kind.QUOTA_EXHAUSTED, Kind.BILLING_LIMIT)),
    *((kind, "terms") for kind in (Kind.MODEL_ACCESS_DENIED, Kind.AUTH_PERMISSION)),
    *((kind, "copyright") for kind in (Kind.SAFETY_PROMPT, Kind.SAFETY_OUTPUT)),
    *((kind, "words") for kind in (Kind.EMPTY_RESULT, Kind.UNSUPPORTED_OPTION)),
    (Kind.QUOTA_EXHAUSTED, "reset"),
]
"""What the same kind may be about, where that asks for other words."""
SHARED = ("route", "plan", "terms", "words")
"""Reasons whose words are the same for every kind."""


@pytest.mark.parametrize(("kind", "why"), REASONS_WITHIN)
def test_a_reason_within_a_kind_has_words_of_its_own(kind: Kind, why: str) -> None:
    found = failure(kind, 76_000.0, Action.NONE, why=why)
    said = {audience: explain(found, audience) for audience in AUDIENCES}
    for audience in AUDIENCES:
        assert "{" not in said[audience]
        assert said[audience].partition("\n\n")[0] != explain(failure(kind, 76_000.0, Action.NONE), audience).partition("\n\n")[0]
    assert not JARGON.search(said["member"])
    assert "spending limit" not in said["member"]
    assert "calm" not in said["member"]


def test_a_limit_that_renews_says_when_however_far_away() -> None:
    found = failure(Kind.QUOTA_EXHAUSTED, 76_000.0, Action.NONE, why="reset")
    assert all("22 hours" in explain(found, audience) for audience in AUDIENCES)


def test_nobody_is_invited_to_buy_a_second_picture_while_the_first_is_drawn() -> None:
    said = explain(failure(Kind.TASK_RUNNING_TIMEOUT, action=Action.POLL), "member")
    assert "Retry" not in said
    assert "a second picture" in said


CHARGED_PERHAPS = ("server_error", "gateway_error", "timeout", "network_reset", "malformed_response", "task_lost")
"""Kinds whose words to the operator speak of what a call may have cost."""


OF_A_LIST = [kind for kind in Kind if KINDS[kind].group is Group.SERVICE and kind is not Kind.TASK_RUNNING_TIMEOUT]
"""What can go wrong with a call that only reads: it holds neither a verdict nor a picture nor a task."""


@pytest.mark.parametrize("kind", [*OF_A_LIST, Kind.MALFORMED_RESPONSE])
def test_nothing_is_said_of_charges_and_repeats_where_the_call_only_read(kind: Kind) -> None:
    said = explain(failure(kind, 20.0, reading="yes", billed="no"), "operator").partition("\n\n")[0]
    for word in ("charged", "paid", "picture may", "sends the request again", "doesn't repeat", "was free"):
        assert word not in said or "nothing can have been charged" in said, said


@pytest.mark.parametrize("reason", list(REASONS))
def test_every_reason_of_a_failed_handshake_has_words_and_says_that_nothing_was_sent(reason: str) -> None:
    said = explain(failure(Kind.NETWORK_TLS, tls=reason), "operator").partition("\n\n")[0]
    assert "nothing was sent" in said
    assert "Common causes" not in said
    assert "self-signed" in explain(failure(Kind.NETWORK_TLS), "operator")


def test_a_proxy_on_the_way_is_named_before_everything_else() -> None:
    said = explain(failure(Kind.NETWORK_TLS, tls="unknown_ca", proxy="yes"), "operator")
    assert said.index("proxy") < said.index("TLS")


@pytest.mark.parametrize("name", ["Cloudflare", UNNAMED])
def test_a_guard_is_named_to_the_operator_and_nobody_is_sent_to_the_key(name: str) -> None:
    refused = failure(Kind.AUTH_PERMISSION, guard=name)
    said = explain(refused, "operator")
    assert said.startswith("A web server or filter" if name == UNNAMED else "Cloudflare sits in front")
    assert "neither the key nor the prompt" in said
    assert "Compare IMAGE_API_KEY" not in said
    member = explain(refused, "member")
    assert not JARGON.search(member)
    assert len(member) <= 300
    assert "security check" in explain(refused, "moderator")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.015, "1 second"),
        (1.0, "1 second"),
        (22.4, "23 seconds"),
        (90.0, "90 seconds"),
        (91.0, "2 minutes"),
        (3600.0, "60 minutes"),
        (86400.0, "24 hours"),
    ],
)
def test_seconds_are_said_rounded_up(seconds: float, said: str) -> None:
    assert spoken_seconds(seconds) == said
