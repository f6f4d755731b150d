"""Sentences about money, regions, keys and permissions, in English and Chinese. Money comes before keys, and both before rate."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, statuses, words
from bot.failures.tokens import phrases

FACTS = "../shared/platform/failures.md 6-11"
FAMILY = "common"


def _say(kind: Kind, *groups: str, never: str = "", nowhere: str = "", action: Action | None = None, confidence: float = 0.85) -> Rule:
    return Rule(
        kind,
        FACTS,
        words=words(*groups),
        never=phrases(never) if never else (),
        nowhere=phrases(nowhere) if nowhere else (),
        action=action,
        confidence=confidence,
        family=FAMILY,
    )


MONEY: tuple[Rule, ...] = (
    _say(
        Kind.BILLING_LIMIT,
        """hard limit / billing not active / billing_not_active / account is not active / arrear / overdue / past due / spending limit /
        spend limit / spending cap / billing limit / billing is disabled / billing disabled / requires billing / billing to be enabled /
        enable billing / payment did not / card was declined / card declined / payment declined / update your card /
        update your payment / payment failed / failed payment / unpaid / postpaid / monthly budget / budget limit /
        budget has been exceeded /
        budget exceeded / billing account / billed users / good standing / 欠费 / 账单 / 逾期 / 预算 / 停服""",
        never="rate limit reached",
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "balance / credit / _funds / resource pack / resource package / prepaid / wallet",
        """insufficient / not enough / don't have enough / no available / exhausted / depleted / run out / ran out / out of / exceed /
        top up / top_up / recharge / purchase / add more / requires more / require more / _lack / negative / too low / below /
        is required / zero / eligible / used up / used all / expired / remaining: 0 / doesn't have any / no more / no remaining /
        no credit / enough""",
        never="credentials / rate limit / throttled / load balanc / credit card is required to increase",
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        """payment required / top up your / exceeded your current quota / insufficient quota / insufficient_quota /
        quota is not enough / quota not enough / out of quota / quota exhausted / top_up / model has been exhausted / free quota /
        free trial / trial has ended / usage limit / daily limit / daily quota / monthly limit / monthly quota / weekly limit /
        not eligible for credits / requires more credits / can only afford / buy more / purchase more /
        upgrade your plan to continue / daily request limit / total request limit / daily image limit / not enough api tokens /
        insufficient tokens / used up your / consumed all / _0 credit / free allocation / daily free /
        included credits / plan expired / subscription expired / subscription has expired""",
        nowhere="per minute / retrydelay / resource exhausted per min",
        never="rate limit reached for",
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        "quota",
        "exceed / exhaust / insufficient / not enough / no available / used up / run out / reached / depleted / consumed / zero",
        never="per minute / per second / check quota / requests per / try again in / will reset after / reset after",
        nowhere="per minute / perminute / retry in / rate limit",
    ),
    _say(
        Kind.QUOTA_EXHAUSTED,
        """余额 / 额度 / 积分 / 配额 / 点数 / 次数 / 资源包 / 算力 / 套餐 / 残高 / クレジット / 크레딧 / 잔액 / saldo / crédit /
        guthaben / credito""",
        """不足 / 用尽 / 耗尽 / 已用完 / 用完 / 超出 / 超过 / 透支 / 没有 / 无可用 / 充值 / 到期 / 上限 / 不够 / 부족 / insuficiente /
        insuffisant / reicht nicht / 尽""",
        never="频率 / 每分钟",
    ),
    _say(Kind.QUOTA_EXHAUSTED, "请充值 / 请先充值 / 需要充值 / 请续费 / 预扣费"),
    Rule(Kind.QUOTA_EXHAUSTED, "RFC 9110 15.5.3: 402 has one meaning here", statuses=statuses(402), confidence=0.8, family=FAMILY),
)

ACCESS: tuple[Rule, ...] = (
    _say(
        Kind.REGION_BLOCKED,
        "country / region / territory / location / geograph / 地区 / 国家",
        """not supported / unsupported / not available / isn't available / unavailable / not allowed / restricted / block /
        not permitted / not serve / not offered / 不支持 / 不可用 / 限制""",
        never="bucket / model is not available in region / try another region",
    ),
    _say(
        Kind.ORG_VERIFICATION_REQUIRED,
        """organization must be verified / verify organization / organization verification / verified organization /
        verify your organization / identity verification / verify your identity / id verification / verification not completed /
        real name verif / 实名认证""",
    ),
    _say(
        Kind.AUTH_MISSING_KEY,
        """api key / api_key / apikey / api-key / token / authorization / bearer / credential / authentication / access key / 令牌 /
        密钥 / x-key / unregistered callers""",
        """didn't provide / did not provide / not provided / no api key / missing / is required / required in / must provide /
        please supply / must supply / must be provided / please provide / not found in / no token / no auth / no credentials /
        without / please carry / not supplied / 未提供 / 缺少 / 缺失 / 为空 / 未携带 / 未收到""",
        never="scope / required parameter / missing parameter / login fail / keyerror / permission",
        nowhere="invalid / incorrect / expired",
    ),
    _say(
        Kind.AUTH_INVALID_KEY,
        """api key / api_key / apikey / api-key / api token / access token / auth token / token / credential / authorization /
        authentication / secret key / access key / signature / _key / 令牌 / 密钥 / api secret / login fail / jwt / 身份验证 /
        认证 / 鉴权""",
        """invalid / incorrect / expired / not valid / wrong / malformed / unknown / revoked / inactive / not recognized / not found /
        does not exist / doesn't exist / disabled / no longer valid / login fail / unauthorized / not match / not be validated /
        leaked / not pass a valid / validation failed / bad credential / 无效 / 不正确 / 错误 / 过期 / 不存在 / 失败 / 失效 /
        已被删除 / 禁用 / 非法""",
        never="""keyword /
        max_tokens / tokens / scope / permission / keyerror / key error / foreign key / moderation failed / safety check / image /
        unexpected token / parameter / json""",
    ),
    _say(
        Kind.AUTH_INVALID_KEY,
        "authentication / authorization / login / signature / 身份验证 / 认证 / 鉴权 / 登录",
        "failed / rejected / error / mismatch / failure / 失败 / 错误",
        never="moderation / tokens / proxy",
    ),
    _say(
        Kind.MODEL_ACCESS_DENIED,
        "model / deployment / 模型",
        """do not have access / does not have access / don't have access / doesn't have access / no access / not have access /
        not allowed to / not authorized / not authorised / access denied / permission / forbidden / not entitled / not activated /
        not enabled for / requires access / gated / request access / waitlist / only available to / not available on your /
        not included in your plan / not support model / upgrade / 无权 / 没有权限 / 未开通 / 无访问权限 / 权限不足 / 没有访问""",
        never="service account / iam / aiplatform",
        nowhere="not exist / not found / doesn't exist",
    ),
    _say(
        Kind.AUTH_PERMISSION,
        """insufficient permission / sufficient permission / missing scope / missing_scope / not have permission / no permission /
        permission denied / permission ' / lacks permission / not authorized to / unauthorized to / not enabled for this plan /
        is not enabled for / not been used in project / it is disabled / access denied / access is denied / request denied / forbidden /
        account is locked / user is locked / account locked / account has been / account is disabled / account disabled /
        account is suspended / account suspended / has been blocked / ip has been / ip address / whitelist / allowlist /
        ip not allowed / not allowed to access / insufficient plan / requires a paid / upgrade your plan / firewall rule /
        无权 / 没有权限 / 权限不足 / 无权限 / 封禁 / 禁止访问 / 已禁用 / 被禁用 / ip限制 / 白名单 / 不在令牌允许""",
    ),
)
