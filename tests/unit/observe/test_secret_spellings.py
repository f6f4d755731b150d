"""A known secret is found in every spelling in which a service, a proxy or a library may repeat it."""

from __future__ import annotations

import base64

import pytest

from bot.domain.outcome import Applied, Outcome, Picture
from bot.observe.secret_spellings import SecretFinder
from bot.providers.service_words import request_id_of, without_key
from tests.e2e.leaking import KEY, SETTINGS, leaked, spellings


@pytest.mark.parametrize("secret", SETTINGS.values(), ids=SETTINGS.keys())
def test_no_spelling_hides_a_secret_and_what_is_around_it_stays(secret: str) -> None:
    finder = SecretFinder([secret])
    for written in (*spellings(secret), f"{secret[:9]}***{secret[-9:]}"):
        said = f"The size 7x7 is wrong. {written} | Use 1024x1024 instead."
        clean = finder.without(said, "[secret]")
        assert leaked(clean) == [], written
        assert clean.startswith("The size 7x7 is wrong. ")
        assert clean.endswith(" | Use 1024x1024 instead.")
    assert list(finder.find("The size 7x7 is wrong: a lighthouse at 100% &amp; more\nUse 1024x1024 instead.")) == []


def test_a_host_only_counts_as_a_whole() -> None:
    finder = SecretFinder([], ["proxy-03.corp.example-office.net"])
    assert not finder.is_in("an example-office.net page")
    assert finder.is_in(base64.b64encode(b"at proxy-03.corp.example-office.net").decode())
    assert not SecretFinder([]).is_in("anything")


def test_what_people_read_of_a_service_has_no_key_in_it() -> None:
    auth = {"authorization": f"Bearer {KEY}"}
    drawn = Picture("0" * 64, "png", 8, 8, 100, revised_prompt=f"A lighthouse, drawn for {KEY}.")
    for named in (KEY, f"req_{KEY}", KEY.encode().hex()):
        outcome = without_key(Outcome((drawn,), provider_request_id=named, applied=Applied("high", KEY)), auth)
        assert outcome.provider_request_id is None
        assert outcome.applied == Applied("high", "")
        assert outcome.pictures[0].revised_prompt == "A lighthouse, drawn for [secret]."
    same = Outcome((), provider_request_id="req_a1b2c3d4e5f60718", applied=Applied("high", "gpt-image-2"))
    assert without_key(same, auth) == same
    assert request_id_of({"x-request-id": "req_1"}) == "req_1"
    assert request_id_of({"x-request-id": "not an id"}) is None
