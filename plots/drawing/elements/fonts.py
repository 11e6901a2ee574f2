"""Fonts of plots, installed as packages, and the characters that they contain."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, fontManager, get_font

from leaderboards.display_text import NAMELESS, clean

FAMILIES = (
    "Noto Sans CJK JP",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "DejaVu Sans",
)
"""A character is drawn in the first family that has it. DejaVu comes with matplotlib and has
Hebrew, symbols and some emoji."""


def font_files() -> list[Path]:
    """Return the font files in the order of `FAMILIES`."""
    packaged = [Path(str(files("noto_cjk_sans_otc"))) / "NotoSansCJK-Regular.ttc"]
    for package in ("arabic", "devanagari", "thai"):
        packaged += Path(str(files(f"fontpkg_noto_sans_{package}")), "files").glob("*.ttf")
    return [*packaged, Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")]


@cache
def load_fonts() -> frozenset[int]:
    """Register the fonts with matplotlib; return the characters that they contain."""
    # Without a matplotlibrc and the fonts of this machine the same plot looks the same anywhere.
    mpl.rcdefaults()
    fontManager.ttflist.clear()
    characters: set[int] = set()
    for path in font_files():
        fontManager.addfont(path)
        characters.update(get_font(path).get_charmap())
    return frozenset(characters)


def font(points: float) -> FontProperties:
    """Return the fonts in a size."""
    load_fonts()
    return FontProperties(family=list(FAMILIES), size=points)


def drop_unsupported(name: str) -> str:
    """Return a name without characters that no font contains: most emoji, and some scripts."""
    has = load_fonts()
    drawn = (c for c in clean(name) if ord(c) in has and not _is_joiner(c))
    return " ".join("".join(drawn).split()) or NAMELESS


def _is_joiner(character: str) -> bool:
    """Return whether a character only joins or varies emoji."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"
