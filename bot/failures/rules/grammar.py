"""Sentences that nobody has listed, read by their parts: the thing that is spoken of x what is said about it.

Asked after all rules that know a wording, before what a status alone says. The words are in `lexicon`, verdicts in `verdicts`.
"""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.plain import Stems, stems
from bot.failures.rules import lexicon as lex
from bot.failures.rules.rule import Rule, statuses

SOURCE = "a grammar of failures: thing x what is said about it; words of ten languages"
FAMILY = "common"

ASKED = statuses(0, 200, 400, 406, 409, 413, 415, 422)
"""Statuses under which a value of the request can be what was wrong."""
MONEY = statuses(0, 200, 400, 401, 402, 403, 412, 422, 429, 500, 502, 503)
NOT_THE_SIZE_OF_ALL = ASKED - {413}
RIGHTS = statuses(0, 200, 400, 401, 403, 404, 422, 451)
NAMES = statuses(0, 200, 400, 404, 410, 422, 500, 502, 503)
TROUBLE = statuses(0, 200, 202, 400, 408, 409, 422, 425, 429, 499, 500, 502, 503, 504, 520, 521, 529)

NOT_HERE = stems("""
    cannot be reached / can t be reached / sanction / embargo / 暂不支持 / 无权访问 / not live / not launched / not open / aren t live /
    not yet / not reached / no service / isn t open / kein angebot / sin servicio / not available / isn t available / not offer /
    isn t offer / not supported / unsupported / not allowed / not permitted / unavailable / block / restrict / denied / don t operate /
    do not operate / can t serve / cannot serve / not serve / yet_ / exclud / 不支持 / 不可用 / 无法 / 不能 / 未开放 / 限制 / 不提供 /
    利用できません / いただけません / 対象外 / 提供して / 지원되지 / 이용할 수 없 / 제공되지 / nicht verfugbar / nicht angeboten /
    gesperrt / no esta disponible / no disponible / no se ofrece / n est pas / pas disponible / indisponible / nao esta disponivel /
    indisponivel / non e disponibile / non disponibile / недоступ / не поддерж / не предоставл
""")
TO_BE_DONE = stems("""
    must / has to / have to / need / please / before / first / complete / not done / required / pending / not verified / unverified /
    not yet / 请 / 未 / 需 / 完了して / 必要 / してください / 完了 / 필요 / 해야 / 완료 / zuerst / bitte / muss / mussen / debe / antes /
    primero / complet / doit / d abord / veuillez / deve / primeiro / prima / необходимо / сначала / подтверд / требуется
""")
TEXT_ONLY = stems("""
    chat model / does not make / doesn t make / not make images / not produce images / embedding model / not for image / text only /
    text model / only text / language model / can t be used for / cannot be used for / not meant for / no image support / can t draw /
    doesn t draw / does not draw / doesn t generate images / does not generate images / not an image / not for images / not for pictures
""")
CANT_READ = stems("""
    trouble reading / trouble opening / had trouble / problem reading / difficulty reading / failed to decode / failed to parse /
    decode failed / zero bytes / 0 bytes / empty file / has no / no data / 下载 / could not get / couldn t get / only jpeg / only png /
    uploads are accepted / seems to be / text file / look like / is a pdf / a pdf / a video / answered / returned / responded with /
    http 4 / http 5 / 404_ / 403_ / can t open / couldn t open / could not open / cannot open / can t read / couldn t read /
    could not read / cannot read / unreadable / readable / can t decode / couldn t decode / could not decode / not decod / can t parse /
    isn t an image / is not an image / isn t a picture / is not a picture / not an image / not a picture / not a valid / isn t a valid /
    broken / corrupt / damaged / truncated / invalid / unsupported / not supported / not accepted / aren t accepted / could not be fetched /
    couldn t be fetched / couldn t fetch / could not fetch / could not reach / couldn t reach / can t reach / not reachable / unreachable /
    could not load / couldn t load / differ / same size / doesn t match / not match / wrong type / wrong format / failed to load /
    failed to open / failed to read / unable to open / unable to read / unable to process / unable to decode / could not be read /
    could not be opened / could not be loaded / could not be downloaded / download fail / downloadfail / 无法解析 / 无法读取 / 无法打开 /
    无法识别 / 不是有效 / 解析失败 / 读取失败 / 下载失败 / 下载错误 / 损坏 / 格式 / 为空 / 无法访问 / 失效 / 読み込め / 開けません / 壊れ /
    破損 / 無効な画像 / 有効な画像ではありません / 解析でき / 対応していない形式 / 取得でき / 읽을 수 없 / 열 수 없 / 손상 /
    유효한 이미지가 아 / 형식 / kein gultig / nicht gelesen / nicht geoffnet / nicht lesbar / beschadigt / defekt / dateiformat /
    no es una imagen / no se puede leer / no se pudo / danad / formato / impossible de lire / illisible / pas une image / corrompu /
    endommag / format / nao e uma imagem / nao foi possivel ler / corrompid / non e un immagine / impossibile leggere / danneggiat /
    не является / не удалось / поврежд / формат
""")
TOO_MUCH_PICTURE = stems("""
    mb_ / mib_ / kb_ / bytes / too small / too large / too big / too heavy / weighs / px_ / 40 mb / resolution / pixels / 过大 / 过小 /
    太大 / 太小 / 超过 / 大きすぎ / 小さすぎ / 너무 큽 / 너무 크 / 너무 작 / zu gross / zu klein / demasiado grande / demasiado pequen /
    trop grand / trop petit / trop lourd / muito grande / troppo grande / слишком больш / слишком мал
""")
WHOLE_REQUEST = stems("""
    size of the request / size of your request / total size / total upload / body / payload / entity / upload over / data than /
    request size / request is too / whole request / request package / packet / content length / 请求内容 / 请求体 / 请求包 / 整个请求 /
    リクエストのサイズ / リクエストサイズ / リクエストが大き / 요청 크기 / 요청이 너무 / die anfrage ist / la peticion es /
    la solicitud es demasiado / la requete est / requete trop / a requisicao / la richiesta e / запрос слишком большой / тело запроса
""")
TOO_BIG = stems("""
    too large / too big / bigger than / larger than / over limit / over the limit / exceed / more data than / 过大 / 太大 / 超过 / 超出 /
    大きすぎ / 上限を超え / 너무 큽 / 너무 커 / 초과 / zu gross / demasiado grande / trop grand / trop volumineu / muito grande /
    troppo grande / слишком больш / превыш
""")
UNREADABLE_REQUEST = stems("""
    syntax error / malformed / not valid json / invalid json / parse the request / parse request / parse body / parse multipart /
    parse json / make sense of your request / bad request / invalid request / 请求格式 / 格式有误 / 请求错误 / リクエストの形式 /
    不正なリクエスト / 잘못된 요청 / ungultige anfrage / fehlerhafte anfrage / solicitud incorrecta / solicitud invalida /
    peticion incorrecta / requete invalide / requete incorrecte / requisicao invalida / richiesta non valida / неверный запрос /
    некорректный запрос
""")
A_NUMBER = stems("""
    n value / n input / n ensure / n exceeds / n must / n is / n has / n too / n max / n exceed / n should / n can / value of n /
    n between / n out of / n 1 / n 4
""")
A_VALUE = stems("""
    must be / should be / has to be / have to be / at most / at least / one of / expected one / allowed values / supported values / 必须是 /
    取值范围
""")
SAYS_NOTHING = stems("contains an invalid argument / one or more parameters / some parameters / 参数错误 / 参数有误")
NO_VALUE = stems("""
    json / body / header / content type / request must / request should / url / email / account / user
""")
NO_SIZE = stems("""
    mb_ / mib_ / kb_ / bytes / file / body / payload / batch / prompt / upload / attach / mask / 请求 / 文件 / リクエスト / 요청 / datei /
    archivo / fichier / anfrage ist / peticion es / requete est / character
""")
NO_PROMPT = stems("negative prompt / prompt id / image is required / api key / token is / access token / model / 模型 / key_")
NO_MODEL = stems("""
    parameter / argument / field / option / value / background / size / quality / task / job / api key / temporar / capacity / try again /
    retry
""")
NO_TASK = stems("model / 模型 / モデル / key_ / file / image / 图片 / user_ / page / account")


NO_PICTURES = stems(
    "cannot output images / can t output images / not output images / no image output / can t output pictures / not an image model"
)
RETIRED = stems("""
    has been deprecated / is deprecated / has been retired / was retired / please migrate / has been sunset / no longer hosted /
    end of life / 已弃用 / 已废弃
""")
NO_MODEL_FOR_IT = lex.UNKNOWN | TEXT_ONLY
NO_ROUTE = lex.UNKNOWN | stems("unsupported / not supported / 不支持")
PICTURE_WRONG = TOO_MUCH_PICTURE | lex.WRONG
COUNT = lex.COUNT | A_NUMBER
LONG = lex.TOO_LONG | lex.OVER
DAILY = stems("""
    daily / today / tomorrow / this month / monthly / this week / weekly / per day / per month / 今日 / 今天 / 当日 / 每日 / 每天 / 本月 /
    每月 / 明天 / 本日 / 1 日 / 今月 / 毎日 / 오늘 / 하루 / 이번 달 / 매일 / heute / taglich / tages / monatlich / diesen monat / diario /
    diaria / hoy / mensual / este mes / quotidien / aujourd hui / mensuel / ce mois / hoje / mensal / giornalier / oggi / mensile /
    сегодня / в день / суточн / в месяц / месячн
""")
NO_SUCH = stems("invalid / not valid / unknown / not found / does not exist / doesn t exist / no such / not supported / unsupported")
SPENT = lex.NO_MONEY | lex.OVER


def _say(kind: Kind, only: frozenset[int], *said: Stems, unsaid: tuple[Stems, ...] = (), apis: tuple[str, ...] = ()) -> Rule:
    return Rule(kind, SOURCE, said=said, unsaid=unsaid, statuses=only, apis=apis, confidence=0.6, family=FAMILY)


CAUSES: tuple[Rule, ...] = (
    _say(Kind.BILLING_LIMIT, MONEY, lex.BILL, lex.BILL_TROUBLE, unsaid=(lex.TOO_SLOW, lex.RATE)),
    _say(Kind.QUOTA_EXHAUSTED, MONEY, lex.MONEY, lex.NO_MONEY, unsaid=(lex.RATE,)),
    _say(Kind.QUOTA_EXHAUSTED, MONEY, lex.ALLOWANCE, SPENT, unsaid=(lex.RATE,)),
    _say(Kind.QUOTA_EXHAUSTED, statuses(402, 429), DAILY, unsaid=(lex.RATE,)),
    _say(Kind.RATE_LIMITED, TROUBLE | {403}, lex.RATE, unsaid=(lex.SIZE,)),
    _say(Kind.REGION_BLOCKED, RIGHTS, lex.REGION, NOT_HERE, unsaid=(stems("image / model / parameter"),)),
    _say(Kind.ORG_VERIFICATION_REQUIRED, RIGHTS, lex.IDENTITY, TO_BE_DONE, unsaid=(stems("need an / api token / api key / signature"),)),
    _say(Kind.AUTH_MISSING_KEY, statuses(0, 200, 400, 401, 403), lex.KEY, lex.MISSING, unsaid=(lex.BAD_KEY, lex.PROMPT, lex.DENIED)),
    _say(
        Kind.AUTH_INVALID_KEY, statuses(0, 200, 400, 401, 403, 500, 502), lex.KEY, lex.BAD_KEY, unsaid=(lex.PROMPT, lex.LENGTH, lex.OPTION)
    ),
    _say(Kind.MODEL_ACCESS_DENIED, RIGHTS, lex.MODEL, lex.DENIED, unsaid=(NO_SUCH,)),
    _say(Kind.AUTH_PERMISSION, statuses(0, 200, 400, 422), lex.ACCOUNT, lex.DENIED, unsaid=(lex.PROMPT,)),
    _say(Kind.INVALID_MODEL, NAMES, lex.MODEL, NO_MODEL_FOR_IT, unsaid=(NO_MODEL,)),
    _say(Kind.INVALID_MODEL, statuses(400, 404, 422), NO_PICTURES),
    _say(Kind.INVALID_MODEL, statuses(400, 404, 410, 422), RETIRED, unsaid=(lex.OPTION, lex.ROUTE, lex.KEY)),
    _say(Kind.TASK_LOST, statuses(0, 200, 400, 404, 410), lex.TASK, lex.UNKNOWN, unsaid=(NO_TASK,), apis=("task",)),
    _say(
        Kind.ENDPOINT_NOT_FOUND,
        statuses(0, 200, 400, 404, 405),
        lex.ROUTE,
        NO_ROUTE,
        unsaid=(lex.PICTURE, lex.MODEL, lex.TASK, lex.KEY, lex.OPTION),
    ),
)
"""Money, rights and names: things that the member cannot change in the request."""

VALUES: tuple[Rule, ...] = (
    _say(Kind.PAYLOAD_TOO_LARGE, ASKED, WHOLE_REQUEST, TOO_BIG, unsaid=(lex.PROMPT, lex.SENT)),
    _say(Kind.PROMPT_TOO_LONG, ASKED, lex.PROMPT, lex.TOO_LONG, unsaid=(lex.SENT,)),
    _say(Kind.PROMPT_TOO_LONG, ASKED, lex.PROMPT, lex.LENGTH, lex.OVER, unsaid=(lex.SENT,)),
    Rule(
        Kind.PROMPT_TOO_LONG,
        SOURCE,
        said=(lex.PROMPT, lex.LENGTH, lex.OVER),
        unsaid=(lex.SENT, lex.MONEY),
        spread=True,
        statuses=ASKED,
        confidence=0.5,
    ),
    _say(
        Kind.PROMPT_TOO_LONG,
        ASKED,
        stems("token / context / characters / 字符 / caracter / zeichen"),
        LONG,
        unsaid=(lex.SENT, stems("max tokens / api key / invisible")),
    ),
    _say(Kind.INVALID_REFERENCE_IMAGE, NOT_THE_SIZE_OF_ALL, lex.OWN_PICTURE, CANT_READ, unsaid=(lex.QUALITY, lex.COUNT, lex.MODEL)),
    _say(Kind.INVALID_REFERENCE_IMAGE, NOT_THE_SIZE_OF_ALL, lex.SENT, PICTURE_WRONG, unsaid=(lex.QUALITY, lex.COUNT, lex.MODEL)),
    _say(Kind.INVALID_REFERENCE_IMAGE, NOT_THE_SIZE_OF_ALL, lex.OWN_PICTURE, TOO_MUCH_PICTURE, apis=("images.edits",)),
    _say(
        Kind.INVALID_REFERENCE_IMAGE,
        ASKED,
        lex.PICTURE,
        CANT_READ,
        unsaid=(lex.QUALITY, lex.COUNT, lex.MODEL, lex.SIZE),
        apis=("images.edits",),
    ),
    _say(Kind.PROMPT_EMPTY, ASKED, lex.PROMPT, lex.EMPTY, unsaid=(NO_PROMPT,)),
    _say(Kind.UNSUPPORTED_QUALITY, ASKED, lex.QUALITY, lex.WRONG),
    _say(Kind.UNSUPPORTED_COUNT, ASKED, COUNT, lex.WRONG, unsaid=(lex.PROMPT, lex.LENGTH)),
    _say(Kind.UNSUPPORTED_SIZE, ASKED, lex.SIZE, lex.WRONG, unsaid=(NO_SIZE,)),
    _say(Kind.UNSUPPORTED_OPTION, ASKED, lex.OPTION, lex.WRONG, unsaid=(SAYS_NOTHING,)),
    _say(Kind.BAD_REQUEST_OTHER, statuses(400, 422, 500), UNREADABLE_REQUEST),
    _say(Kind.UNSUPPORTED_OPTION, statuses(400, 422), A_VALUE, unsaid=(lex.PROMPT, lex.SENT, lex.MODEL, lex.KEY, NO_VALUE)),
)
"""Values of the request."""

STATES: tuple[Rule, ...] = (
    _say(Kind.TIMEOUT, TROUBLE, lex.TOO_SLOW, unsaid=(lex.OPTION,)),
    _say(Kind.OVERLOADED, TROUBLE, lex.LOAD),
    _say(Kind.GATEWAY_ERROR, statuses(502, 503, 504, 520, 521, 522, 523, 530), lex.UPSTREAM, lex.UNREACHED),
    _say(Kind.SERVER_ERROR, statuses(0, 200, 500, 503), lex.BROKEN),
)
"""Troubles that pass."""
