"""Reading of topic files: CSV, JSON lines or one topic a line, in the encodings that spreadsheets write. Pure.

Nothing in a topic is interpreted: a formula, a path or markup is just words.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.batch.columns import TOPIC, field_of, has_head, separator, separator_hint
from bot.catalogue.check import is_empty
from bot.domain.batches import Topic
from bot.texts.clocks import unmarked

MAX_TOPICS = 1000
"""Of one batch."""
MAX_BYTES = 4 * 1024 * 1024
MAX_CHARACTERS = 2000
"""Of one topic. Models take more, but their prompts also hold the template and the style."""
MAX_FIELD = 500
"""Characters of a template, a style or a caption."""
PLACEHOLDER = "{topic}"

_OPTIONS = ("template", "size", "style", "caption")
_FIELDS = frozenset({TOPIC, *_OPTIONS})
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = re.compile(rb"%PDF|PK\x03\x04|\{\\rtf|\xd0\xcf\x11\xe0|\x1f\x8b|\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)
"""How documents begin that aren't text files, though some look like one: PDF, Excel, Word, RTF, gzip, a web page."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\ud800-\udfff]+")
_HANGUL = re.compile("[가-힣]")
_BETWEEN_HANGUL = re.compile("[가-힣] [가-힣]")
_TWO_ACCENTS = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]{2}(?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff]{2}(?=[A-Za-z])")
"""Two accented letters in a row within a word, as in Größe or créée: they look like one Chinese character that touches letters."""
_BOTH_HIGH = 0.8
"""Share of two-byte characters with two high bytes from which a text counts as Chinese. GB 2312, which nearly all Chinese text stays
within, has only such characters; in Western text most pairs are a letter with an accent and a plain one."""


class TopicsProblem(Exception):
    """A file that can't be used. `key` is below `batch.topics.` in the texts."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a file, each once."""

    topics: tuple[Topic, ...]
    repeated: tuple[tuple[int, int], ...] = ()
    """Lines that repeat an earlier one, and that one: they're drawn once."""
    ignored: tuple[str, ...] = ()
    """Names of columns or JSON fields that mean nothing here."""
    encoding: str = "utf-8"


def read_topics(content: bytes, name: str = "") -> Topics:
    """The topics of a file, by its ending or else by its content. Raises TopicsProblem."""
    if len(content) > MAX_BYTES:
        raise TopicsProblem("heavy", most=MAX_BYTES >> 20)
    words, encoding = decoded(content)
    return replace(topics_of(words, name), encoding=encoding)


def topics_of(words: str, name: str = "") -> Topics:
    """The topics of a text, such as a form's field. Raises TopicsProblem."""
    if not words.strip():
        raise TopicsProblem("empty")
    lines = list(_rows(words, name.rpartition(".")[2].lower()))
    ignored = dict.fromkeys(unmarked(name)[:60] for _, row in lines for name in row if name not in _FIELDS)
    found = [_checked(row, line) for line, row in lines if not is_empty("".join(row[name] for name in row if name in _FIELDS))]
    if not found:
        raise TopicsProblem("empty")
    if len(found) > MAX_TOPICS:
        raise TopicsProblem("many", count=len(found), most=MAX_TOPICS)
    first: dict[Topic, int] = {}
    repeated = []
    for one in found:
        key = replace(one, line=0, topic=unicodedata.normalize("NFC", one.topic).casefold())
        if key in first:
            repeated.append((one.line, first[key]))
        else:
            first[key] = one.line
    kept = set(first.values())
    return Topics(tuple(one for one in found if one.line in kept), tuple(repeated), tuple(ignored))


def as_words(topics: Topics) -> str:
    """The same topics as a text that `topics_of` reads: one a line, or a table where that wouldn't say everything."""
    names = ["topic", *(name for name in _OPTIONS if any(getattr(one, name) for one in topics.topics))]
    lines = "\n".join(one.topic for one in topics.topics)
    if len(names) == 1 and not lines.startswith("{") and not has_head(lines):
        return lines
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([names, *([getattr(one, name) for name in names] for one in topics.topics)])
    return made.getvalue()


def decoded(content: bytes) -> tuple[str, str]:
    """The words of a file, and the encoding that they were in: UTF-8, UTF-16 or UTF-32, GB 18030 or Windows-1252."""
    if _OTHER_FILES.match(content):
        raise TopicsProblem("binary")
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decode(content, encoding), encoding
    wide = _unmarked_utf16(content)
    if wide:
        return _decode(content, wide), wide
    if b"\0" in content:
        raise TopicsProblem("binary")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        encoding = "cp949" if _looks_korean(content) else "gb18030" if _looks_chinese(content) else "cp1252"
        if encoding == "cp1252" and not _looks_western(content):
            raise TopicsProblem("encoding", position=error.start) from None
    return _decode(content, encoding), encoding


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise TopicsProblem("encoding", position=error.start) from None


def _unmarked_utf16(content: bytes) -> str:
    """`utf-16-le` or `utf-16-be` for a text without a mark in which every other byte of ASCII is zero; otherwise empty."""
    sample = content[:4000]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    low, high = sample[0::2].count(0), sample[1::2].count(0)
    if max(low, high) < max(2, len(sample) // 8) or min(low, high) > max(low, high) // 10:
        return ""
    return "utf-16-le" if high > low else "utf-16-be"


def _looks_western(content: bytes) -> bool:
    """Whether most letters are plain ones, as in every language that Windows-1252 was made for. Cyrillic, Greek, Arabic or Big5 read as
    Windows-1252 would be paid for as accented gibberish."""
    plain = sum(one in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" for one in content)
    return sum(one >= 0x80 for one in content) <= plain


def _looks_korean(content: bytes) -> bool:
    """Whether it's Korean: nothing but syllables, with spaces between words, which Chinese hasn't. The same bytes are also GB 18030."""
    try:
        words = content.decode("cp949")
    except UnicodeDecodeError:
        return False
    other = [one for one in words if ord(one) > 127]
    return len(other) > 3 and len(_HANGUL.findall(words)) >= 0.9 * len(other) and bool(_BETWEEN_HANGUL.search(words))


def _looks_chinese(content: bytes) -> bool:
    try:
        words = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    pairs = [one.encode("gb18030") for one in words if ord(one) > 127]
    inside = len(_TWO_ACCENTS.findall(content))
    return sum(len(one) == 2 and min(one) >= 0xA1 for one in pairs) - inside >= _BOTH_HIGH * len(pairs)


def _rows(words: str, ending: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line numbers, and fields by name."""
    beginning = words.lstrip()[:1]
    if ending in ("jsonl", "ndjson", "json") or (beginning == "{" and ending not in ("csv", "tsv") and _is_json(words)):
        return _from_json(words)
    if ending in ("csv", "tsv") or has_head(words):
        return _from_csv(words)
    return ((number, {"topic": line.strip()}) for number, line in enumerate(words.splitlines(), 1))


def _is_json(words: str) -> bool:
    """Whether a text's first line is an object, so that a list of JSON lines under another name isn't drawn as it stands."""
    try:
        return isinstance(json.JSONDecoder().raw_decode(words.lstrip())[0], dict)
    except (ValueError, RecursionError):
        return False


def _from_json(words: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, value in _values(words):
        value = {TOPIC: value} if isinstance(value, str) else value
        if not isinstance(value, Mapping):
            raise TopicsProblem("json", line=number)
        named = {field_of(str(name)) or str(name): one for name, one in value.items()}
        if not all(isinstance(one, str) or one is None for name, one in named.items() if name in _FIELDS):
            raise TopicsProblem("json_text", line=number)
        if TOPIC not in named:
            raise TopicsProblem("json_topic", line=number)
        yield number, {name: str(one or "") for name, one in named.items()}


def _values(words: str) -> Iterator[tuple[int, object]]:
    """The values of JSON lines or of one JSON array, with their lines; commas between and behind them are allowed."""
    decoder, at = json.JSONDecoder(), 0
    listed = words.lstrip().startswith("[")
    end = len(words.rstrip().removesuffix("]")) if listed else len(words)
    at = words.index("[") + 1 if listed else 0
    while True:
        while at < end and (words[at].isspace() or words[at] == ","):
            at += 1
        if at >= end:
            return
        line = words.count("\n", 0, at) + 1
        try:
            value, at = decoder.raw_decode(words, at)
        except (ValueError, RecursionError):
            raise TopicsProblem("json", line=line) from None
        yield line, value


def _from_csv(words: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    hinted, skipped = separator_hint(words)
    rest = words[skipped:]
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=hinted or separator(rest), strict=True)
    head: Sequence[str] | None = None
    columns: Sequence[str] = (TOPIC,)
    offset = 1 if skipped else 0
    line = 1 + offset
    try:
        for row in reader:
            names = [field_of(cell) for cell in row]
            if TOPIC in names and head in (None, names):
                head, columns = names, [name or cell.strip() for name, cell in zip(names, row, strict=True)]
            elif any(cell.strip(" :-") for cell in row):  # a row of dashes stands below the head of a Markdown table
                if head is None and any(cell.strip() for cell in row[1:]):
                    raise TopicsProblem("no_head")
                if any(cell.strip() for cell in row[len(head or row) :]):
                    raise TopicsProblem("more_cells", line=line, columns=len(head or row))  # a comma in a topic, and the rest of its words
                yield line, {name: cell for name, cell in zip(columns, row, strict=False) if name}
            line = reader.line_num + 1 + offset
    except csv.Error:
        raise TopicsProblem("quotes", line=line) from None


def _checked(row: Mapping[str, str], line: int) -> Topic:
    values = {name: " ".join(_UNPRINTABLE.sub(" ", unmarked(row.get(name, ""))).split()) for name in ("topic", *_OPTIONS)}
    if not values["topic"]:
        raise TopicsProblem("no_topic", line=line)
    if len(values["topic"]) > MAX_CHARACTERS:
        raise TopicsProblem("long", line=line, count=len(values["topic"]), most=MAX_CHARACTERS)
    for name in _OPTIONS:
        if len(values[name]) > MAX_FIELD:
            raise TopicsProblem("long_field", line=line, field=name, count=len(values[name]), most=MAX_FIELD)
    if values["template"] and PLACEHOLDER not in values["template"]:
        raise TopicsProblem("template", line=line, placeholder=PLACEHOLDER)
    return Topic(line=line, **values)


def prompt_of(topic: Topic, template: str, style: str) -> str:
    """What is sent for a topic: its own template or the batch's, with its own style or the batch's behind it."""
    words = (topic.template or template or PLACEHOLDER).replace(PLACEHOLDER, topic.topic)
    chosen = topic.style or style
    return f"{words}, {chosen}" if chosen else words
