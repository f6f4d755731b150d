"""Sentences about rate, load, lost tasks and broken servers; asked after money, safety, keys and parameters."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, statuses, words
from bot.failures.tokens import phrases

FACTS = "../shared/platform/failures.md 6-8, 12, 15"
FAMILY = "common"
A_SERVER_BROKE = statuses(0, 200, 202, 400, 422, 500, 502, 503, 504, 520, 530)
"""Statuses that a broken server hides behind; a 401, 403, 404 or 429 means what it says."""


def _say(
    kind: Kind, *groups: str, never: str = "", only: frozenset[int] = frozenset(), confidence: float = 0.85, family: str = FAMILY
) -> Rule:
    return Rule(
        kind,
        FACTS,
        words=words(*groups),
        never=phrases(never) if never else (),
        statuses=only,
        confidence=confidence,
        family=FAMILY,
    )


BEFORE: tuple[Rule, ...] = (
    Rule(
        Kind.DOWNLOAD_FAILED,
        FACTS + ": an expired or signed link; it says nothing about the API key",
        apis=("download",),
        statuses=statuses(401, 403, 410),
        action=Action.NONE,
        family=FAMILY,
    ),
    Rule(
        Kind.DOWNLOAD_FAILED,
        FACTS + ": a fresh link may be missing for some seconds",
        apis=("download",),
        statuses=statuses(404),
        family=FAMILY,
    ),
    Rule(
        Kind.CORRUPT_IMAGE,
        FACTS + ": a file of no bytes",
        apis=("download",),
        statuses=statuses(200),
        shapes=frozenset({"empty"}),
        family=FAMILY,
    ),
)
"""Asked first: what a download answers is about the link."""

LIMITS: tuple[Rule, ...] = (
    _say(
        Kind.RATE_LIMITED,
        """rate limit / rate-limit / ratelimit / rate_limit / too many requests / toomanyrequests / requests per minute /
        request per minute / per min / queries per minute / requests per second / slow down / slowdown / request rate / throttl /
        call rate / concurrency / concurrent / parallel task / too many tasks / active tasks / _qps / _rpm / _tpm / _ipm /
        too frequent / too fast / requests too often / simultaneous / in progress limit / _burst / 频率 / 频繁 / 限流 / 限速 /
        并发 / 请求过多 / 请求过快 / 请求太快 / 请求数限制 / 任务数超出 / 速率 / 每分钟 / 分钟内 / レート制限 / リクエストが多すぎ /
        요청이 너무 많""",
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "limit / 上限 / 限额",
        "you've hit / you have hit / you've reached / you have reached / has been reached / limit reached / resets in / will reset / "
        "已达 / 达到",
        never="try again in / at once / 消费 / 预算 / spend",
        confidence=0.7,
    ),
    _say(
        Kind.OVERLOADED,
        """overload / no capacity / out of capacity / at capacity / capacity / high demand / high load / heavy load / too busy /
        is busy / server busy / system busy / currently busy / queue full / queue is full / queue_full / currently loading /
        is loading / model loading / warming up / cold start / no active / no available server / no available account /
        no available compatible / no available worker / no available backend / no available image / no runner / no healthy /
        no instance / temporarily unavailable / service is unavailable / service unavailable / currently unavailable /
        scheduling / resources are not available / temporarily depleted / maintenance / heavy traffic / experiencing high /
        all accounts / too many users /
        饱和 / 繁忙 / 负载 / 过载 / 拥挤 / 暂时不可用 / 服务不可用 / 没有可用账号 / 无可用账号 / 没有可用 / 排队 / 队列已满 / 资源不足 /
        访问量过大 / 稍后再试 / 稍后重试 / 维护 / 混雑 / しばらくしてから / 과부하 / 혼잡 / 잠시 후""",
        only=A_SERVER_BROKE | {408, 409, 423, 425, 429, 499, 521, 524, 529},
        confidence=0.7,
    ),
)

BROKEN: tuple[Rule, ...] = (
    _say(
        Kind.EMPTY_RESULT,
        """no usable / no content / no image / contains no / no url found / no output / no picture / no media / no result / without image /
        without any image / failed to generate output / did not generate / could not generate the image / not generate any /
        identical to the input / same as the input / equals the input / 未返回图片 / 没有返回图片 / 未生成图片""",
        never="quota / provided / available / in request / active / body",
        only=statuses(0, 200, 202, 500),
        confidence=0.7,
    ),
    _say(
        Kind.TASK_LOST,
        "task / prediction / _job / generation id / request_id / message / 任务",
        """not found / does not exist / doesn't exist / no longer exist / has expired / expired / unknown task / was lost / not exist /
        不存在 / 已过期 / 找不到 / 未找到""",
        never="model / file / image / _key / token",
    ),
    _say(
        Kind.TIMEOUT,
        """timed out / timeout / time out / time-out / deadline exceeded / deadline expired / took too long / exceeded 15-minute /
        minute timeout / 超时 / タイムアウト / 시간 초과""",
        only=A_SERVER_BROKE | {408, 524},
        confidence=0.8,
    ),
    _say(
        Kind.NETWORK_RESET,
        """disconnected before / stream disconnected / connection reset / connection lost / stream closed / stream ended before /
        connection closed / connection aborted / broken pipe""",
        only=statuses(0, 200, 500, 502, 503),
        confidence=0.7,
    ),
    _say(
        Kind.SERVER_ERROR,
        """had an error while processing / internal server error / internal error / internal_error / unexpected error / unknown error /
        something went wrong / error occurred while processing / server error / an error occurred / inference error /
        worker died / unexpectedly / internal failure / please retry your request /
        you can retry your request / system error / processing failed / execution failed / ran into a problem /
        内部错误 / 服务器错误 / 系统错误 / 系统异常 / 服务异常 / 服务器内部 / 内部服务 / 未知错误 / 生成失败""",
        never="server connection error",
        only=A_SERVER_BROKE,
        confidence=0.7,
    ),
    _say(Kind.SERVER_ERROR, "upstream request failed / upstream error / runtimeerror", only=A_SERVER_BROKE - {400, 422}, confidence=0.6),
    _say(Kind.OVERLOADED, "try again later / retry later / retry shortly / try again in", only=A_SERVER_BROKE | {429}, confidence=0.5),
)
"""Asked last among the words."""
