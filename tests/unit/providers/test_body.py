"""Bodies of any size and any nonsense are read in pieces without losing a byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.body import LONG, BodyReader, NotJson, TooBig, events, parse


def read(body: bytes, piece: int = 1000, limit: int = 10**8) -> BodyReader:
    reader = BodyReader(limit)
    for start in range(0, len(body), piece):
        reader.feed(body[start : start + piece])
    return reader


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=9), children, max_size=4),
    max_leaves=20,
)


@given(json_values, st.integers(1, 60), st.booleans())
def test_short_json_passes_unchanged_in_any_pieces(value: object, piece: int, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert read(body, piece).rest() == body


@pytest.mark.parametrize("piece", [1, 7, 4096, 65_536])
def test_long_strings_are_set_aside_whole_and_in_order(piece: int) -> None:
    pictures = ["A" * (LONG + 1), "B" * 3 * LONG, 'C\\"' * LONG]
    body = json.dumps({"data": [{"b64_json": picture, "n": 1} for picture in pictures]}).encode()
    reader = read(body, piece)
    data = parse(reader.rest())["data"]
    assert len(reader.rest()) < 500
    assert [b"".join(reader.pieces(item["b64_json"])) for item in data] == [json.dumps(picture)[1:-1].encode() for picture in pictures]
    assert reader.length(data[0]["b64_json"]) == LONG + 1


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_can_be_fed(body: bytes, piece: int) -> None:
    assert read(body, piece).rest() == body


def test_more_bytes_than_allowed_stop_the_reading() -> None:
    with pytest.raises(TooBig):
        read(b'"' + b"A" * 5000, limit=4000)
    with pytest.raises(TooBig):
        read(b"<p>" * 1_000_000, piece=65_536)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"<html>",
        b"\xff\xfe\x00",
        b"404 page not found",
    ],
)
def test_what_is_no_json_of_an_api_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(NotJson):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b'{"a": ' + b"9" * 5000 + b"}", {"a": None}),
        (b'{"a": 1}\n<!-- cached -->', {"a": 1}),
        (b'{"a": 1}\n{"b": 2}\r\n', [{"a": 1}, {"b": 2}]),
        (b"\xef\xbb\xbf[1]", [1]),
        (rb'{"a": ["x\ud83d y\u0000"], "\udc00": "\ud83d\ude00"}', {"a": ["x\ufffd y"], "\ufffd": "\U0001f600"}),
        (b'{"a": "x\xed\xa0\xbd"}', {"a": "x\ufffd"}),
    ],
)
def test_what_services_add_to_json_or_leave_out_costs_nothing(text: bytes, value: object) -> None:
    assert parse(text) == value


def test_events_are_read_and_broken_ones_left_out() -> None:
    assert list(events(b'event: x\ndata: {"a": 1}\r\n\ndata: broken\ndata: [DONE]\ndata:{"b":2}')) == [{"a": 1}, {"b": 2}]
