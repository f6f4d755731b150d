"""Sentences about money, keys, regions, limits, load and broken servers, in English and Chinese; money before rate, rate before load."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, statuses, words

FACTS = "../shared/platform/failures.md 6-11, 15"
FAMILY = "common"
NO_ANSWER_OF_ITS_OWN = statuses(0, 200, 202, 400, 422, 500, 502, 503, 504, 520, 530, 429)
"""Statuses that a broken server hides behind; a 401, 403 or 404 means what it says."""


def _say(
    kind: Kind,
    *groups: str,
    never: tuple[str, ...] = (),
    nowhere: tuple[str, ...] = (),
    action: Action | None = None,
    confidence: float = 0.85,
    only: frozenset[int] = frozenset(),
) -> Rule:
    return Rule(
        kind, FACTS, statuses=only, words=words(*groups), never=never, nowhere=nowhere, action=action, confidence=confidence, family=FAMILY
    )


MONEY: tuple[Rule, ...] = (
    _say(
        Kind.BILLING_LIMIT,
        "hard limit / billing not active / account is not active / arrear / overdue / past due / spending limit / spend limit / "
        "spending cap / "
        "billing limit / billing is disabled / billing disabled / requires billing / billing to be enabled / enable billing / "
        "payment failed / "
        "unpaid / postpaid / monthly budget / budget limit / budget has been exceeded / budget exceeded / billing account / "
        "欠费 / 账单 / 逾期 / 预算 / 停服",
        never=("rate limit reached",),
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "balance / credit / funds / resource pack / prepaid / top-up / wallet",
        "insufficient / not enough / no available / exhausted / depleted / run out / ran out / out of / exceed / top up / top_up / "
        "recharge / "
        "purchase / add more / requires more / require more / lack / negative / too low / below / is required / zero / eligible / "
        "used up / expired / remaining: 0",
        never=("credentials", "rate limit", "throttled", "load balanc", "credit card is required to increase"),
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "payment required / top up your / check your plan and billing / exceeded your current quota / insufficient quota / "
        "insufficient_quota / "
        "quota is not enough / quota not enough / out of quota / quota exhausted / top_up / no available image quota / "
        "free tier of the model has been exhausted / free quota / free trial / trial has ended / usage limit / daily limit / "
        "daily quota / "
        "monthly limit / monthly quota / weekly limit / not eligible for credits / requires more credits / can only afford / buy more / "
        "purchase more / upgrade your plan to continue / reached your limit / "
        "daily request limit / total request limit / daily image limit / per day",
        nowhere=("per minute", "retrydelay"),
        never=("rate limit reached for",),
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "quota",
        "exceed / exhaust / insufficient / not enough / no available / used up / run out / reached / depleted / has been consumed / zero",
        never=("per minute", "per second", "e.g. check quota", "requests per", "try again in", "will reset after", "reset after"),
        nowhere=("per minute", "perminute", "retry in", "rate limit"),
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "余额 / 额度 / 积分 / 配额 / 点数 / 次数 / 资源包 / 算力 / 套餐 / 残高 / クレジット / 크레딧 / 잔액 / saldo / crédit / "
        "guthaben / credito",
        "不足 / 用尽 / 耗尽 / 已用完 / 用完 / 超出 / 超过 / 透支 / 没有 / 无可用 / 充值 / 到期 / 上限 / 不够 / 부족 / insuficiente / "
        "insuffisant / reicht nicht / 尽",
        never=("频率", "每分钟"),
    ),
    _say(Kind.QUOTA_EXHAUSTED, "请充值 / 请先充值 / 需要充值 / 请续费 / 预扣费"),
    Rule(
        Kind.QUOTA_EXHAUSTED, "RFC 9110 15.5.3: 402 has one meaning among image APIs", statuses=statuses(402), confidence=0.8, family=FAMILY
    ),
)

ACCESS: tuple[Rule, ...] = (
    _say(
        Kind.REGION_BLOCKED,
        "country / region / territory / location / geograph / 地区 / 国家",
        "not supported / unsupported / not available / isn't available / unavailable / not allowed / restricted / blocked / "
        "not permitted / not serve / 不支持 / 不可用 / 限制",
        never=("bucket", "model is not available in region", "try another region"),
    ),
    _say(
        Kind.ORG_VERIFICATION_REQUIRED,
        "organization must be verified / verify organization / organization verification / verified organization / "
        "verify your organization / "
        "identity verification / verify your identity / must be verified / id verification",
    ),
    _say(
        Kind.AUTH_MISSING_KEY,
        "api key / api_key / apikey / token / authorization / bearer / credential / authentication / access key / 令牌 / 密钥 / "
        "key / x-key",
        "didn't provide / did not provide / not provided / no api key / missing / is required / required in / must provide / "
        "must be provided / "
        "please provide / not found in / no token / no auth / no credentials / without / please carry / not supplied / 未提供 / "
        "缺少 / 缺失 / 为空 / 未携带",
        never=("scope", "invalid", "incorrect", "expired", "parameter", "login fail", "keyerror", "permission"),
    ),
    _say(
        Kind.AUTH_INVALID_KEY,
        "api key / api_key / apikey / api-key / api token / access token / auth token / token / credential / authorization / "
        "authentication / secret key / "
        "access key / signature / key / 令牌 / 密钥 / api secret / login fail / jwt / 身份验证 / 认证 / 鉴权",
        "invalid / incorrect / expired / not valid / wrong / malformed / unknown / revoked / inactive / not recognized / not found / "
        "does not exist / "
        "doesn't exist / disabled / no longer valid / login fail / unauthorized / "
        "无效 / 不正确 / 错误 / 过期 / 不存在 / 失败 / 失效 / 已被删除 / 禁用",
        never=(
            "max_tokens",
            "tokens",
            "scope",
            "permission",
            "keyerror",
            "key error",
            "foreign key",
            "moderation failed",
            "safety check",
            "image",
            "unexpected token",
            "parameter",
        ),
    ),
    _say(
        Kind.AUTH_INVALID_KEY,
        "authentication / authorization / login / signature / 身份验证 / 认证 / 鉴权 / 登录",
        "failed / rejected / error / mismatch / failure / 失败 / 错误",
        never=("moderation", "tokens", "proxy"),
    ),
    _say(
        Kind.MODEL_ACCESS_DENIED,
        "model / deployment / 模型",
        "do not have access / does not have access / don't have access / doesn't have access / no access / not have access / "
        "not allowed to / "
        "not authorized / not authorised / access denied / permission / forbidden / not entitled / not activated / not enabled for / "
        "requires access / "
        "gated / request access / waitlist / only available to / not available on your / not included in your plan / upgrade / "
        "无权 / 没有权限 / 未开通 / 无访问权限 / 权限不足 / 没有访问",
        never=("service account", "iam", "aiplatform"),
    ),
    _say(
        Kind.AUTH_PERMISSION,
        "insufficient permission / missing scope / missing_scope / not have permission / no permission / permission denied / "
        "permission ' / lacks permission / "
        "not authorized to / unauthorized to / not enabled for this plan / is not enabled for / not been used in project / "
        "it is disabled / "
        "access denied / access is denied / request denied / forbidden / account is locked / user is locked / account locked / "
        "account has been / "
        "account is disabled / account disabled / account is suspended / has been blocked / ip has been / ip address / "
        "not in whitelist / whitelist / "
        "ip not allowed / not allowed to access / insufficient plan / requires a paid / upgrade your plan / 无权 / 没有权限 / "
        "权限不足 / 无权限 / 封禁 / 禁止访问 / "
        "已禁用 / 被禁用 / ip限制 / 白名单",
    ),
)

LIMITS: tuple[Rule, ...] = (
    _say(
        Kind.RATE_LIMITED,
        "rate limit / rate-limit / ratelimit / rate_limit / too many requests / toomanyrequests / requests per minute / "
        "request per minute / per min / queries per minute / "
        "requests per second / slow down / throttl / call rate / concurrency limit / concurrent / concurrency / parallel task / "
        "too many tasks / qps / "
        "too frequent / too fast / requests too often / try again in a few seconds / simultaneous / in progress limit / burst / "
        "频率 / 频繁 / 限流 / 限速 / 并发 / 请求过多 / 请求过快 / 请求太快 / 速率限制 / 速率 / 每分钟 / レート制限 / "
        "リクエストが多すぎ / 요청이 너무 많",
    ),
    _say(
        Kind.OVERLOADED,
        "overload / no capacity / out of capacity / at capacity / insufficient capacity / capacity exhausted / capacity / "
        "high demand / high load / heavy load / too busy / "
        "is busy / server busy / system busy / currently busy / queue full / queue is full / queue_full / currently loading / "
        "is loading / model loading / warming up / cold start / "
        "no active / no available server / no available account / no available compatible / no available worker / "
        "no available backend / no available image / "
        "no runner / no healthy / no instance / temporarily unavailable / temporarily overloaded / service is unavailable / "
        "service unavailable / currently unavailable / scheduling / "
        "resources are not available / under maintenance / maintenance / heavy traffic / experiencing high / all accounts / "
        "exhausted / too many users / "
        "饱和 / 繁忙 / 负载 / 过载 / 拥挤 / 暂时不可用 / 服务不可用 / 没有可用账号 / 无可用账号 / 没有可用 / 排队 / 队列已满 / "
        "资源不足 / 访问量过大 / 稍后再试 / 稍后重试 / 维护 / "
        "混雑 / しばらくしてから / 과부하 / 혼잡 / 잠시 후",
        confidence=0.7,
    ),
)

BROKEN: tuple[Rule, ...] = (
    _say(
        Kind.TASK_LOST,
        "task / prediction / job / generation id / request_id / message / 任务",
        "not found / does not exist / doesn't exist / no longer exist / has expired / expired / unknown task / was lost / "
        "not exist / 不存在 / 已过期 / 找不到 / 未找到",
        never=("model", "file", "image", "key", "token"),
    ),
    _say(
        Kind.TIMEOUT,
        "timed out / timeout / time out / time-out / deadline exceeded / took too long / exceeded 15-minute / minute timeout / "
        "超时 / タイムアウト / 시간 초과",
        confidence=0.8,
    ),
    _say(
        Kind.SERVER_ERROR,
        "had an error while processing / internal server error / internal error / internal_error / unexpected error / "
        "unknown error / something went wrong / "
        "error occurred while processing / server error / an error occurred / upstream request failed / upstream error / "
        "inference error / worker died / "
        "internal failure / please retry your request / you can retry your request / system error / try again. internal / "
        "processing failed / runtimeerror / "
        "内部错误 / 服务器错误 / 系统错误 / 系统异常 / 服务异常 / 服务器内部 / 内部服务 / 未知错误",
        never=("server connection error",),
        confidence=0.7,
        only=NO_ANSWER_OF_ITS_OWN,
    ),
    _say(Kind.OVERLOADED, "try again later / retry later / try again in", confidence=0.5, only=NO_ANSWER_OF_ITS_OWN),
)
"""Asked last among the words."""

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
        Kind.ENDPOINT_NOT_FOUND, "error pages of web servers", shapes=frozenset({"html"}), statuses=statuses(404, 405, 410), family="edge"
    ),
)

GATEWAY: tuple[Rule, ...] = (
    Rule(
        Kind.ENDPOINT_NOT_FOUND,
        "nginx, Go, FastAPI, Express and OpenAI for unknown routes",
        words=words(
            "404 page not found / error 404 / 404 not found / no such route / route not found / cannot post / cannot get / "
            "unknown request url / invalid url ( / "
            "no route matched / endpoint not found / method not allowed / not_found_error / unrecognized request url / path not found / "
            "接口不存在 / 路径不存在 / are not enabled"
        ),
        statuses=statuses(404, 405, 410, 0),
        family=FAMILY,
    ),
    Rule(
        Kind.RATE_LIMITED,
        "developers.cloudflare.com/support/troubleshooting: 1015",
        words=words("error 1015 / error code: 1015 / you are being rate limited"),
        family="edge",
    ),
    Rule(
        Kind.AUTH_PERMISSION,
        "Cloudflare blocks and challenges",
        words=words(
            "error 1020 / error code: 1020 / attention required! / just a moment / sorry, you have been blocked / error code: 1010 / "
            "error code: 1006 / enable javascript and cookies"
        ),
        family="edge",
    ),
    Rule(
        Kind.REGION_BLOCKED,
        "Cloudflare 1009",
        words=words("error 1009 / error code: 1009"),
        family="edge",
    ),
    Rule(
        Kind.TIMEOUT,
        "Vercel, Cloudflare, Heroku",
        words=words(
            "function_invocation_timeout / edge_function_invocation_timeout / a timeout occurred / error 524 / request timeout / "
            "error code: 524 / h12"
        ),
        family="edge",
    ),
    Rule(
        Kind.GATEWAY_ERROR,
        "nginx, Envoy, Cloudflare, CloudFront, Heroku, Vercel",
        words=words(
            "bad gateway / upstream connect error / no healthy upstream / error code: 52 / error code: 53 / error code: 103 / "
            "error 52 / web server is down / "
            "web server returned an unknown / origin is unreachable / host error / gateway error / 502 bad / "
            "invalid response from upstream / origin_bad / "
            "function_invocation_failed / application failed to respond / argo tunnel / the request could not be satisfied / "
            "econnrefused / "
            "upstream prematurely closed / connection refused / connect failed"
        ),
        statuses=statuses(0, 200, 500, 502, 503, 504, 520, 521, 522, 523, 525, 526, 527, 530),
        family="edge",
    ),
)
