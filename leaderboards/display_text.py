"""Text for display in Discord and in plots: clean and short names, and shares of a board."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import wcwidth

from leaderboards.secret_redaction import redact_secrets

ELLIPSIS = "…"
NAMELESS = "(no name)"

_MAX_CHARACTERS = 4000
"""Of a text before it is cleaned: as many as a Discord message has."""
_JOINER = "\u200d"
_EMOJI_MODIFIERS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_MAX_COMBINING_MARKS = 4
"""Combining marks on one letter; more would cover the lines above, and no script needs them."""

_MAX_CHARACTERS_PER_COLUMN = 3
"""A limit for emoji that are joined from many characters, since messages have a length limit."""

# Characters that show nothing although their category says letter, mark or symbol.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK_CATEGORIES = frozenset({"Zs", "Zl", "Zp"})


def display_width(text: str) -> int:
    """Return the number of columns that a text without control characters takes."""
    if text.isascii():
        return len(text)
    return sum(_column_count(cluster) for cluster in wcwidth.iter_graphemes(text))


def clean(text: str) -> str:
    """Remove invisible and direction-changing characters and secrets, and collapse whitespace.

    A text that is longer than any message is cut first.
    """
    text = text[:_MAX_CHARACTERS]
    # Most names are printable ASCII, which normalisation would not change.
    unchanged = text.isascii() and text.isprintable()
    kept = text if unchanged else "".join(_drop_invisible(unicodedata.normalize("NFC", text)))
    return redact_secrets(" ".join(kept.split())) or NAMELESS


def shorten(text: str, width: int) -> str:
    """Shorten a clean text to a display width and a length, ending with an ellipsis."""
    if display_width(text) <= width and len(text) <= width * _MAX_CHARACTERS_PER_COLUMN:
        return text
    kept: list[str] = []
    columns_left = width - 1
    characters_left = columns_left * _MAX_CHARACTERS_PER_COLUMN
    for cluster in wcwidth.iter_graphemes(text):
        columns_left -= _column_count(cluster)
        characters_left -= len(cluster)
        if columns_left < 0 or characters_left < 0:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + ELLIPSIS


def clean_and_shorten(text: str, length: int) -> str:
    """Return clean text of at most this many columns and characters, for where limits count both.

    Such are choices and names of events, in which Discord shows no markdown.
    """
    return shorten(clean(text), length)[:length]


def format_top_share(rank: int, teams: int) -> str:
    """Return the top share of a rank, rounded up so that it never looks better than it is.

    Empty for the lower half of a board, where "top 97 %" would say nothing.
    """
    if 2 * rank > teams:
        return ""
    # In whole numbers: 100 * (7 / 100) is a little more than 7.
    if 100 * rank >= teams:
        return f"top {-(-100 * rank // teams)} %"
    return f"top {-(-1000 * rank // teams) / 10:.1f} %"


def _drop_invisible(text: str) -> Iterator[str]:
    marks = 0
    for index, character in enumerate(text):
        category = unicodedata.category(character)
        if category in _BLANK_CATEGORIES or character in "\t\n\r\v\f\x85":
            marks = 0
            yield " "
            continue
        if character == _JOINER and _joins_emoji(text, index):
            yield character
            continue
        if character in _INVISIBLE or (
            category in _DROPPED_CATEGORIES and not _is_new_emoji(character)
        ):
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MAX_COMBINING_MARKS:
            yield character


def _joins_emoji(text: str, index: int) -> bool:
    before = index - 1
    while before >= 0 and text[before] in _EMOJI_MODIFIERS:
        before -= 1
    return _is_symbol(text[max(before, 0)]) and _is_symbol(text[index + 1 : index + 2])


def _is_new_emoji(character: str) -> bool:
    """Check for a character of an emoji block that is newer than Python's Unicode tables."""
    return "\U0001f000" <= character <= "\U0001faff"


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "So"


def _column_count(cluster: str) -> int:
    return max(0, wcwidth.wcswidth(cluster))
