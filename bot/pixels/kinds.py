"""File types by magic bytes: the formats that Pillow decodes here, and names for other formats that services really send."""

from __future__ import annotations

import re

DECODED = (
    *("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"),
    *("ICO", "ICNS", "JPEG2000", "PPM", "PSD", "QOI", "DDS", "SGI"),
)
"""Pillow's names. Excluded: decoders that start other programs (EPS), and formats with such weak signatures that noise matches."""

FORMATS = {"PNG": "png", "JPEG": "jpeg", "WEBP": "webp"}
"""Stored formats -> file extension. Other decoded formats are stored as lossless PNG."""

_STARTS: tuple[tuple[str, int, bytes], ...] = (
    ("png", 0, b"\x89PNG"),
    ("jpeg", 0, b"\xff\xd8\xff"),
    ("webp", 8, b"WEBP"),
    ("gif", 0, b"GIF8"),
    ("bmp", 0, b"BM"),
    ("tiff", 0, b"II*\0"),
    ("tiff", 0, b"MM\0*"),
    ("tiff", 0, b"II+\0"),
    ("ico", 0, b"\0\0\1\0"),
    ("icns", 0, b"icns"),
    ("jpeg 2000", 0, b"\0\0\0\x0cjP  "),
    ("jpeg 2000", 0, b"\xff\x4f\xff\x51"),
    ("psd", 0, b"8BPS"),
    ("qoi", 0, b"qoif"),
    ("dds", 0, b"DDS "),
    ("ppm", 0, b"P6"),
    ("avif", 4, b"ftypavi"),
    ("heic", 4, b"ftyphe"),
    ("heic", 4, b"ftypmif1"),
    ("mp4", 4, b"ftyp"),
    ("jpeg xl", 0, b"\xff\x0a"),
    ("jpeg xl", 0, b"\0\0\0\x0cJXL "),
    ("pdf", 0, b"%PDF"),
    ("postscript", 0, b"%!PS"),
    ("zip", 0, b"PK\3\4"),
    ("gzip", 0, b"\x1f\x8b"),
    ("webm", 0, b"\x1aE\xdf\xa3"),
)
_DECODED = frozenset({"png", "jpeg", "webp", "gif", "bmp", "tiff", "ico", "icns", "jpeg 2000", "psd", "qoi", "dds", "ppm", "avif"})
_TEXTS = (
    (
        "svg",
        re.compile(rb"(?:<\?xml[^>]{0,500}>|<!--.{0,2000}?-->|<!doctype svg[^>]{0,500}>|\s){0,20}<svg[\s>:]", re.IGNORECASE | re.DOTALL),
    ),
    ("html", re.compile(rb"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)),
    ("xml", re.compile(rb"\s*<\?xml", re.IGNORECASE)),
    ("json", re.compile(rb"\s*[{\[]")),
)


def kind_of(head: bytes) -> str:
    """Lower-case name of a file's type; `text` or `unknown` if it has no name."""
    for name, at, mark in _STARTS:
        if head[at : at + len(mark)] == mark:
            return name
    head = head.removeprefix(b"\xef\xbb\xbf")[:4096]
    for name, pattern in _TEXTS:
        if pattern.match(head):
            return name
    return "text" if head and all(byte >= 32 or byte in b"\t\r\n" for byte in head[:200]) else "unknown"


def is_decoded(kind: str) -> bool:
    """Whether this type is decoded here, so that a file that fails to decode is damaged."""
    return kind in _DECODED
