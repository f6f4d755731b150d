"""Topic files as people really send them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.batch.naming import MAX_BYTES, folder_of, label, slug
from bot.batch.topics import MAX_CHARACTERS, MAX_TOPICS, TopicsProblem, as_words, prompt_of, read_topics, topics_of
from bot.domain.batches import BatchItem, ItemState, Topic
from bot.texts import has
from bot.texts.clocks import marked

CAFE = "Café am Fluß\nÉlan vital\nMünchen bei Nacht\n"
CHINESE = "春天的茶园\n城市夜景\n山间小路\n"


def names(content: bytes, name: str = "topics.txt") -> list[str]:
    return [one.topic for one in read_topics(content, name).topics]


@pytest.mark.parametrize(
    ("words", "encoding", "found"),
    [
        (CAFE, "utf-8", "utf-8"),
        (CAFE, "utf-8-sig", "utf-8-sig"),
        (CAFE, "utf-16", "utf-16"),
        (CAFE, "utf-16-le", "utf-16-le"),
        (CAFE, "utf-16-be", "utf-16-be"),
        (CAFE, "utf-32", "utf-32"),
        (CAFE, "cp1252", "cp1252"),
        ("It’s “quoted” – 5 €\n", "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
    ],
)
def test_the_encodings_that_spreadsheets_write_are_read(words: str, encoding: str, found: str) -> None:
    topics = read_topics(words.encode(encoding), "topics.txt")
    assert [one.topic for one in topics.topics] == words.splitlines()
    assert topics.encoding == found


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_a_head_is_read_by_its_columns(delimiter: str) -> None:
    rows = [["Topic", "Size", "Style", "Caption", "Owner"], ["Rain", "1536x1024", "ink", "April", "x"], ["Snow", "", "", "", ""]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode()
    assert read_topics(content, "topics.csv").topics == (Topic("Rain", 2, "", "1536x1024", "ink", "April"), Topic("Snow", 3))


def test_quotes_and_line_breaks_in_a_cell_stay_one_topic() -> None:
    content = b'topic,caption\n"A ""red"" door,\nhalf open",Spring\nA gate,\n'
    assert [(one.topic, one.line) for one in read_topics(content, "a.csv").topics] == [('A "red" door, half open', 2), ("A gate", 4)]


def test_a_table_of_one_column_needs_no_head() -> None:
    assert names(b"A red door\nA gate,\n", "a.csv") == ["A red door", "A gate"]


@pytest.mark.parametrize(
    "head",
    [
        "主题;尺寸;文字",
        "主題,尺寸,文字",
        "テーマ\tサイズ\tキャプション",
        "주제,크기,문구",
        "Thema;Größe;Bildtext",
        "Sujet;Taille;Texte",
        "TEMA,Tamaño,Texto",
        "الموضوع,الحجم,النص",
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", ""])
def test_columns_may_be_named_in_the_languages_of_the_bot(head: str, name: str) -> None:
    mark = next(one for one in ";\t," if one in head)
    content = f"{head}\nRain{mark}1536x1024{mark}April\n".encode()
    assert read_topics(content, name).topics == (Topic("Rain", 2, size="1536x1024", caption="April"),)


def test_excels_line_about_the_separator_is_no_topic() -> None:
    assert read_topics(b"sep=;\r\ntopic;size\r\nRain, heavy;1:1\r\n", "a.csv").topics == (Topic("Rain, heavy", 3, size="1:1"),)


def test_a_head_repeated_between_pasted_tables_is_no_topic() -> None:
    assert names(b"topic,size\nRain,1:1\ntopic,size\nSnow,1:1\n", "a.csv") == ["Rain", "Snow"]


@pytest.mark.parametrize("content", ['[\n {"topic": "Rain"},\n "Snow",\n]', '{"topic": "Rain"},\n{"topic": "Snow"},\n', '["Rain", "Snow"]'])
def test_json_arrays_and_commas_behind_lines_are_read(content: str) -> None:
    assert names(content.encode(), "a.json") == ["Rain", "Snow"]


def test_the_line_of_a_wrong_value_in_an_array_is_named() -> None:
    with pytest.raises(TopicsProblem) as caught:
        read_topics(b'[\n "Rain",\n\n 7\n]', "a.json")
    assert (caught.value.key, caught.value.facts) == ("json", {"line": 4})


def test_korean_is_not_read_as_chinese() -> None:
    assert read_topics("고양이가 자고 있다\n".encode("euc-kr"), "a.txt").topics[0].topic == "고양이가 자고 있다"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [("Кот спит на диване", "cp1251"), ("قطة نائمة تحت المطر", "cp1256"), ("貓在睡覺", "big5"), ("猫が寝ている", "shift_jis")],
)
def test_nobody_pays_for_gibberish_of_another_encoding(words: str, encoding: str) -> None:
    with pytest.raises(TopicsProblem) as caught:
        read_topics(words.encode(encoding), "a.txt")
    assert caught.value.key == "encoding"


def test_the_same_letters_written_otherwise_are_one_topic_and_invisible_ones_none() -> None:
    assert names("caf\u00e9\ncafe\u0301\n\u200b\n\u3164\n".encode()) == ["caf\u00e9"]


def test_a_topic_has_no_control_characters() -> None:
    assert names(b"a\x1b[31mred\x07 door\n") == ["a [31mred door"]


def test_json_lines_hold_objects_or_plain_topics() -> None:
    content = "\n".join([json.dumps({"topic": "Rain", "style": "ink"}), json.dumps("Snow"), ""]).encode()
    assert read_topics(content, "a.jsonl").topics == (Topic("Rain", 1, style="ink"), Topic("Snow", 2))


def test_a_topic_that_stands_twice_is_drawn_once() -> None:
    found = topics_of("Rain\nSnow\n rain \n")
    assert [one.topic for one in found.topics] == ["Rain", "Snow"]
    assert found.repeated == ((3, 1),)


def test_formulas_markup_and_paths_are_words() -> None:
    lines = ['=HYPERLINK("http://x","y")', "@SUM(A1)", "../../etc/passwd", "C:\\Windows\\system32", "<b>bold</b>", "+1"]
    assert names("\n".join(lines).encode()) == lines
    for line in lines:
        named = slug(line)
        assert named
        assert not {"/", "\\", ".", "=", "@", "+", "<"} & set(named)


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"", "a.csv", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "a.txt", "empty"),
        (b"topic,size\n", "a.csv", "empty"),
        ("\n".join(f"topic {n}" for n in range(10_000)).encode(), "a.txt", "many"),
        (b"x" * (5 * 1024 * 1024), "a.txt", "heavy"),
        (b"x" * (MAX_CHARACTERS + 1), "a.txt", "long"),
        (b"topic,caption\nRain," + b"x" * 501, "a.csv", "long_field"),
        (b'topic\n"Rain\nSnow\n', "a.csv", "quotes"),
        (b"topic,size\n,1024x1024\n", "a.csv", "no_topic"),
        (b"topic,template\nRain,A cover\n", "a.csv", "template"),
        (b'{"topic": "Rain"}\n{"topic": \n', "a.jsonl", "json"),
        (b"[1, 2]\n", "a.jsonl", "json"),
        (b'{"title2": "Rain"}\n', "a.jsonl", "json_topic"),
        (b'{"topic": 7}\n', "a.jsonl", "json_text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4, "a.csv", "binary"),
        (b"\xff\xfea", "a.txt", "encoding"),
        (b"name,size\nRain,1:1\n", "a.csv", "no_head"),
        (b"A red door, half open\nA gate\n", "a.csv", "no_head"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "a.xlsx", "binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a.pdf", "binary"),
        (b"{\\rtf1\\ansi Rain}", "a.rtf", "binary"),
        (b"<!DOCTYPE html><html>Rain</html>", "a.html", "binary"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(content: bytes, name: str, key: str) -> None:
    with pytest.raises(TopicsProblem) as caught:
        read_topics(content, name)
    assert caught.value.key == key
    assert has(f"batch.topics.{key}")


def test_as_many_topics_as_a_batch_takes_are_taken() -> None:
    assert len(topics_of("\n".join(f"topic {n}" for n in range(MAX_TOPICS))).topics) == MAX_TOPICS


def test_a_prompt_is_its_template_with_the_topic_and_the_style() -> None:
    assert prompt_of(Topic("rain"), "A cover about {topic}", "ink") == "A cover about rain, ink"
    assert prompt_of(Topic("rain", template="{topic}!", style="oil"), "A cover about {topic}", "ink") == "rain!, oil"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("A red Door!", "a-red-door"),
        ("Élan vital", "elan-vital"),
        ("春天的茶园", "春天的茶园"),
        ("ガラス", "ガラス"),
        ("हिन्दी", "हिन्दी"),
        ("...", "topic"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
    ],
)
def test_names_are_readable_and_never_paths(words: str, expected: str) -> None:
    assert slug(words) == expected


def test_names_are_short_in_bytes_and_whole_in_characters() -> None:
    named = slug("茶" * 500)
    assert len(named.encode()) <= MAX_BYTES
    assert set(named) == {"茶"}


def test_folders_and_labels_are_numbered() -> None:
    assert folder_of(BatchItem("i", "b", 7, ItemState.DRAFT, Topic("Red door"), "")) == "0007-red-door"
    assert [label(7, 1, 2), label(7, 0, 1)] == ["7b", "7"]


@pytest.mark.parametrize(
    "content", ["one\ntwo", 'topic,style\n=1+1,flat\n"a, ""b""",', '{"topic": "{x}"}', '{"topic": "topic"}\n{"topic": "b", "size": "1:1"}']
)
def test_topics_as_words_are_the_same_topics(content: str) -> None:
    found = topics_of(content)
    again = topics_of(as_words(found))
    assert [replace(one, line=0) for one in again.topics] == [replace(one, line=0) for one in found.topics]


def test_nobody_can_write_a_time_of_ours_into_a_topic() -> None:
    [one] = topics_of(f"topic,caption\na harbour {marked(5, 'unseen')},{marked(5, 'Open')}", "t.csv").topics
    assert (one.topic, one.caption) == ("a harbour 5unseen", "5Open")


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"topic\na cat, sitting on a mat\n", "a.csv", "more_cells"),
        (b"topic,size\na cat, on a mat,1024x1024\n", "a.csv", "more_cells"),
        (b"topic\na\0cat\n", "a.csv", "binary"),
        (b"topic\n" + b"a" * 200_000, "a.csv", "long"),
    ],
)
def test_no_words_are_left_out_in_silence_and_the_reason_is_the_right_one(content: bytes, name: str, key: str) -> None:
    with pytest.raises(TopicsProblem) as problem:
        read_topics(content, name)
    assert problem.value.key == key


def test_json_lines_in_a_text_file_and_cut_surrogates() -> None:
    assert names(b'{"topic": "a cat"}\n{"topic": "a dog"}\n', "a.txt") == ["a cat", "a dog"]
    assert names(b"{a cat} on a mat\n", "a.txt") == ["{a cat} on a mat"]
    [topic] = read_topics(rb'{"topic": "a \ud83d cat", "caption": "\udc00Hi"}', "a.jsonl").topics
    assert (topic.topic, topic.caption) == ("a cat", "Hi")
    assert names(b"a cat\n\xef\xbb\xbfa dog\n") == ["a cat", "a dog"]


@pytest.mark.parametrize("words", ["topic;Größe\nein Fluß;x\n", "topic\ncréée à Noël\n"])
def test_accented_letters_in_a_row_are_no_chinese(words: str) -> None:
    assert read_topics(words.encode("cp1252"), "a.csv").encoding == "cp1252"
    assert read_topics("topic\nT恤上的猫\niPhone手机\n".encode("gb18030"), "a.csv").encoding == "gb18030"


@pytest.mark.parametrize(
    ("words", "ignored"),
    [
        ("topic,captoin,note\na harbour,Hello,x\na bridge,,\n", ("captoin", "note")),
        ("topic,caption\na harbour,Hello\n", ()),
        ("topic,\na harbour,\n", ()),
        ('{"topic": "a harbour", "captoin": "Hello", "id": 7}\n{"topic": "a bridge"}\n', ("captoin", "id")),
    ],
)
def test_columns_that_mean_nothing_are_named(words: str, ignored: tuple[str, ...]) -> None:
    found = topics_of(words)
    assert (found.ignored, found.topics[0].topic) == (ignored, "a harbour")


def test_a_row_of_nothing_but_a_note_is_no_topic() -> None:
    assert [one.topic for one in topics_of("topic,note\na harbour,\n,see above\n").topics] == ["a harbour"]
