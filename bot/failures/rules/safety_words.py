"""Sentences of a refusal, in the languages that models and gateways answer in.

A verdict needs a verb and its matter; a mention of moderation is none.
"""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, statuses, words
from bot.failures.tokens import phrases

FACTS = "../shared/platform/failures.md 1-3; public threads of users"
FAMILY = "common"

BROKEN_CHECK = """
    timed out / timeout / time out / unavailable / not available / service error / internal error / could not be reached / connection /
    超时 / 服务异常 / 调用失败 / 接口
"""
"""What the machinery of a check says about itself, which is no verdict about the content."""

_BROKEN = phrases(BROKEN_CHECK)

GUARDS: tuple[Rule, ...] = (
    Rule(
        Kind.TIMEOUT,
        FACTS + ": a guess at moderation in the text of a time-out",
        words=words("timed out / timeout / time out / 超时", "moderation / 审核 / safety check / content check / content filter"),
        never=("rejected", "blocked by", "violat"),
        family=FAMILY,
    ),
    Rule(
        Kind.TIMEOUT,
        FACTS,
        statuses=statuses(408, 504, 524),
        words=words("timed out / timeout / time out / 超时"),
        family=FAMILY,
    ),
    Rule(
        Kind.AUTH_INVALID_KEY,
        FACTS + ": the gateway's own key for its moderation service",
        words=words("moderation failed: 401 / moderation error: 401 / moderation failed: 403 / moderation request failed: 401"),
        family=FAMILY,
    ),
    Rule(
        Kind.SERVER_ERROR,
        FACTS + ": the check itself broke",
        statuses=statuses(500, 502, 503),
        words=words(
            """moderation failed / moderation error / moderation service / failed to moderate / moderation request / moderation api /
            moderation check failed / safety check failed to / moderation unavailable / 审核服务 / 审核失败 / 审核异常 / 审核接口"""
        ),
        never=("violat", "your prompt", "rejected", "flagged"),
        confidence=0.7,
        family=FAMILY,
    ),
    Rule(
        Kind.SERVER_ERROR,
        FACTS + ": the check itself broke",
        words=words(
            "failed to / unable to / could not / error while / error during / error in / exception in / error running",
            "moderation / content check / safety check / content filter / content safety / image check",
        ),
        never=("violat", "flagged", "rejected", "blocked", "your prompt", "failed to pass", "complete", "generat", "fulfil"),
        statuses=statuses(0, 200, 500, 502, 503, 504),
        confidence=0.7,
        family=FAMILY,
    ),
    Rule(
        Kind.UNSUPPORTED_OPTION,
        FACTS + ": the option called moderation",
        words=words(
            "moderation / safety_checker / safety_tolerance / safety_filter_level / safety settings / field content_filter / "
            "content_filter_level / parameter content_filter / 'content_filter' / content_filter must / content_filter is",
            "invalid / unsupported / unknown / must be / expected / not supported / unrecognized",
        ),
        never=("rejected", "blocked", "violat", "flagged", "prompt contains", "inappropriate"),
        statuses=statuses(400, 422),
        confidence=0.8,
        family=FAMILY,
    ),
)

_VERDICT = """
    rejected / blocked / flagged / filtered / violat / prohibit / not allowed / disallowed / refused / denied / declined / failed /
    against / inappropriate / unsafe / harmful / triggered / not permitted / detected / banned / objectionable / moderated / not pass /
    didn't pass / forbidden / not follow / not adhere / not align / not meet / not compliant / not in compliance / non-compliant /
    contravene / breach / restricted / cannot be / can't be / contain / unacceptable / risk / not comply / infring
"""
_MATTER = """
    safety system / safety filter / safety check / safety review / safety guard / safety polic / safety guideline / safety reason /
    safety concern / safety measure / safety standard / content policy / content policies / content moderation / content guideline /
    content filter / content checker / content check / content management policy / content safety / content restriction / usage policy /
    usage policies / usage guideline / community guideline / community standard / responsible ai / moderation system /
    moderation filter / moderation check / moderation polic / ai moderator / our moderator / nsfw / not safe for work /
    safety_violations / acceptable use / use policy / our policies / our policy / platform policy / google's policies / policy against /
    generative ai prohibited / terms of service / terms of use / guardrail / safety threshold / trust and safety / prohibited content /
    sensitive word / sensitive content / sensitive information / sensitive material / explicit content / inappropriate content /
    unsafe content / harmful content / offensive content / adult content / sexual content / violent content / illegal content /
    banned word / banned prompt / forbidden word / by moderation / our guidelines / content security / security detection /
    content audit / copyright / trademark / sexually suggestive / sexually explicit / intellectual property / policy violation /
    content violation
"""
_FLAGGED = """
    flagged as sensitive / flagged as nsfw / flagged as unsafe / flagged as inappropriate / flagged by / was flagged /
    were flagged / been flagged / request was flagged / contains sensitive / contain sensitive / sensitive words /
    illegal detected / risk detection / potentially unsafe / potentially harmful / moderation blocked / content blocked /
    prompt blocked / blocked by safety / image unsafe / unsafe image / unsafe prompt / unsafe generation /
    moderation failed / moderation rejected / rejected by moderation / audit failed / content risk / nsfw detected /
    image safety / prohibited content / request moderated / content moderated / respect moderation / inspection failed /
    green net / risk not pass / output flagged / input flagged / content flagged / inappropriate prompt / illegal prompt /
    banned word / policy violation
"""

_NOT_ABOUT_CONTENT = (
    "api key",
    "rate limit",
    "quota",
    "too many requests",
    "country, region",
    "billing",
    "insufficient",
    "balance",
    "organization must",
    "moderation value",
    "moderation parameter",
    "parameter",
    "upstream status",
    "downloading",
    "download",
    "ip address",
    "your ip",
    "header",
    "content type",
    "content-type",
    "webhook",
    "extra inputs",
    "extra field",
    "for deletion",
    "leaked",
    "your key",
    "sharing keys",
    "must be https",
    "failed to load",
    *_BROKEN,
)

_ACCESS = ("アクセス", "접근", "접속", "accès", "acceso", "zugriff", "доступ", "accesso", "acesso", "encoded")
"""Doors of networks have policies too."""

SENTENCES: tuple[Rule, ...] = (
    Rule(Kind.SAFETY_PROMPT, FACTS, words=words(_MATTER, _VERDICT), never=(*_NOT_ABOUT_CONTENT, "encoded"), family=FAMILY),
    Rule(Kind.SAFETY_PROMPT, FACTS, words=words(_FLAGGED), never=_NOT_ABOUT_CONTENT, family=FAMILY),
    Rule(
        Kind.SAFETY_PROMPT,
        "a refusal in one sentence and its matter in the next",
        around=words(
            "rejected / refused / blocked / denied / declined / flagged / not processed",
            """adult content / nudity / nude / sexual / violence / hate speech / gore / self-harm / self harm / underage / harmful /
            real person / public figure / copyrighted""",
        ),
        nowhere=_NOT_ABOUT_CONTENT,
        confidence=0.75,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "any rule book that a request is said to break",
        words=words(
            "violat / infring / breach / contrary to / against / not comply / do not follow / does not follow",
            "content rule / polic / guideline / community rule / our rules / terms of / standards",
        ),
        never=(
            "firewall",
            "cors",
            "size",
            "constraint",
            "organization policy",
            "data policy",
            "retention",
            "deprecat",
            *_NOT_ABOUT_CONTENT,
        ),
        confidence=0.75,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "gateways without a word about why: the input was refused as such",
        words=words(
            """input was rejected / prompt was rejected / prompt has been rejected / prompt rejected / image was rejected /
            prompt was refused / prompt has been blocked / prompt was blocked"""
        ),
        never=(
            "unsupported",
            "format",
            "too long",
            "characters",
            "maximum",
            "empty",
            "blank",
            "too large",
            "invalid",
            "size",
            *_NOT_ABOUT_CONTENT,
        ),
        confidence=0.6,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "docs.evolink.ai error codes, Google Flow, Luma: what was seen in a picture or prompt",
        words=words(
            """people / _person_ / celebrit / public figure / minors / a minor / underage / child / nudity / nude / violence / violent /
            gore / weapon / sexual / hate / self-harm / self harm / copyrighted / likeness / prominent / politic /
            third-party content / intellectual property""",
            """detected / not allowed / not permitted / blocked / prohibited / violation / disallowed / restricted / filter / contain""",
        ),
        never=(
            "no person",
            "no people",
            "token",
            "setting",
            "people_",
            "_mode",
            "field",
            "element",
            "must be",
            "bool",
            "enum",
            *_NOT_ABOUT_CONTENT,
        ),
        confidence=0.75,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "Chinese gateways: a verdict in one word",
        words=words(
            """内容不合规 / 审核拒绝 / 审核不通过 / 审核未通过 / 未通过审核 / 内容违规 / 涉嫌违规 / 触发敏感 / 命中敏感 / 包含敏感词 /
            违反内容 / 违反政策 / 违反规定 / 违规内容 / 涉及违规"""
        ),
        never=("超时", "服务异常"),
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "Chinese gateways and models",
        words=words(
            """敏感 / 违规 / 违反 / 不安全 / 不当内容 / 不适当 / 不合规 / 色情 / 暴力内容 / 裸露 / 涉黄 / 涉政 / 违法 / 性暗示 / 低俗 /
            版权 / 侵权 / 安全审核 / 内容审核 / 内容安全 / 安全策略 / 安全系统 / 审核未通过 / 审核不通过 / 未通过审核 /
            没有通过审核 / 不良信息 / 风控拦截 / 自伤 / 安全检测 / 违禁""",
            """包含 / 含有 / 可能 / 检测 / 涉及 / 未通过 / 不通过 / 拒绝 / 拦截 / 阻止 / 禁止 / 屏蔽 / 无法 / 不能 /
            判定 / 存在 / 命中 / 触发 / 被""",
        ),
        never=("超时", "服务异常", "暂时不可用", "调用失败", "余额", "额度", "令牌", "密钥", "参数", "频率", "访问"),
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "Japanese and Korean gateways and models",
        words=words(
            """ポリシー / 不適切 / 安全 / 有害 / 性的 / 暴力 / 規約 / ガイドライン / 著作権 / センシティブ / 정책 / 부적절 / 안전 /
            유해 / 선정적 / 저작권 / 가이드라인 / 민감""",
            "違反 / ブロック / 拒否 / 検出 / できません / 含ま / 許可 / 위반 / 차단 / 거부 / 감지 / 없습니다 / 포함 / 허용",
        ),
        never=("後でもう一度", "しばらく", "タイムアウト", "잠시 후", "시간 초과", "残高", "잔액", "apiキー", "api 키", *_ACCESS),
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "European languages",
        words=words(
            """política / políticas / politique / richtlinie / normas / politica / beleid / zasad / политик / правил / seguridad /
            segurança / sécurité / sicherheits / sicurezza / безопасност / inapropiad / inapropriad / inapproprié / unangemessen /
            inappropriat / kebijakan / politika / chính sách / güvenlik / contenido sensible / contenu sensible""",
            """viola / infring / bloque / rechaz / recus / rejeit / refus / enfrein / verstö / verstoß / blockiert / abgelehnt /
            rifiutat / bloccat / наруш / заблок / отклон / naruš / narusz / melanggar / ihlal / vi phạm / contraire / geweigerd /
            schend""",
        ),
        never=_ACCESS,
        family=FAMILY,
    ),
)
"""Verdicts that may come under any status."""

_SORRY_BUT_SERVICE = phrases(
    """temporarily / try again later / try again in / unavailable / not available / overloaded / high demand / busy / timed out /
    timeout / rate limit / quota / limit reached / credits / technical / server error / internal error / something went wrong /
    an error occurred / language model / text-based / as a text / text model / do not have the ability / don't have the ability /
    not capable / tool / capability to / capabilities / access to image / cannot display / api key / subscription / plan /
    maintenance / directly / 服务 / 稍后 / 暂时 / 繁忙 / 超时 / 额度 / 余额 / 工具 / 网络 / 语言模型 / 作为文本 / 维护 / 系统错误 /
    系统异常 / 後で / しばらく / 混雑 / 잠시 / 나중에 / más tarde / mais tarde / plus tard / später / più tardi / позже /
    temporalmente / temporairement / vorübergehend / временно"""
)
"""Apologies of a machine that broke, or of a model that cannot draw at all."""

REFUSALS: tuple[Rule, ...] = (
    Rule(
        Kind.SAFETY_PROMPT,
        "models answering in words instead of a picture (HTTP 200)",
        words=words(
            """i can't / i cannot / i can not / i'm unable / i am unable / unable to / i won't / i will not / couldn't / could not /
            can't / cannot / not able to / i'm not allowed / i must decline / decline to / i'm not comfortable /
            i'm comfortable / rather not / must refuse""",
            """create / generate / produce / draw / edit / fulfill / fulfil / assist / help with / help you with / process / complete /
            make / comply / depict / provide / do that / with that / with this request / render / continue""",
        ),
        nowhere=_SORRY_BUT_SERVICE,
        confidence=0.75,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "the same in Chinese",
        words=words(
            "抱歉 / 对不起 / 很遗憾 / 无法 / 不能 / 我不 / 拒绝",
            "生成 / 创建 / 创作 / 处理 / 编辑 / 完成 / 绘制 / 提供 / 返回 / 满足 / 协助 / 帮助 / 修改 / 制作",
            "无法 / 不能 / 拒绝 / 不可以 / 不被允许 / 不支持 / 不会",
        ),
        nowhere=_SORRY_BUT_SERVICE,
        confidence=0.75,
        family=FAMILY,
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "the same in other languages",
        words=words(
            """申し訳 / できません / 致しかねます / 죄송 / 수 없습니다 / 수 없어요 / lo siento / no puedo / desculpe / não posso /
            désolé / je ne peux pas / je ne suis pas en mesure / entschuldigung / kann ich nicht / ich kann / leider / mi dispiace /
            non posso / извините / не могу / к сожалению / przepraszam / nie mogę / üzgünüm / oluşturamam / xin lỗi / không thể /
            maaf / tidak dapat / tidak bisa / het spijt / kan ik niet / ik kan / beklager / kan ikke / förlåt / kan inte / آسف /
            لا أستطيع / لا يمكنني / क्षमा / माफ़ / ขออภัย / ไม่สามารถ""",
            """生成 / 作成 / 描 / 編集 / 対応 / お手伝い / 생성 / 만들 / 도와 / 편집 / 그릴 / crear / generar / ayudar / editar /
            cumplir / criar / gerar / ajudar / créer / générer / aider / modifier / produire / erstellen / generieren / helfen /
            bearbeiten / creare / generare / aiutar / modificare / создать / сгенерировать / помочь / нарисовать / создавать /
            utworzyć / wygenerować / stworzyć / pomóc / oluştur / yardım / tạo / giúp / membuat / membantu / menghasilkan / maken /
            genereren / helpen / lage / generere / skapa / generera / إنشاء / توليد / बना / สร้าง""",
        ),
        nowhere=_SORRY_BUT_SERVICE,
        confidence=0.7,
        family=FAMILY,
    ),
)
"""Refusals without a reason: read only where an answer has no error status."""

OTHER_ANSWERS_IN_WORDS: tuple[Rule, ...] = (
    Rule(
        Kind.UNSUPPORTED_OPTION,
        FACTS + " 3: the model behind a gateway has no tool for pictures",
        words=words("tool / 工具", "not available / unavailable / not found / not enabled / not supported / 不可用 / 不支持"),
        confidence=0.5,
        family=FAMILY,
    ),
    Rule(
        Kind.EMPTY_RESULT,
        FACTS + " 3: an apology of a machine, or of a model that cannot draw at all",
        words=words(
            "can't / cannot / unable / not able / couldn't / could not / 无法 / 不能 / できません / 수 없",
            "generat / creat / draw / image / 生成 / 绘 / 图 / 画像 / 이미지",
        ),
        action=Action.NONE,
        confidence=0.5,
        family=FAMILY,
    ),
)
