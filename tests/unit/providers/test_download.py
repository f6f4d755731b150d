"""Picture addresses are strangers' addresses."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Kind
from bot.domain.outcome import Billed, Outcome
from bot.failures.classify import classify
from bot.failures.explain import AUDIENCES, explain
from bot.gate.port import Verdict
from bot.gate.signals import Signal, signal_of
from bot.ports import SystemPorts
from bot.providers.download import is_public
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from tests.unit.providers.wire import Exchange, a_call, picture, provider, serving

INSIDE = """
    127.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 224.0.0.1 255.255.255.255 192.0.2.1
    198.18.0.1 192.88.99.1 ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2002:0a00:1:: ::127.0.0.1
    fd00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 2001:db8::1 5f00::1 2001:0:7f00:1:: example.com 1.2.3.4.5 127.1
"""


@pytest.mark.parametrize("address", ["", *INSIDE.split()])
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4001::1"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


def whole(body: bytes) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(body))


def moved(to: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": to}, stream=httpx.ByteStream(b""))


class Web(httpx.AsyncBaseTransport):
    """The open internet of a test: what was asked of it, and its answers."""

    def __init__(self, url: str, answers: Sequence[httpx.Response] = ()) -> None:
        self.url = url
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return whole(json.dumps({"data": [{"url": self.url}]}).encode())
        self.asked.append(request)
        return self.answers.pop(0) if self.answers else whole(picture())


async def fetch(web: Web, folder: Path, *lookups: list[str]) -> Outcome:
    left = list(lookups) or [["93.184.216.34"]]

    async def lookup(host: str, port: int) -> Sequence[str]:
        return left.pop(0)

    store = PictureStore(folder)
    made = HttpProvider("https://api.openai.com/v1", "sk-canary", store, SystemPorts(), transport=web, lookup=lookup)
    try:
        return await made.call(a_call())
    finally:
        await made.aclose()
        store.close()


def evidence(outcome: Outcome) -> Evidence:
    assert outcome.pictures == ()
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert failure.kind is Kind.DOWNLOAD_FAILED
    assert (failure.action is Action.FETCH) == (outcome.pending is not None)
    return outcome.shortfall


def refusal(outcome: Outcome, why: str) -> str:
    """Our own refusal, named as ours; gives what is said of it."""
    assert outcome.pictures == ()
    assert outcome.pending is None
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, failure.action, failure.facts["why"]) == (Kind.NOT_TAKEN, Action.NONE, why)
    return failure.facts[why]


async def test_the_connection_goes_to_the_checked_address_under_the_right_name_and_without_the_key(tmp_path: Path) -> None:
    web = Web("https://cdn.example/a.png?sig=1")
    outcome = await fetch(web, tmp_path, ["93.184.216.34", "8.8.8.8"])
    assert len(outcome.pictures) == 1
    asked = web.asked[0]
    assert str(asked.url) == "https://93.184.216.34/a.png?sig=1"
    assert asked.headers["host"] == "cdn.example"
    assert asked.extensions["sni_hostname"] == "cdn.example"
    assert "canary" not in str(asked.headers.raw)
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/a.png",
        "https://cdn.example:22/a.png",
        "https://user:password@cdn.example/a.png",
        "file:///etc/passwd",
        "ftp://cdn.example/a.png",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "javascript:alert(1)",
        "http://example.com\\@127.0.0.1/",
        "https://[::1/a.png",
        "https://\ud800.example/",
    ],
)
async def test_an_address_of_another_kind_is_refused_unasked(tmp_path: Path, url: str) -> None:
    web = Web(url)
    outcome = await fetch(web, tmp_path)
    assert web.asked == []
    assert refusal(outcome, "address")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "0", "[::1]", "[::ffff:7f00:1]", "localhost", "[64:ff9b::7f00:1]"]
)
async def test_a_spelling_of_this_machine_is_found_out_by_the_real_resolver(tmp_path: Path, host: str) -> None:
    web = Web(f"https://{host}/a.png")
    store = PictureStore(tmp_path)
    made = HttpProvider("https://api.openai.com/v1", "sk-canary", store, SystemPorts(), transport=web)
    outcome = await made.call(a_call())
    store.close()
    assert web.asked == []
    assert refusal(outcome, "address").endswith(":443")


async def test_a_name_with_one_private_address_among_public_ones_is_refused(tmp_path: Path) -> None:
    web = Web("https://mixed.example/a.png")
    assert refusal(await fetch(web, tmp_path, ["93.184.216.34", "10.0.0.1"]), "address") == "mixed.example:443"
    assert web.asked == []


async def test_a_redirect_is_checked_like_the_first_address(tmp_path: Path) -> None:
    web = Web("https://cdn.example/a.png", [moved("https://inside.example/b.png")])
    assert refusal(await fetch(web, tmp_path, ["93.184.216.34"], ["127.0.0.1"]), "address") == "inside.example:443"
    assert len(web.asked) == 1
    web = Web("https://cdn.example/a.png", [moved("/b.png")])
    outcome = await fetch(web, tmp_path, ["93.184.216.34"], ["93.184.216.35"])
    assert len(outcome.pictures) == 1
    assert str(web.asked[1].url) == "https://93.184.216.35/b.png"


async def test_redirects_end(tmp_path: Path) -> None:
    web = Web("https://cdn.example/a.png", [moved("/again") for _ in range(20)])
    evidence(await fetch(web, tmp_path, *[["93.184.216.34"]] * 20))
    assert len(web.asked) == 4


async def test_an_encoded_or_endless_file_is_refused(tmp_path: Path) -> None:
    packed = httpx.Response(200, headers={"content-encoding": "br"}, stream=Endless())
    assert refusal(await fetch(Web("https://a.example/x", [packed]), tmp_path), "encoding") == "br"
    assert refusal(await fetch(Web("https://a.example/x", [httpx.Response(200, stream=Endless())]), tmp_path), "bytes") == "40 MB"
    failed = await fetch(Web("https://a.example/x", [httpx.Response(404, stream=Endless())]), tmp_path)
    assert len(evidence(failed).body) <= 64 * 1024  # type: ignore[arg-type]
    assert failed.pending is not None


class Endless(httpx.AsyncByteStream):
    async def __aiter__(self):  # type: ignore[no-untyped-def]
        while True:
            yield b"x" * 1_000_000


async def test_a_name_that_is_not_found_can_be_tried_again(tmp_path: Path) -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        raise OSError(-3, "Temporary failure in name resolution")

    store = PictureStore(tmp_path)
    made = HttpProvider("https://api.openai.com/v1", "k", store, SystemPorts(), transport=Web("https://a.example/x"), lookup=lookup)
    outcome = await made.call(a_call())
    store.close()
    assert outcome.pending is not None


async def test_the_operators_own_server_may_be_private_and_gets_the_key(tmp_path: Path) -> None:
    async def handler(exchange: Exchange) -> None:
        if exchange.path.endswith("/generations"):
            await exchange.answer({"data": [{"url": "/generated/a.png"}]})
        else:
            await exchange.answer(picture(), content_type="image/png")

    async with serving(handler) as server, provider(server.base_url, tmp_path) as made:
        outcome = await made.call(a_call())
    assert len(outcome.pictures) == 1
    assert server.seen[1].path == "/generated/a.png"
    assert b"bearer sk-test" in server.seen[1].head.lower()


async def test_another_port_of_the_operators_machine_is_a_stranger(tmp_path: Path) -> None:
    async def never(exchange: Exchange) -> None:
        await exchange.answer(picture())

    async with serving(never) as other:

        async def handler(exchange: Exchange) -> None:
            await exchange.answer({"data": [{"url": f"http://127.0.0.1:{other.port}/a.png"}]})

        async with serving(handler) as server, provider(server.base_url, tmp_path) as made:
            assert refusal(await made.call(a_call()), "address") == f"127.0.0.1:{other.port}"
    assert other.seen == []


async def test_a_task_at_another_host_is_not_polled_with_the_key(tmp_path: Path) -> None:
    async def never(exchange: Exchange) -> None:
        await exchange.answer({})

    async with serving(never) as other:

        async def handler(exchange: Exchange) -> None:
            task = {"task_id": "t1", "status": "processing", "poll_url": f"http://127.0.0.1:{other.port}/t1"}
            await exchange.answer(task, 202)

        async with serving(handler) as server, provider(server.base_url, tmp_path) as made:
            outcome = await made.call(a_call())
            assert outcome.pending is not None
            polled = await made.collect(a_call(), outcome.pending)
    assert other.seen == []
    assert polled.shortfall is not None


class Broken(httpx.AsyncBaseTransport):
    """The image service answers; the picture's host does not."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return whole(json.dumps({"data": [{"url": "https://cdn.example/a.png"}]}).encode())
        raise self.error


TLS = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), Kind.NETWORK_DNS),
        (httpx.ConnectError("All connection attempts failed"), Kind.NETWORK_CONNECT),
        (httpx.ConnectTimeout(""), Kind.NETWORK_CONNECT),
        (httpx.ReadTimeout(""), Kind.TIMEOUT),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), Kind.NETWORK_RESET),
        (httpx.RemoteProtocolError("peer closed connection without sending complete message body"), Kind.MALFORMED_RESPONSE),
        (httpx.ProxyError("403 Forbidden"), Kind.NETWORK_PROXY),
        (TLS, Kind.NETWORK_TLS),
    ],
)
async def test_what_fails_while_a_picture_is_fetched_is_told_as_that(tmp_path: Path, error: Exception, cause: Kind) -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"]

    store = PictureStore(tmp_path)
    made = HttpProvider("https://api.openai.com/v1", "k", store, SystemPorts(), transport=Broken(error), lookup=lookup)
    outcome = await made.call(a_call())
    about_the_file(outcome, cause.value)
    for _ in range(10):
        assert outcome.pending is not None
        outcome = await made.collect(a_call(), outcome.pending)
        about_the_file(outcome, cause.value)
        if outcome.pending is None:
            break
    assert outcome.pending is None  # six times in all, a minute of pauses
    await made.aclose()
    store.close()


@pytest.mark.parametrize("status", [301, 400, 404, 407, 408, 418, 429, 500, 502, 503, 530])
async def test_a_status_of_a_pictures_host_is_about_the_file(tmp_path: Path, status: int) -> None:
    body = b"<html>Access denied: model not found, invalid api key, rate limit</html>"
    outcome = await fetch(Web("https://cdn.example/a.png", [httpx.Response(status, stream=httpx.ByteStream(body))]), tmp_path)
    about_the_file(outcome)
    assert outcome.pending is not None


@pytest.mark.parametrize("status", [401, 403, 410])
async def test_a_link_that_is_too_old_is_not_fetched_again(tmp_path: Path, status: int) -> None:
    outcome = await fetch(Web("https://cdn.example/a.png", [httpx.Response(status, stream=httpx.ByteStream(b""))]), tmp_path)
    about_the_file(outcome)
    assert outcome.pending is None


def about_the_file(outcome: Outcome, cause: str | None = None) -> None:
    """Made and paid for; the base address, the key and the health of the image service are out of it."""
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, failure.facts["address"], outcome.billed) == (Kind.DOWNLOAD_FAILED, "cdn.example:443", Billed.YES)
    assert cause is None or failure.facts["way"] == cause
    assert signal_of(Verdict(failure)) is Signal.SERVED
    for audience in AUDIENCES:
        said = explain(failure, audience)
        assert "nothing was sent" not in said
        assert "couldn't find the image service" not in said
    assert "cdn.example:443" in explain(failure, "operator")


async def test_a_damaged_file_is_fetched_again_and_not_made_again(tmp_path: Path) -> None:
    web = Web("https://cdn.example/a.png", [whole(picture()[:100])])
    outcome = await fetch(web, tmp_path)
    assert outcome.shortfall is not None
    failure = classify(outcome.shortfall)
    assert (failure.kind, failure.action) == (Kind.CORRUPT_IMAGE, Action.FETCH)
    assert outcome.pending is not None


async def test_a_file_of_a_type_that_is_not_shown_is_not_fetched_again(tmp_path: Path) -> None:
    web = Web("https://cdn.example/a.svg", [whole(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")])
    assert refusal(await fetch(web, tmp_path), "type") == "SVG"


async def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    packed = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress(picture())))
    assert len((await fetch(Web("https://a.example/x", [packed]), tmp_path)).pictures) == 1
    bomb = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress(b"0" * 300_000_000)))
    assert refusal(await fetch(Web("https://a.example/x", [bomb]), tmp_path), "bytes") == "40 MB"
