"""Pages and words of what stands between us and a provider: nginx, Cloudflare, Vercel, Envoy, Heroku. Guards: `guards`."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, statuses, words

CLOUDFLARE = "developers.cloudflare.com/support/troubleshooting/http-status-codes"
SERVERS = "pages of nginx, Envoy, CloudFront, Heroku, Vercel, Go, Express, FastAPI"
FAMILY = "edge"


def _page(kind: Kind, said: str, source: str = CLOUDFLARE, only: frozenset[int] = frozenset(), family: str = FAMILY) -> Rule:
    return Rule(kind, source, words=words(said), statuses=only, confidence=0.85, family=family)


BEFORE: tuple[Rule, ...] = (
    _page(Kind.RATE_LIMITED, "error 1015 / error code: 1015 / you are being rate limited"),
    _page(Kind.REGION_BLOCKED, "error 1009 / error code: 1009 / block access from your country"),
    Rule(
        Kind.AUTH_PERMISSION,
        "bot/failures/guards.py: refused before the service looked at anything",
        shapes=frozenset({"guard"}),
        confidence=0.9,
        family=FAMILY,
    ),
    _page(Kind.AUTH_PERMISSION, "error 1020 / error code: 1020 / error code: 1010 / error code: 1006"),
    Rule(
        Kind.AUTH_PERMISSION,
        CLOUDFLARE + ": a gateway that quotes the page which its own call got; only with a page, for a prompt may say the same",
        words=words("attention required! / just a moment / sorry, you have been blocked / enable javascript and cookies"),
        shapes=frozenset({"html"}),
        confidence=0.85,
        family=FAMILY,
    ),
    Rule(Kind.ENDPOINT_NOT_FOUND, SERVERS, shapes=frozenset({"html"}), statuses=statuses(404, 405, 410), family=FAMILY),
)
"""Pages whose words are about something else than the API."""

WORDS: tuple[Rule, ...] = (
    _page(
        Kind.ENDPOINT_NOT_FOUND,
        """404 page not found / error 404 / 404 not found / no such route / route not found / cannot post / cannot get /
        unknown request url / invalid url ( / no route matched / endpoint not found / method not allowed / not_found_error /
        unrecognized request url / path not found / page could not be found / 接口不存在 / 路径不存在 / are not enabled""",
        SERVERS,
        statuses(404, 405, 410, 0),
        family="common",
    ),
    _page(
        Kind.TIMEOUT,
        """function_invocation_timeout / edge_function_invocation_timeout / a timeout occurred / error 524 / request timeout /
        error code: 524 / code=h12""",
    ),
    _page(
        Kind.GATEWAY_ERROR,
        """bad gateway / upstream connect error / no healthy upstream / error code: 52 / error code: 53 / error code: 103 / error 52 /
        web server is down / web server returned an unknown / origin is unreachable / host error / gateway error / 502 bad /
        invalid response from / invalid response was received / origin_bad / function_invocation_failed /
        application failed to respond / argo tunnel /
        the request could not be satisfied / econnrefused / upstream prematurely closed / connection refused / connect failed""",
        SERVERS,
        statuses(0, 200, 500, 502, 503, 504, 520, 521, 522, 523, 525, 526, 527, 530),
    ),
)
