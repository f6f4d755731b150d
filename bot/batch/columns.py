"""Which columns a table of topics has, and what separates them. Pure.

Spreadsheets choose the separator by the language of the machine, and people name columns in their own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

TOPIC = "topic"
SEPARATORS = ",;\t|"
_HINT = "sep="
"""A first line such as `sep=;`, which Excel writes and reads."""
_HEAD_MAX = 300
"""Characters of a first line that can be a head."""
_WORDS = {
    TOPIC: (
        "topic topics title subject prompt idea",
        "主题 主題 标题 標題 题目 題目 选题 選題 提示词 提示詞 テーマ お題 題名 タイトル トピック プロンプト 주제 제목 프롬프트",
        "tema temas título titulo asunto assunto thema themen titel motiv sujet sujets thème theme titre موضوع الموضوع عنوان العنوان",
    ),
    "template": ("template 模板 範本 范本 テンプレート ひな形 템플릿 서식 plantilla vorlage modèle modele modelo قالب القالب",),
    "size": ("size 尺寸 大小 サイズ 크기 tamaño tamano größe groesse format taille tamanho formato الحجم حجم المقاس",),
    "style": ("style 风格 風格 样式 樣式 スタイル 画風 스타일 화풍 estilo stil الأسلوب أسلوب",),
    "caption": (
        "caption text 文字 配文 图上文字 圖上文字 文案 キャプション 文字入れ テキスト 문구 글자 캡션",
        "texto leyenda legenda bildtext texte légende legende نص النص تعليق",
    ),
}
_FIELDS: Mapping[str, str] = {
    unicodedata.normalize("NFKC", word).casefold(): field for field, lines in _WORDS.items() for word in " ".join(lines).split()
}
"""Name of a column or JSON field, as `_plain` writes it -> the field of a topic."""


def field_of(name: str) -> str:
    """The field of a topic that a column or JSON field of this name holds; empty if none does."""
    return _FIELDS.get(unicodedata.normalize("NFKC", name).strip().strip("\"'").strip().casefold(), "")


def separator_hint(words: str) -> tuple[str, int]:
    """The separator that a first line such as `sep=;` names, and the characters of that line; empty and 0 without one."""
    first, end, _ = words.partition("\n")
    named = first.strip()
    if named.lower().startswith(_HINT) and len(named) == len(_HINT) + 1:
        return named[-1], len(first) + len(end)
    return "", 0


def separator(words: str) -> str:
    """What separates the columns: what names a column of topics in the first line, or else what stands there most often."""
    first = _first_line(words)
    heads = [one for one in SEPARATORS if one in first and TOPIC in _names(first, one)]
    possible = heads or SEPARATORS[:3]
    best = max(possible, key=first.count)
    return best if best in first else ","


def has_head(words: str) -> bool:
    """Whether a text without a telling file name begins with names of columns: `topic`, or two known ones of which one means topics."""
    first = _first_line(words)
    if len(first) > _HEAD_MAX:
        return False
    for one in SEPARATORS:
        cells, names = first.split(one), _names(first, one)
        if TOPIC in names and (sum(map(bool, names)) > 1 or any(cell.strip().strip('"').lower() == TOPIC for cell in cells)):
            return True
    return False


def _names(line: str, mark: str) -> Sequence[str]:
    return [field_of(cell) for cell in line.split(mark)]


def _first_line(words: str) -> str:
    return next((line for line in words.splitlines() if line.strip()), "")
