"""Text safety: everything from Kaggle or a member passes through here before it is shown.

A name keeps its letters, but cannot become a mention, a link, an invite, an emoji, markdown, a
second line or a change of direction, whatever stands in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import wcwidth

ELLIPSIS = "…"
NAMELESS = "(no name)"

_BREAK = "\u2060"
"""A word joiner: nobody sees it, no line breaks at it, and what Discord looks for is gone."""
_JOINER = "\u200d"
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_MARKS_IN_A_ROW = 4
"""More accents on one letter than any script needs climb into the lines above."""

_CHARACTERS_A_COLUMN = 3
"""Emoji put together from many must not eat up what a message may hold."""

_MARKDOWN = re.compile(r"([\\*_~`|<>\[\]:])")
_AT_LINE_START = re.compile(r"^(?=[-+#])|^(\d+)(?=[.)](?:\s|$))")
_KAGGLE = re.compile(r"(https://www\.kaggle\.com(?:/[\w-]+)*)(?=[.,;:)]?(?:\s|$))", re.ASCII)
_MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_INVITE = re.compile(r"(discord(?:app)?\s?\.)(?=\s?(?:gg|com|me|io|li|new))", re.IGNORECASE)
_SCHEME = re.compile(r"(?<=[a-z]):(?=//)", re.IGNORECASE)

# Characters that show nothing although their category says letter, mark or symbol.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK = frozenset({"Zs", "Zl", "Zp"})


def plain(text: str, width: int = 32) -> str:
    """Make any text safe to stand in a line of Discord markdown, at most `width` columns wide."""
    escaped = _MARKDOWN.sub(r"\\\1", _disarm(shorten(clean(text), width)))
    return _isolated(_AT_LINE_START.sub(rf"\1{_BREAK}", escaped))


def sentence(text: str, width: int = 600) -> str:
    """Make one of our own sentences safe, which may quote others; Kaggle's addresses stay links."""
    parts = _KAGGLE.split(shorten(clean(text), width))
    parts[::2] = [_quoted(part, width) for part in parts[::2]]
    return "".join(parts)


def _quoted(part: str, width: int) -> str:
    inside = part.strip()
    return part.replace(inside, plain(inside, width)) if inside else part


def in_code(text: str, width: int) -> str:
    """Make any text safe to stand in a code block, exactly `width` columns wide."""
    return pad(_isolated(_disarm(shorten(clean(text), width).replace("`", "'"))), width)


def pad(text: str, width: int) -> str:
    """Fill up with blanks to a display width."""
    return text + " " * (width - display_width(text))


def display_width(text: str) -> int:
    """Tell how many columns a text without control characters takes."""
    return sum(_column_count(cluster) for cluster in wcwidth.iter_graphemes(text))


def clean(text: str) -> str:
    """Drop what cannot be seen or moves other text; all blanks become single ones."""
    kept = "".join(_visible(unicodedata.normalize("NFC", text)))
    return " ".join(kept.split()) or NAMELESS


def shorten(text: str, width: int) -> str:
    """Cut a clean text to a display width and a length, an ellipsis standing for the rest."""
    if display_width(text) <= width and len(text) <= width * _CHARACTERS_A_COLUMN:
        return text
    kept: list[str] = []
    room = width - 1
    characters = room * _CHARACTERS_A_COLUMN
    for cluster in wcwidth.iter_graphemes(text):
        room -= _column_count(cluster)
        characters -= len(cluster)
        if room < 0 or characters < 0:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + ELLIPSIS


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for index, character in enumerate(text):
        category = unicodedata.category(character)
        if category in _BLANK or character in "\t\n\r\v\f\x85":
            marks = 0
            yield " "
            continue
        if character == _JOINER and _joins_emoji(text, index):
            yield character
            continue
        if character in _INVISIBLE or (category in _DROPPED and not _is_new_emoji(character)):
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MARKS_IN_A_ROW:
            yield character


def _joins_emoji(text: str, index: int) -> bool:
    before = text[:index].rstrip("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")[-1:]
    return _is_symbol(before) and _is_symbol(text[index + 1 : index + 2])


def _is_new_emoji(character: str) -> bool:
    """Whether this stands in an emoji block but is younger than Python's Unicode tables."""
    return "\U0001f000" <= character <= "\U0001faff"


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "So"


def _disarm(text: str) -> str:
    text = _MENTION.sub("@" + _BREAK, text)
    text = _INVITE.sub(r"\1" + _BREAK, text)
    return _SCHEME.sub(":" + _BREAK, text)


def _isolated(text: str) -> str:
    """Keep Hebrew or Arabic from turning the numbers beside it, or the whole line."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_ISOLATE}{text}{_END_OF_ISOLATE}"
    return text


def _column_count(cluster: str) -> int:
    return max(0, wcwidth.wcswidth(cluster))


def join_lines(lines: Iterable[str], limit: int) -> tuple[str, int]:
    """Join lines as far as they fit into `limit` characters, and tell how many did not."""
    kept: list[str] = []
    rest = list(lines)
    size = -1
    while rest and size + 1 + len(rest[0]) <= limit:
        size += 1 + len(rest[0])
        kept.append(rest.pop(0))
    return "\n".join(kept), len(rest)
