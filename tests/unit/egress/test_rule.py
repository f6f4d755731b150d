"""Which way an address is reached, and whose certificates count."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from bot.egress import is_address, place_of, read, warnings
from bot.egress.bypass import bypassed
from bot.settings import SettingsProblem, load
from bot.texts import text
from tests.tls.network import AUTHORITY

IMAGES, CHAT = "https://api.openai.com/v1", "https://discord.com/api/v10"


def ways(env: dict[str, str], images: str = IMAGES, chat: str = CHAT) -> tuple[str | None, str | None]:
    rule = read(env)
    return rule.proxy(images, image=True), rule.proxy(chat)


def test_the_first_proxy_that_is_set_counts() -> None:
    a, b, c, d = (f"http://{name}.example:3128" for name in "abcd")
    assert ways({}) == (None, None)
    assert ways({"https_proxy": d}) == (d, d)
    assert ways({"https_proxy": d, "HTTPS_PROXY": c}) == (c, c)
    assert ways({"HTTPS_PROXY": c, "OUTGOING_PROXY": b}) == (b, b)
    assert ways({"HTTPS_PROXY": c, "OUTGOING_PROXY": b, "IMAGE_PROXY": a}) == (a, b)
    assert ways({"HTTPS_PROXY": c, "OUTGOING_PROXY": "none"}) == (None, None)
    assert ways({"HTTPS_PROXY": c, "IMAGE_PROXY": "none"}) == (None, c)


def test_the_scheme_of_the_address_chooses_among_the_environments_proxies() -> None:
    env = {"HTTPS_PROXY": "http://secure.example:1", "HTTP_PROXY": "http://plain.example:2"}
    assert ways(env, images="http://pictures.lan/v1") == ("http://plain.example:2", "http://secure.example:1")
    assert ways(env, chat="wss://gateway.discord.gg/")[1] == "http://secure.example:1"
    assert ways(env, chat="ws://gateway.lan/")[1] == "http://plain.example:2"


def test_a_plain_service_on_this_machine_is_never_meant_by_a_proxy_of_the_environment() -> None:
    for host in ("127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.8.8.8"):
        assert ways({"HTTP_PROXY": "http://p.example:1", "HTTPS_PROXY": "http://p.example:1"}, images=f"http://{host}/v1")[0] is None
        assert ways({"OUTGOING_PROXY": "http://p.example:1"}, images=f"http://{host}/v1")[0] == "http://p.example:1"


def test_no_proxy_takes_hosts_out_of_all_but_the_proxy_that_is_meant() -> None:
    env = {"NO_PROXY": ".openai.com,discord.com", "HTTPS_PROXY": "http://p.example:1"}
    assert ways(env) == (None, None)
    assert ways({**env, "OUTGOING_PROXY": "http://o.example:1"}) == (None, None)
    assert ways({**env, "IMAGE_PROXY": "http://i.example:1"}) == ("http://i.example:1", None)
    assert read({**env, "IMAGE_PROXY": "http://i.example:1"}).route(CHAT).decided_by == "NO_PROXY"


@pytest.mark.parametrize(
    ("no_proxy", "host", "port", "expected"),
    [
        ("example.com", "example.com", 443, True),
        ("example.com", "a.example.com", 443, True),
        (".example.com", "a.example.com", 443, True),
        ("*.example.com", "a.example.com", 443, True),
        ("example.com", "notexample.com", 443, False),
        ("EXAMPLE.com.", "a.Example.COM", 443, True),
        ("a.example.com", "example.com", 443, False),
        ("example.com:8443", "example.com", 443, False),
        ("example.com:443 other", "example.com", 443, True),
        ("localhost,10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("10.1.2.3:80", "10.1.2.3", 443, False),
        ("0.1.2.3", "10.1.2.3", 443, False),
        ("10.1.2.3:443", "a.10.1.2.3", 443, False),
        ("other.example", "10.1.2.3", 443, False),
        ("10.0.0.1/8", "10.1.2.3", 443, True),
        ("10.0.0.0/99", "10.1.2.3", 443, False),
        ("::1", "::1", 443, True),
        ("[::1]", "::1", 443, True),
        ("[::1]:443", "::1", 443, True),
        ("fd00::/8", "fd12::1", 443, True),
        ("*", "anything.example", 443, True),
        ("", "example.com", 443, False),
        (" , ,", "example.com", 443, False),
        ("10.0.0.0/99,,/,:,[", "example.com", 443, False),
        (".", "example.com", 443, False),
    ],
)
def test_no_proxy_is_read_as_other_programs_read_it(no_proxy: str, host: str, port: int, expected: bool) -> None:
    assert bypassed(host, port, no_proxy) is expected


@pytest.mark.parametrize("value", ["socks5://proxy.example:1080", "http://", "http://proxy.example:port", "://", "http://proxy:0"])
def test_a_proxy_of_the_environment_that_cannot_be_used_is_named_and_not_used(value: str) -> None:
    env = {"HTTPS_PROXY": value}
    assert ways(env) == (None, None)
    (said,) = warnings(env)
    assert "HTTPS_PROXY" in said
    assert said in load(env).warnings


def test_a_proxy_without_a_scheme_is_an_http_proxy() -> None:
    assert ways({"HTTPS_PROXY": "proxy.example:3128"})[0] == "http://proxy.example:3128"
    assert place_of("http://me:word@proxy.example:3128") == "proxy.example:3128"
    assert [place_of(one) for one in ("https://p.example", "http://p.example", "http://[::1]:3128")] == [
        "p.example:443",
        "p.example:80",
        "[::1]:3128",
    ]


@pytest.mark.parametrize(("host", "expected"), [("10.1.2.3", True), ("fe80::1%eth0", True), ("ten.example", False)])
def test_a_host_is_an_address_or_a_name(host: str, expected: bool) -> None:
    assert is_address(host) is expected


def test_passwords_of_proxies_are_secrets_however_they_are_written() -> None:
    for value in ("http://me:proxy-canary-1@p.example:1", "me:proxy-canary-1@p.example:1"):
        for name in ("HTTPS_PROXY", "OUTGOING_PROXY", "http_proxy"):
            if "://" in value or name != "OUTGOING_PROXY":
                settings = load({name: value})
                assert "proxy-canary-1" in settings.secrets()
                assert "proxy-canary-1" not in repr(settings)


OURS = "imagine-bot tests: a company"


def test_our_own_authority_is_added_to_the_systems() -> None:
    named = read({"IMAGE_CA_FILE": str(AUTHORITY)}).context()
    assert OURS in str(named.get_ca_certs())
    assert named.check_hostname
    assert named.verify_mode is ssl.CERT_REQUIRED


def test_the_environments_certificates_replace_the_systems(tmp_path: Path) -> None:
    context = read({"SSL_CERT_FILE": str(AUTHORITY), "SSL_CERT_DIR": str(tmp_path)}).context()
    assert [OURS in str(one) for one in context.get_ca_certs()] == [True]


def test_certifi_fills_in_only_where_the_system_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = ssl.DefaultVerifyPaths("", "", "", str(tmp_path / "no.pem"), "", str(tmp_path / "no"))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    assert len(read({}).context().get_ca_certs()) > 50
    assert read({"SSL_CERT_FILE": str(tmp_path / "typo.pem")}).context().get_ca_certs() == [], (
        "what was named and is missing is not replaced"
    )
    (tmp_path / "one.0").write_bytes(AUTHORITY.read_bytes())
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere._replace(openssl_capath=str(tmp_path)))
    assert read({}).context().get_ca_certs() == [], "OpenSSL reads a folder while it looks for a certificate"
    full = nowhere._replace(openssl_cafile=str(AUTHORITY))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: full)
    assert len(read({}).context().get_ca_certs()) == 1


def test_the_trusted_certificates_are_named() -> None:
    system = text("egress.trust_system")
    assert read({}).trusts() == system
    assert read({"IMAGE_CA_FILE": "/ours.pem"}).trusts() == text("egress.trust_also", store=system, file="/ours.pem")
    named = text("egress.trust_named", named="SSL_CERT_FILE (/a.pem)")
    assert read({"SSL_CERT_FILE": "/a.pem"}).trusts() == named


def test_a_place_without_certificates_is_named_at_the_start(tmp_path: Path) -> None:
    env = {"SSL_CERT_FILE": str(tmp_path / "typo.pem"), "SSL_CERT_DIR": str(tmp_path / "nowhere")}
    said = " ".join(load(env).warnings)
    assert "typo.pem" in said
    assert "nowhere" in said
    assert load({"SSL_CERT_FILE": str(AUTHORITY), "SSL_CERT_DIR": str(tmp_path)}).warnings == ()


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\x30\x82\x01"])
def test_an_authority_that_cannot_be_read_stops_the_start_with_words(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsProblem, match="IMAGE_CA_FILE"):
        load({"IMAGE_CA_FILE": str(file)})
