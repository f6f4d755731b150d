"""Refinement of a kind found by a rule.

Which side of a picture a safety block is about, limits that never clear, a refusing proxy.
"""

from __future__ import annotations

import re

from bot.domain.kinds import Action, Kind
from bot.failures.guesses import suspects_a_block
from bot.failures.hints import wait_hint
from bot.failures.rules.load import family
from bot.failures.rules.rule import Text
from bot.failures.signals import Signals
from bot.failures.tokens import phrases

_OUTPUT = phrases(
    """generated image / generated content / generated picture / output image / output data / output content / output was /
    output contain / response is blocked / the response / images that were generated / image was flagged / image was filtered /
    image did not / images were filtered / result was / image unsafe / resulting image / black image /
    final image / finish reason / 输出 / 生成的图 / 生产的图 / 生成结果 / 出力 / 생성된 / image may contain / output blocked /
    output"""
)
_REFERENCE = phrases(
    """input image / reference image / referenced image / uploaded image / source image / image you uploaded / image you provided /
    provided image / image input / attached image / original image / from this reference / image upload / 参考图 / 输入图 /
    上传的图 / 原图 / 入力画像 / 参照画像 / 참조 이미지"""
)
_REFERENCE_IN_AN_EDIT = phrases("this image / your image / the image / the photo / this photo / 这张图 / 该图 / 图像包含 / 图片包含")
_PROMPT = phrases(
    """your prompt / the prompt / input text / prompt contain / prompt may / text prompt / this prompt / prompt was / prompt provided /
    提示词 / 输入文本 / プロンプト / 프롬프트"""
)
LONG_WAIT = 3600.0
"""Seconds; a limit with a longer wait won't clear while anyone is waiting for the picture."""
_REQUESTED = re.compile(r"limit:? (\d{1,9})\b[^|]{0,60}?requested:? (\d{1,9})\b")
_STOPPED_FOR = re.compile(
    r"(?:\breason|\bmotivo|\bmotif|\braison|\bgrund|\bneden|причина|原因|理由|사유)[\"']? ?[:=：] ?[\"']?(?:finish_?reason_?)?"
    r"(?:(?:image_)?other|unexpected_\w+|language|malformed_\w+)\b"
)
"""A stop reason in words that isn't the end: what may have been stopped by a filter isn't sent again."""
_A_DAY = re.compile(
    r"\d{1,6} ?(?:/|per |pro |par |por |al |na |за |mỗi )"
    r"(?:day|tag|d[ií]a|jour|giorno|dia|dag|dzie[nń]|g[uü]n|hari|ng[aà]y|день|сутки)\b"
    r"|\b(?:monthly|daily) (?:requests?|images?|generations?|limit|quota|cap|allowance)\b"
    r"|\d ?/ ?[天日일]|\d{1,6} ?(?:次|张|張|回|枚|장|회)? ?/ ?(?:天|日|일)"
)
"""A limit for a day, in the short form of programs: `(500/Tag)`."""
_EXPIRED = re.compile(
    r"\b(?:url|link|address|signature|request)\b[^.|]{0,30}\bexpired\b"
    r"|(?:链接|图片|地址|文件)(?:已经|已)?(?:过期|失效)|有効期限が切れ"
)
"""A finished picture's address that is gone: another fetch gives the same."""
_BY_HAND = phrases(
    """retry manually / try again manually / manually retry / charged twice / double charge / duplicate charge / double billing / 手动重试 /
    手動重試 / 重复计费 / 重複計費 / 重复扣费 / 重複扣費 / 二重課金 / 중복 결제 / trùng phí / tính phí trùng / thử lại thủ công"""
)
"""What an answer says that leaves the next try to a person, mostly because it may be charged again."""
_NO_PICTURE = frozenset({Kind.EMPTY_RESULT, Kind.MALFORMED_RESPONSE, Kind.SERVER_ERROR})


def refine(kind: Kind, action: Action | None, seen: Signals, text: Text) -> tuple[Kind, Action | None]:
    """The refined kind and action."""
    if kind is Kind.SAFETY_PROMPT:
        return _side(seen, text), Action.NONE
    if kind is Kind.RATE_LIMITED and action is None:
        asked = _REQUESTED.search(text.whole[:3000])
        if asked and int(asked[2]) > int(asked[1]):
            return kind, Action.NONE
    if kind is Kind.RATE_LIMITED and action is None and _A_DAY.search(text.whole[:3000]) and not _clears_soon(seen):
        return Kind.QUOTA_EXHAUSTED, Action.NONE
    if kind in _NO_PICTURE and action is None and (_STOPPED_FOR.search(text.whole[:3000]) or suspects_a_block(text)):
        return kind, Action.NONE
    if kind is Kind.EMPTY_RESULT and action is None and refuses_in_person(text):
        return kind, Action.NONE
    if kind is Kind.DOWNLOAD_FAILED and action is None and _EXPIRED.search(text.whole[:3000]):
        return kind, Action.NONE
    if action is None and (text.has_any(_BY_HAND) or (kind is Kind.SERVER_ERROR and _is_refused(seen))):
        return kind, Action.NONE
    if kind is Kind.NETWORK_CONNECT and seen.via_proxy:
        return Kind.NETWORK_PROXY, Action.NONE
    return kind, action


def _is_refused(seen: Signals) -> bool:
    """Whether a status blames the request, whatever the words say of the service: the same request would be refused again."""
    error = seen.status is not None and seen.status >= 400
    return (seen.meant or (seen.status if error else seen.inner)) in (400, 422)


def _clears_soon(seen: Signals) -> bool:
    """Whether the answer says that waiting helps while the member still waits."""
    seconds = wait_hint(seen.headers, {**seen.values, "": seen.words}).seconds
    return seconds is not None and seconds <= LONG_WAIT


def nothing_uploaded(seen: Signals, text: Text) -> bool:
    """Whether the call carried no picture, so an unusable one is the one that was made.

    A service that refuses a request (4xx) speaks of the request, whatever this side calls it.
    """
    refused = seen.status is not None and 400 <= seen.status < 500
    named = text.has_any(_REFERENCE) or any(word in seen.exception for word in _REFERENCE) or text.says(family("SENT"))
    return seen.api == "images.generations" and not refused and not named


UNNAMED_SIDE = 0.89
"""Certainty of a block at most where no word says whether prompt, photo or result was blocked; it's taken for the prompt then."""


def certainty(kind: Kind, confidence: float, text: Text) -> float:
    """The confidence, less where only the side of a block is a guess."""
    if kind is not Kind.SAFETY_PROMPT or confidence <= UNNAMED_SIDE or text.has_any(_PROMPT) or text.says(family("PROMPT")):
        return confidence
    return UNNAMED_SIDE


_IN_PERSON = phrases(
    """_i can't / _i cannot / _i can not / i'm unable / i am unable / _i won't / i'm not able / i am not able / i wasn't able / 我不能 /
    我无法 / 我不会 / no puedo / não posso / ne peux pas / kann ich nicht / ich kann / non posso / не могу / nie mogę / tôi không thể /
    saya tidak"""
)


def refuses_in_person(text: Text) -> bool:
    """Whether a model refuses in its own person: it looked at what was asked of it, and not at a picture that it had made."""
    return text.has_any(_IN_PERSON)


def _side(seen: Signals, text: Text) -> Kind:
    stages = seen.fields.get("moderationstage", ())
    if "output" in stages:
        return Kind.SAFETY_OUTPUT
    edit = seen.api == "images.edits"
    if text.has_any(_PROMPT) and "input" not in stages:
        return Kind.SAFETY_PROMPT
    if text.has_any(_REFERENCE) or (edit and text.has_any(_REFERENCE_IN_AN_EDIT) and "generated" not in text.whole):
        return Kind.SAFETY_REFERENCE_IMAGE
    if refuses_in_person(text):
        return Kind.SAFETY_PROMPT
    if "input" not in stages and text.has_any(_OUTPUT):
        return Kind.SAFETY_OUTPUT
    return _side_in_plain_words(text, input_named="input" in stages)


def _side_in_plain_words(text: Text, *, input_named: bool) -> Kind:
    if (text.says(family("MADE")) or (text.says(family("ANSWER")) and not text.says(family("PROMPT")))) and not input_named:
        return Kind.SAFETY_OUTPUT
    return Kind.SAFETY_REFERENCE_IMAGE if text.says(family("SENT")) and not text.says(family("PROMPT")) else Kind.SAFETY_PROMPT
