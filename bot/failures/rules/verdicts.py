"""Verdicts about content in words that nobody has listed: what was judged x what was done about it x why.

A reason that is technical (a format, a key, a limit, the network) makes it no verdict: nobody is accused of something that did not happen.
"""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.plain import Stems, stems
from bot.failures.rules.lexicon import ACCOUNT, MADE, PICTURE, PROMPT, REGION, SENT
from bot.failures.rules.rule import Rule, statuses

SOURCE = "a grammar of verdicts: thing x verb x reason; words of ten languages"
FAMILY = "common"
BAD_ANSWERS = statuses(0, 200, 201, 202, 400, 403, 406, 409, 412, 422, 451, 500, 502)
CONTENT_ANSWERS = statuses(0, 200, 201, 202, 400, 403, 422, 451)

REQUEST = stems("""
    icerik / afbeelding / tresc / konten / obsah / المحتوى / الطلب / เนื้อหา / सामग्री / message / generation request / request / idea /
    topic / theme / motif / subject / scene / content / material / creation / generation / concept / this kind / input / 该内容 / 内容 /
    要求 / 请求 / 主题 / 画面 / 题材 / 场景 / リクエスト / コンテンツ / 題材 / 요청 / 내용 / 콘텐츠 / 주제 / anfrage / inhalt / motiv /
    thema / contenido / solicitud / peticion / escena / tema / contenu / demande / requete / sujet / conteudo / solicitac / pedido / cena /
    contenut / richiesta / scena / soggetto / содержан / контент / запрос / сцен / тем
""")
ANYTHING = PROMPT | PICTURE | SENT | MADE | REQUEST

HARM = stems("""
    pg 13 / pg13 / safe for work / respectful / wasn t safe / isn t safe / weren t safe / sexualis / figuras public / figura public /
    personaggi pubblici / personnes publiques / personnalites / personas reales / pessoas reais / persone reali / reale personen /
    echte personen / self injury / sexuali / 合规问题 / 不合规范 / too graphic / graphic violence / is graphic / vulgarity / sleaz /
    mature content / mature theme / 不适宜 / 不健康 / 涉黄 / 涉政 / 涉恐 / 敏感人物 / gewaltdarst / lenguaje de odio / discours haineux /
    enfants / ninos / kinder_ / nude / nudity / naked / sexual / sexy / porn / erotic / explicit_ / nsfw / not safe for work /
    adult content / adult material / adult theme / violen / gore_ / gory / blood / brutal / cruel / graphic content / self harm / suicid /
    hate speech / hateful / hatred / hate_ / harass / bullying / terroris / extremis / weapon / drugs / racis / discriminat / underage /
    under age / minors / child abuse / a child / children / minor / suggestive / celebrit / public figure / famous / real person /
    real people / living person / politician / political / likeness / deepfake / impersonat / copyright / trademark /
    intellectual property / protected character / hero_ / brand_ / offensive / obscene / indecen / decency / vulgar / profan / disturbing /
    abusive / toxic / injurious / inappropriate / improper / unsuitable / not suitable / objectionable / not family / family friendly /
    bad words / banned words / swear / slur / friendlier / unsafe / high risk / considered harmful / judged harmful / shocking /
    privacy of / someone s privacy / 裸露 / 裸体 / 色情 / 淫秽 / 性暗示 / 低俗 / 暴力 / 血腥 / 恐怖 / 自残 / 自杀 / 仇恨 / 歧视 / 辱骂 /
    政治 / 领导人 / 名人 / 明星 / 公众人物 / 未成年 / 儿童 / 真人 / 版权 / 侵权 / 商标 / 肖像 / 毒品 / 赌博 / 武器 / 不良 / 不雅 / 不当 /
    不适 / 敏感 / 违禁 / 有害 / 红线 / 不合规 / 违规 / 违反 / 不允许出现 / 禁词 / 屏蔽词 / 不適切 / 暴力的 / 性的 / ヌード / わいせつ /
    差別 / 残虐 / 流血 / 児童 / 著名人 / 有名人 / 実在 / 著作権 / 商標 / 公序良俗 / 過激 / センシティブ / 禁止ワード / 禁止用語 / 부적절 /
    선정 / 음란 / 폭력 / 혐오 / 유해 / 미성년 / 아동 / 유명인 / 실존 / 저작권 / 금지어 / 민감 / anstossig / unangemessen / nackt / sexuell /
    gewalt / blutig / hass / jugendgefahrdend / minderjahrig / prominent / beruhmt / politiker / urheber / marken / beleidig / verboten /
    unzulassig / ungeeignet / schadlich / anzuglich / desnud / violent / sangr / odio / ofensiv / inapropiad / inadecuad / indebid /
    menor de edad / menores / celebridad / famos / politico / derechos de autor / prohibid / explicit / danin / nociv / obscen / nudite /
    sexuel / sang_ / sanglant / haine / haineu / offensant / inapproprie / mineur / celebrite / personne reelle / politicien /
    droit d auteur / interdit / explicite / choquant / nuisible / nudez / violenc / improprio / inadequad / proibid / nudo / nudita /
    sessual / violenz / inappropriat / vietat / offensiv / обнажен / сексуальн / насили / кров / ненавист / оскорбит / непристойн /
    запрещенн / несовершеннолет / знаменитост / политик / авторск
""")
"""Matters that are named only when content was judged."""
JUDGED_BAD = stems("""
    safety_ / for safety / 安全原因 / 安全上 / sicherheitsgrund / por seguridad / par securite / unsafe / not safe / harmful / prohibited /
    disallowed / forbidden / not permissible / impermissible / sensitive / risky / risk / danger / illegal / unlawful / unacceptable /
    potentially / policy hit / policy / unwanted / off limits / 安全 / 风险 / 危险 / 非法内容 / 违法 / 有问题 / 危険 / 規約 / リスク /
    ポリシー / 위험 / 안전 / gefahrlich / riskant / peligros / riesgo / ilegal / dangereu / risque / perigos / risco / pericolos / rischio /
    опасн / риск / незаконн
""")
"""Words that are used of content, and of much else."""
STOPPED = stems("""
    isn t supported / found problems / found a problem / found issues / けません / りません / きません / 수 없 / 안 됩니다 / ihlal /
    mag niet / geweigerd / narusz / skipped / negative / doesn t let / does not let / not executed / not possible / not been able /
    no hemos podido / n a pas pu / konnte nicht / nao foi possivel / not to release / not to show / decided not / unable /
    exceeds threshold / exceeds the threshold / above threshold / threshold / 引っかか / 控え / off the table / off limits / out of bounds /
    no go / terminat / cancel / veto / kill / drop / purg / not permitted / 取消 / 驳回 / 中断 / 生成失败 / キャンセル / 取り消 / 취소 /
    abgebrochen / gestoppt / cancelad / annul / annulla / отмен / reject / refus / declin / denied / deny / block / flag / stopp / stop_ /
    halt / abort / suppress / withheld / withhold / held back / hold back / hidden / hide / discard / filtered / redact / removed / remove /
    retract / intercept / discontinu / unprocessed / not process / not be process / not been passed / not passed / not be shown /
    not shown / not release / not approve / not be approved / can t approve / not accept / can t accept / not generate / not create /
    won t / will not / cannot / can t / could not / couldn t / not allow / not permit / isn t allowed / isn t permitted / may not /
    not edit / not illustrat / not draw / tripp / trips / trigger / failed / did not pass / didn t pass / not pass / fail_ / does not meet /
    did not meet / not meet / crosses / outside what / falls outside / verdict / not do / 拒绝 / 拦截 / 拦下 / 停止 / 终止 / 阻止 / 屏蔽 /
    隐藏 / 不予 / 无法 / 不能 / 禁止 / 未通过 / 没有通过 / 不通过 / 没通过 / 不会 / 触碰 / 触发 / 命中 / 请修改 / 请换 / 下架 / 拒否 /
    ブロック / 遮断 / できません / できない / しませんでした / 中止 / 非表示 / 違反 / 反する / 抵触 / 満たさ / 거부 / 차단 / 없습니다 /
    중단 / 위반 / 삭제 / 허용되지 / 제한 / abgelehnt / verweiger / blockier / gesperrt / zuruckgehalten / zuruckgewiesen /
    nicht verarbeitet / nicht erlaubt / nicht gestattet / nicht erstell / nicht erzeug / entfernt / formulieren sie / konnen wir nicht /
    verstosst / rechaz / bloque / retirad / detenid / denegad / no podemos / no puede / no se puede / no permitid / no fue procesad /
    modifi / infring / bloqu / masqu / retir / rejet / ne pouvons / ne peut / pas ete / pas autoris / enfrein / arrete / recus / rejeit /
    nao podemos / nao pode / nao permitid / removid / rifiut / blocc / respint / non possiamo / non puo / rimoss / non consentit / отклон /
    заблок / отказ / не можем / не может / остановл / скрыт / удален / не допуск / наруш
""")
SEEN = stems("""
    evoque / mention / refer / names a / points to / suggest / imply / is too / are too / 触发 / 命中 / 提到 / contain / includ / show /
    appear / detect / depict / identif / recogni / found / concern / look / deem / judg / assess / consider / classif / categor / determin /
    evaluat / suspect / seems / score / hit_ / words in / looks / involv / feature / of a sexual / 包含 / 含有 / 存在 / 检测 / 识别 / 发现 /
    出现 / 涉及 / 涉嫌 / 判定 / 认定 / 里有 / 中有 / 疑似 / 含ま / 検出 / 認識 / あり / 포함 / 감지 / 판단 / 있어 / 판정 / enthalt / zeigt /
    erkannt / eingestuft / gefunden / beinhaltet / contiene / incluye / muestra / clasific / contient / montre / comporte / juge /
    considere / detecte / contem / inclui / mostra / contien / rilevat / ritenut / содерж / обнаруж / признан / включа
""")
BREAKS = stems("""
    aykiri / ihlal / mag niet / schend / narusz / melanggar / porus / ينتهك / مخالف / ละเมิด / उल्लंघ / doesn t let / does not let /
    keeps us from / prevents us / 遵守 / do not allow / does not allow / don t allow / doesn t allow / forbid / disallow / conflict /
    not allowed by / ne permet / no permite / erlaubt nicht / 不允许 / 許可し / against / violat / infring / breach / contrary / contraven /
    breaks / did not follow / doesn t follow / does not follow / not follow / crosses / in conflict with / not in line / not comply /
    does not meet / did not meet / outside / pursuant / goes against / not permit / 违反 / 不符合 / 违背 / 触犯 / 触碰 / 不遵守 / 反する /
    違反 / 抵触 / 満たさ / 위반 / 어긋 / 위배 / verstosst / verstoss / verletz / widerspricht / viola / incumpl / contraviene / contrari /
    enfrein / viole / contraire / ne respecte / fere_ / desrespeit / наруш / противореч / не соответств
""")
RULES_OF_CONTENT = stems("""
    politika / beleid / zasad / kebijakan / pravidl / regulamin / سياس / قواعد / นโยบาย / नीति / principle / responsible use / 法律 / 原则 /
    grundsatz / principio / principe / standard / 标准 / estandar / norme / norma_ / what may be / what we may / what can be shown /
    policy / policies / guideline / rules / usage rule / conduct / terms of / community standard / standards / permits people to / decency /
    what our service permits / what we allow / our values / ethic / 平台规范 / 社区规范 / 规范 / 规定 / 准则 / 政策 / 规则 / 安全标准 /
    法律法规 / 公约 / 利用規約 / 規約 / ガイドライン / ポリシー / 基準 / 정책 / 약관 / 가이드라인 / 규정 / 기준 / richtlinie /
    nutzungsregel / regeln / vorgaben / nutzungsbedingungen / politica / normas / reglas / directric / condiciones / politique / regles /
    charte / directive / politicas / regras / diretriz / regole / linee guida / политик / правил / норм
""")
SCREEN = stems("""
    content warning / automated content / automatic review / 机审 / 初审 / content restriction / content guard / safety layer / safety net /
    safety module / safety engine / safety gate / policy engine / policy check / content gate / prompt shield / content shield /
    content review / image review / safety model / safety team / 安全规则 / 内容安全 / 安全策略 / 安全机制 / 安全系统 / 过滤 /
    安全フィルター / 안전 필터 / sicherheitsfilter / sicherheitsprufung / filtro de seguridad / filtre de securite / screening /
    moderation / moderator / content filter / content check / safety check / safety filter / safety system / safety classif /
    safety review / our filter / our reviewers / our checker / our review / guard model / guardrail / nsfw detector /
    adult content detector / content detector / abuse detector / trust team / trust and safety / classifier / automatic check /
    automated review / censor / content audit / 安全检查 / 安全审核 / 内容审核 / 审核 / 风控 / 内容检测 / 审查 / コンテンツフィルター /
    フィルター / 審査 / 検閲 / モデレーション / 콘텐츠 필터 / 필터 / 심사 / 검열 / inhaltsfilter / filter / prufung / filtro de contenid /
    filtro de conteudo / nuestro filtro / moderacion / filtre de contenu / notre filtre / moderacao / filtro dei contenut / moderazione /
    фильтр / модераци
""")
DEPICT = stems("""
    draw / depict / illustrat / portray / render / paint / visuali / represent / show such / produce / picture of / edit /
    make this picture / create this / reproduce / 画 / 绘 / 描 / 生成 / 作成 / 描写 / 그리 / 생성 / zeichn / darstell / abbild / dibuj /
    representar / ilustrar / representer / dessiner / representee / desenhar / disegnare / raffigurar / рисовать / изображать / изобразить
""")
WILL_NOT = stems("""
    doesn t let / does not let / not let us / won t let / unable to / can t / cannot / podemos / pouvons / konnen nicht / 無法 / will not /
    won t / do not / don t / may not / not allowed to / not permitted to / refuse to / is not something / isn t something /
    not something we / never / will not do / not possible for us to / 不予 / 不会 / 不画 / 不允许 / しません / いたしません / 不可 /
    그리지 않 / 하지 않 / nicht zeichnen / stellen wir nicht / no dibujamos / no representamos / ne dessinons / ne peut pas etre represent /
    nao desenhamos / non disegniamo / не рисуем / не изображаем
""")
MISUSE = stems("""
    strike / uso indebido / usage abusif / mauvais usage / uso improprio / misbruik / breaking / content rules / unsafe request /
    unsafe content / flagged content / harmful / 触发内容审核 / 触发审核 / 内容审核 / disallowed / repeated attempts / repeatedly /
    unacceptable / forbidden content / 屡次 / 多次 / wiederholt / reiterad / repetee / ripetut / неоднократ / misuse / abuse / violat /
    breach / prohibited / infring / policy / policies / usage rules / our rules / terms / offensive / 违规 / 违反 / 滥用 / 不良 / 規約 /
    違反 / 濫用 / 위반 / 남용 / richtlinie / missbrauch / verstoss / verstosse / politica / abuso / normas / politique / abus / regles /
    infraccion / violac / violazion / наруш / злоупотреб
""")
CUT_OFF = stems("""
    removed / withdrawn / on hold / paused / flagged / frozen / barred / blacklisted / 限制使用 / 暂停 / suspend / banned / ban_ /
    switched off / cut off / revoked / terminat / deactivat / disabled / blocked / closed / restricted / locked / 停用 / 封禁 / 封号 /
    冻结 / 封停 / 禁用 / 停止されました / 凍結 / 停止 / 정지 / 차단 / 해지 / gesperrt / deaktiviert / suspendid / bloquead / cancelad /
    suspendu / bloque / desactive / suspens / sospes / bloccat / заблокирован / приостановлен / отключен
""")

TECHNICAL = stems("""
    tipo de contenido / tipo de conteudo / type de contenu / inhaltstyp / contenttype / explicit deny / explicitly den / identity based /
    resource based / iam_ / authorized / organization policy / service control / mime type / your key / browsers / keys_ / validator /
    must use / two factor / mfa / business / corporate / employer / department / characters / invalid character / unsupported character /
    illegal character / special character / character limit / line of text / no face / faces / face swap / face id / face too / face not /
    backend / proxy / ip_ / 违规ip / not support / don t support / doesn t support / vector / files / plan limit / trial / bool /
    parameters / expects / quotes / element_ / of element / registered / frames / port_ / scheme / codec / drained / lost / crashed /
    limiter / not the same / fewer than / 403_ / 404_ / 编码 / 解析 / 损坏 / 管理员 / 资源 / 功能 / 管理者 / 不正なデータ / dekodiert /
    unternehmens / parametro / parametre / interdit_ / prohibido_ / paused / vendor / format / file type / size / pixel / width / height /
    mb_ / mib_ / bytes / dimension / resolution / aspect / ratio_ / too long / too large / too small / too many / over the max / empty /
    blank / missing / required / signature / api key / token / header / json / schema / parameter / field / enum / expected / extra /
    unknown / unrecogni / unsupported / not supported / encod / decod / parse / line break / newline / html tag / url / link / download /
    hotlink / mime / alpha / channel / transparen / colour / color profile / quota / rate limit / billing / balance / credit / invoice /
    payment / budget / spending / network / firewall / cors / waf / queue / capacity / timeout / timed out / service unavailable /
    temporarily unavailable / currently unavailable / is unavailable / busy / overload / internal error / crash / cuda / memory /
    child process / process exited / process died / process killed / worker / licen / accept the / agree / plan_ / country / region /
    jurisdiction / version / deprecat / verif / loader / boolean / integer / must be / not a valid / isn t a valid / between / attribute /
    preset / this model / for model / model usage / model does / model is / models / restricted model / mode_ / upgrading / maintenance /
    captcha / javascript / login / conditional access / organization s / company s / webhook / callback / count_ / arrays / array /
    element / limit / constraint / unique / checksum / integrity / encoder / lora / syntax / tool calls / virus / encrypted / pdf / png /
    jpeg / heic / gif / nan_ / alerts / not found / does not exist / doesn t exist / permission / scope / role / commercial use / access /
    admin / allow list / allow listing / allowlisted / approved customers / beta / duplicate / cycle / language / emoji / batch /
    requests a / daily / weights / rfc / seed / content type / uniqueness / protocol / server / try again later / at the moment /
    right now / temporarily / retry / bank / transaction / 参数 / 格式 / 尺寸 / 大小 / 字符 / 字段 / 密钥 / 令牌 / 签名 / 余额 / 额度 /
    欠费 / 频率 / 超时 / 异常 / 服务暂 / 维护 / 升级 / 稍后 / 限流 / 防火墙 / 白名单 / 网络 / 长度 / 为空 / 缺少 / 实名 / 认证 / 开通 /
    申请 / 通道 / 未检测到 / 地址 / 类型 / 词库 / 接口 / 繁忙 / 排队 / https / size_ / 最多 / 等级 / 敏感度 / 不存在 / 已被删除 / 超过限制 /
    形式 / サイズ / パラメータ / 使用できない文字 / 透明 / ネットワーク / セキュリティポリシー / しばらく / アクセス / 同意 / 拡張子 /
    형식 / 크기 / 네트워크 / 보안 정책 / 접근 / 접속 / 동의 / 잠시 / farbraum / dateiformat / netz / zugriff / akzeptieren /
    nutzungsbedingungen akzept / formato / transparencia / de la red / acceso / acept / non autorise / pixels / l acces / acces_ /
    accepter / fonction / pour ce modele / conexion / rete_ / accesso / accett / доступ / сет / формат / файл / парол
""")
"""Reasons that are no verdict about content."""
BROKEN_SCREEN = stems("""
    down_ / aborted / worker / lost / crash / paused / 重启 / 组件 / timed out / timeout / did not answer / didn t answer / no answer /
    unavailable / unreachable / unable to reach / could not load / failed to load / connection / error / upstream / restarting / overload /
    queue / expected / returned / key / credits / too many requests / upgrad / out of memory / empty answer / pipeline / 不可用 / 超时 /
    异常 / 接口 / 升级 / 加载 / 调用 / 参数 / 応答 / エラー / 오류 / fehler / plugin / graph / graysc / grayscale / quota
""")


REPHRASE = stems("""
    rephrase / reword / revise / please try a different one / try a different idea / try another idea / choose another idea /
    describe something / try describing / other wording / different wording / formulate differently / 换一种说法 / 修改描述 / 修改提示词 /
    修改后再试 / 更换描述 / 言い換え / 別の表現 / 表現を変え / 다른 표현 / 표현을 바꿔 / formulieren sie / umformulier / reformul /
    otra descripcion / modifiquela / reformulez / reformule / riformul / перефразир / измените описание
""")
WORDING = stems("""
    content / words_ / terms_ / term_ / keyword / language / phrase / element / 内容 / 词语 / 词汇 / 词 / 字眼 / 元素 / 表現 / 言葉 / 単語 /
    표현 / 단어 / 내용 / inhalt / worter / begriffe / contenido / palabras / terminos / contenu / mots / termes / conteudo / palavras /
    termos / contenut / parole / termini / содержан / слова / выражени
""")
NOT_WANTED = stems("""
    block list / blocklist / ban list / banned list / blacklist / 黑名单 / 屏蔽 / not allowed / not permitted / isn t allowed /
    isn t permitted / aren t allowed / filtered from / banned / blocked / disallowed / prohibit / forbidden / 不允许 / 不被允许 / 禁止 /
    违禁 / 許可されていない / 禁止された / 使用できない表現 / 허용되지 않 / 금지 / nicht erlaubt / unzulassig / untersagt / verboten /
    no permitid / prohibid / no autorizad / interdit / pas autoris / proibid / nao permitid / vietat / non consentit / запрещ / недопустим
""")
_ADJECTIVES = """
    unsafe nsfw harmful risky prohibited disallowed inappropriate sensitive offensive explicit sexual violent adult toxic obscene
    hateful
"""
_NOUNS = "input prompt text image picture photo output content words terms material language imagery depiction subject"
TERSE = stems(
    " / ".join(f"{adjective} {noun}" for adjective in _ADJECTIVES.split() for noun in _NOUNS.split())
    + " / bad words / family friendly / hate speech / not safe for work / nsfw words / child safety / self harm"
)
ABOUT_OUR_TERMS = stems("""
    contains sensitive / contain sensitive / sensitive word / sensitive content / illegal or sensitive / 敏感词 / 敏感内容 / 违禁词 /
    敏感信息
""")
TECHNICAL_HARD = stems("alpha / transparen / channel / loader / 词库 / 参数错误 / 等级")


def _verdict(kind: Kind, said: tuple[Stems, ...], *unsaid: Stems, spread: bool = False, only: frozenset[int] = CONTENT_ANSWERS) -> Rule:
    return Rule(kind, SOURCE, said=said, unsaid=unsaid, spread=spread, statuses=only, confidence=0.6, family=FAMILY)


NOT_MISUSE = stems("""
    invoice / unpaid / billing / payment / balance / spending / rate / security policy / network / firewall / 欠费 / 余额 / 调用频率
""")

ACCOUNTS: tuple[Rule, ...] = (
    _verdict(
        Kind.SAFETY_ACCOUNT_FLAGGED,
        (CUT_OFF, MISUSE, ACCOUNT),
        NOT_MISUSE,
        only=statuses(400, 401, 403, 412, 423, 429, 451),
    ),
)
"""Asked before all other words: an account that was cut off for what it did reads like a block of the prompt."""

NAMED: tuple[Rule, ...] = (_verdict(Kind.SAFETY_PROMPT, (ABOUT_OUR_TERMS, SEEN | STOPPED), BROKEN_SCREEN, TECHNICAL_HARD),)
"""Words that are about content even beside the name of a parameter."""

CAN_BE_DEPICTED = PROMPT | PICTURE | SENT | MADE
SAID_NO = WILL_NOT | STOPPED
DEPICT_OR_MAKE = DEPICT | stems("generat / creat / make_ / makes / making / crear / creer / erstell / criar / 制作 / 制作する / 만들")
HELD_BACK = stems("""
    were blocked / was blocked / been blocked / filtered out / were filtered / was filtered / withheld / censored / suppressed / redacted /
    held back / 被拦截 / 被屏蔽 / 被过滤 / 被隐藏 / ブロックされ / 非表示 / 차단되 / zuruckgehalten / bloquead / masque / bloccat
""")
NAMED_OR_DEPICTED = ANYTHING | DEPICT
WORDS = stems("""
    words_ / words you / terms you / phrases / keywords / wording / 词语 / 词汇 / 字眼 / 关键词 / 言葉 / 単語 / 표현 / worter / begriffe /
    palabras / terminos / mots / termes / palavras / parole / слова
""")
SAFETY_REASON = stems("""
    safety reason / ethical reason / ethics / reasons of safety / safety concern / due to safety / for safety / sicherheitsgrund /
    motivos de seguridad / razones de seguridad / raisons de securite / razoes de seguranca / motivos de seguranca / motivi di sicurezza /
    安全原因 / 安全考虑 / 安全上の理由 / 안전상의 이유 / соображениям безопасности
""")
NO_PLACE = REGION | stems("service / api_ / website / sanction / gdpr / eu_ / legal reasons")
CLIENT = statuses(400, 403, 422, 451)

VERDICTS: tuple[Rule, ...] = (
    _verdict(Kind.SAFETY_PROMPT, (HARM, ANYTHING, STOPPED), TECHNICAL, only=BAD_ANSWERS),
    _verdict(Kind.SAFETY_PROMPT, (HARM, ANYTHING, SEEN), TECHNICAL, only=BAD_ANSWERS),
    _verdict(Kind.SAFETY_PROMPT, (HARM, ANYTHING, STOPPED), TECHNICAL, spread=True),
    _verdict(Kind.SAFETY_PROMPT, (HARM, DEPICT_OR_MAKE, SAID_NO), TECHNICAL),
    _verdict(Kind.SAFETY_PROMPT, (HARM, STOPPED), TECHNICAL, only=CLIENT),
    _verdict(Kind.SAFETY_PROMPT, (HARM, ANYTHING), TECHNICAL, only=CLIENT),
    _verdict(Kind.SAFETY_PROMPT, (TERSE,), TECHNICAL, BROKEN_SCREEN),
    _verdict(Kind.SAFETY_PROMPT, (JUDGED_BAD, ANYTHING, STOPPED), TECHNICAL, only=BAD_ANSWERS),
    _verdict(Kind.SAFETY_PROMPT, (JUDGED_BAD, CAN_BE_DEPICTED, SEEN), TECHNICAL),
    _verdict(Kind.SAFETY_PROMPT, (WORDING, NOT_WANTED, ANYTHING | SEEN), TECHNICAL),
    _verdict(Kind.SAFETY_PROMPT, (RULES_OF_CONTENT, BREAKS, NAMED_OR_DEPICTED), TECHNICAL, only=BAD_ANSWERS),
    _verdict(Kind.SAFETY_OUTPUT, (HARM, MADE), TECHNICAL, BROKEN_SCREEN, only=statuses(0, 200)),
    _verdict(Kind.SAFETY_PROMPT, (ANYTHING,), TECHNICAL, NO_PLACE, only=statuses(451)),
    _verdict(Kind.SAFETY_OUTPUT, (PICTURE, HELD_BACK), TECHNICAL, BROKEN_SCREEN, only=statuses(0, 200, 422)),
    _verdict(Kind.SAFETY_PROMPT, (WORDS, NOT_WANTED), TECHNICAL, only=CLIENT),
    _verdict(Kind.SAFETY_PROMPT, (SAFETY_REASON, ANYTHING, SAID_NO), TECHNICAL, BROKEN_SCREEN),
    _verdict(Kind.SAFETY_PROMPT, (RULES_OF_CONTENT, STOPPED, NAMED_OR_DEPICTED), TECHNICAL, only=CLIENT),
    _verdict(Kind.SAFETY_PROMPT, (REPHRASE, SAID_NO), TECHNICAL, spread=True),
    _verdict(Kind.SAFETY_PROMPT, (SCREEN, STOPPED), BROKEN_SCREEN, TECHNICAL),
    _verdict(Kind.SAFETY_PROMPT, (SCREEN, STOPPED, ANYTHING), BROKEN_SCREEN, only=statuses(0, 200)),
    _verdict(Kind.SAFETY_PROMPT, (WILL_NOT, DEPICT, ANYTHING), TECHNICAL, only=CLIENT),
)
"""Asked after everything that knows better."""
