"""Fonts of this machine: where they are, which characters they have, and which one draws a cluster."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

from bot.pixels.captions.installed import is_installed
from bot.pixels.captions.problems import CannotDraw
from bot.pixels.captions.scripts import INVISIBLE, SAMPLES, clusters, han_of, script_of

PACKAGES = (
    ("fontpkg_noto_sans", "files/NotoSans[[]wdth,wght].ttf"),
    ("pylopdf_fonts_ar", "NotoSansArabic*"),
    ("pylopdf_fonts_he", "NotoSansHebrew*"),
    ("pylopdf_fonts_hi", "NotoSansDevanagari*"),
    ("pylopdf_fonts_th", "NotoSansThai*"),
    ("pylopdf_fonts_jp", "NotoSansJP*"),
    ("pylopdf_fonts_ko", "NotoSansKR*"),
    ("pylopdf_fonts_zh_cn", "NotoSansSC*"),
    ("pylopdf_fonts_zh_tw", "NotoSansTC*"),
)
"""Packages of the extra `captions`, and the file of each that is used."""
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
SYSTEM_FILES = 400
"""Number of the system's font files that are looked at."""
WEIGHT = 500
"""Weight of variable fonts. Some open as Thin."""
BITMAP_SIZE = 109
"""The only size of colour bitmap fonts such as Noto Color Emoji, in pixels."""
_HAN = {"Japanese": ("JP",), "Korean": ("KR",), "Chinese": ("SC", "TC")}


@dataclass(frozen=True, slots=True)
class Font:
    """One face of a font file."""

    path: str
    index: int = 0

    @property
    def name(self) -> str:
        return Path(self.path).stem

    def has(self, cluster: str) -> bool:
        """Whether it has every visible character of a cluster."""
        points = _points(self)
        return all(ord(one) in points for one in cluster if one not in INVISIBLE)

    @property
    def is_bitmap(self) -> bool:
        """A font of colour bitmaps, which has one size."""
        return _is_bitmap(self)

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels, shaped by Raqm."""
        return _opened(self, BITMAP_SIZE if self.is_bitmap else size)


@dataclass(slots=True)
class Fonts:
    """All usable fonts, best first."""

    faces: Sequence[Font]
    _chosen: dict[tuple[str, str], Font | None] = field(default_factory=dict)

    def font_for(self, cluster: str, han: str) -> Font | None:
        """The first font with all characters of a cluster; for Han characters, one with the shapes of `han`."""
        key = (cluster, han if script_of(cluster[0]) == "Chinese" else "")
        if key not in self._chosen:
            self._chosen[key] = next((face for face in self._ordered(key[1]) if face.has(cluster)), None)
        return self._chosen[key]

    def _ordered(self, han: str) -> Iterator[Font]:
        fitting = _HAN.get(han, ())
        yield from (face for face in self.faces if face.name.startswith(tuple(f"NotoSans{kind}" for kind in fitting)) and fitting)
        yield from self.faces

    def missing(self, text: str) -> list[str]:
        """Characters of a text that no font has together with their marks."""
        han = han_of(text)
        return [one[0] for one in clusters(text) if one.strip() and self.font_for(one, han) is None]


def find_fonts(brand: str = "") -> Fonts:
    """Fonts of the operator's brand, of the extra `captions`, and of the system. Raises CannotDraw if text can't be shaped here."""
    if not features.check("raqm"):
        raise CannotDraw("library", "Raqm")
    if not is_installed():
        raise CannotDraw("library", "imagine-bot[captions]")
    return Fonts(tuple(dict.fromkeys([*_branded(brand), *_packaged(), *_of_system()])))


def scripts_without_font(fonts: Fonts) -> list[str]:
    return [name for name, sample in SAMPLES.items() if any(fonts.font_for(one, name) is None for one in sample)]


def _branded(brand: str) -> Iterator[Font]:
    if brand:
        if not Path(brand).is_file():
            raise CannotDraw("font", brand)
        yield Font(brand)


def _packaged() -> Iterator[Font]:
    for package, pattern in PACKAGES:
        found = importlib.util.find_spec(package)
        for place in () if found is None else found.submodule_search_locations or ():
            yield from (Font(str(path)) for path in sorted(Path(place).glob(pattern)))


@lru_cache(maxsize=1)
def _of_system() -> tuple[Font, ...]:
    found = []
    for folder in FOLDERS:
        if folder.startswith("C:") != (sys.platform == "win32"):
            continue
        try:
            files = sorted(Path(folder).expanduser().rglob("*.[to]t[fc]"))
        except (OSError, RuntimeError):
            continue
        found += [Font(str(path)) for path in files if not path.name.startswith(".")]
    return tuple(sorted(found, key=_preference)[:SYSTEM_FILES])


def _preference(font: Font) -> tuple[int, str]:
    """Plain sans-serif fonts first, then other regular ones."""
    name = font.name.lower()
    regular = not any(word in name for word in ("bold", "italic", "oblique", "light", "thin", "mono", "serif", "condensed", "black"))
    return (0 if "noto" in name and regular else 1 if "dejavusans" in name and regular else 2 if regular else 3, name)


@lru_cache(maxsize=SYSTEM_FILES + len(PACKAGES) + 1)
def _points(font: Font) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return frozenset()


@lru_cache(maxsize=64)
def _is_bitmap(font: Font) -> bool:
    from fontTools.ttLib import TTFont

    with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
        return "CBDT" in opened


@lru_cache(maxsize=64)
def _opened(font: Font, size: int) -> ImageFont.FreeTypeFont:
    opened = ImageFont.truetype(font.path, size, font.index, layout_engine=ImageFont.Layout.RAQM)
    try:
        axes = opened.get_variation_axes()
    except (OSError, NotImplementedError):
        return opened
    opened.set_variation_by_axes([_axis(axis) for axis in axes])
    return opened


def _axis(axis: object) -> float:
    """Value of one axis: the bot's weight, and the default of everything else."""
    described = dict(axis) if isinstance(axis, dict) else {}
    name = described.get("name", b"")
    words = name.decode("latin-1") if isinstance(name, bytes) else str(name)
    low, high, default = (float(described.get(key, 0)) for key in ("minimum", "maximum", "default"))
    return min(max(float(WEIGHT), low), high) if words.lower().startswith("weight") else default
