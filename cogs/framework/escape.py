"""Escaping of text from Kaggle and from members, wherever Discord shows it as markdown.

Names of threads, events and choices, which have no markdown, pass `leaderboards/display_text.py`.

An escaped name keeps its letters, but can never become a mention, a link, an invite, an emoji,
markdown, a second line or a change of the writing direction. No name can ping anybody: the
client's `AllowedMentions` (`bot/client.py`) allows no ping, and `Announcer` allows only those of
members who asked for it.
"""

from __future__ import annotations

import re
import unicodedata

from leaderboards.display_text import clean, display_width, shorten

_BREAK = "\u2060"
"""Word joiner: invisible, never a line break, and it breaks the patterns that Discord looks for."""
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_HARMLESS = re.compile(r"[a-z][a-z0-9 ]*|[0-9]+\.[0-9]+", re.ASCII | re.IGNORECASE)
"""Most names and scores. Escaping would not change them, and takes three times as long."""
_MARKDOWN = re.compile(r"([\\*_~`|<>\[\]:])")
_AT_LINE_START = re.compile(r"^(?=[-+#=])|^(\d+)(?=[.)](?:\s|$))")
_KAGGLE = re.compile(r"(https://www\.kaggle\.com(?:/[\w-]+)*)(?=[.,;:)]?(?:\s|$))", re.ASCII)
_MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_INVITE = re.compile(r"(discord(?:app)?\s?\.)(?=\s?(?:gg|com|me|io|li|new))", re.IGNORECASE)
_SCHEME = re.compile(r"(?<=[a-z]):(?=//)", re.IGNORECASE)


def escape(text: str, width: int = 32) -> str:
    """Return text escaped for a line of Discord markdown, at most `width` columns wide."""
    cleaned = shorten(clean(text), width)
    if _HARMLESS.fullmatch(cleaned):
        return cleaned
    escaped = _MARKDOWN.sub(r"\\\1", _break_patterns(cleaned))
    return _isolate(_AT_LINE_START.sub(rf"\1{_BREAK}", escaped))


def escape_sentence(text: str, width: int = 600) -> str:
    """Return a sentence of the bot, escaped except for Kaggle's addresses, which stay links."""
    parts = _KAGGLE.split(shorten(clean(text), width))
    parts[::2] = [_escape_except_edges(part, width) for part in parts[::2]]
    return "".join(parts)


def _escape_except_edges(part: str, width: int) -> str:
    inside = part.strip()
    return part.replace(inside, escape(inside, width)) if inside else part


def escape_code(text: str, width: int) -> str:
    """Return text that is safe in a code block, exactly `width` columns wide."""
    return pad(_isolate(_break_patterns(shorten(clean(text), width).replace("`", "'"))), width)


def pad(text: str, width: int) -> str:
    """Return text padded with blanks to a display width."""
    return text + " " * (width - display_width(text))


def _break_patterns(text: str) -> str:
    text = _MENTION.sub("@" + _BREAK, text)
    text = _INVITE.sub(r"\1" + _BREAK, text)
    return _SCHEME.sub(":" + _BREAK, text)


def _isolate(text: str) -> str:
    """Isolate right-to-left text, so that it does not reorder the rest of the line."""
    if text.isascii():
        return text
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return f"{_ISOLATE}{text}{_END_OF_ISOLATE}"
    return text
