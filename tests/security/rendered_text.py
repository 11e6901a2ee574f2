"""The structure of a text as Discord renders it, without its letters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from discord import ui
from simcord.components import walk_components
from simcord.preview._markdown import markdown_tokens

_CONTEXT = {
    "users": {"123456789012345678": "someone", "1": "x", "9": "y", "11": "ada", "12": "bob"},
    "roles": {"42": "role"},
    "channels": {"17": "channel"},
    "emojis": {"1234": {"name": "emoji"}, "99": {"name": "b", "animated": True}},
    "commands": {"12": "rank"},
    "everyone": True,
}
_EVERYWHERE = re.compile(
    r"@everyone|@here|@[!&]?\d|[a-z]://|discord(?:app)?\s?\.\s?(?:gg|com|me|io|li|new)",
    re.IGNORECASE,
)
"""What Discord may act on even in a code block, or before it reads markdown."""
_OUTSIDE_CODE = re.compile(r"<[@#/:at]|[*_~`|\[\]]")
_ESCAPED_OR_CODE = re.compile(r"\\.|`[^`\n]+`", re.DOTALL)
"""Whichever begins first: in inline code a backslash escapes nothing."""
_EMBEDDING = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI"}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def texts(components: list[dict[str, Any]]) -> list[str]:
    """Return the texts of a message."""
    return [one["content"] for one in walk_components(components) if "content" in one]


def parts(view: ui.LayoutView) -> list[str]:
    """Return the texts of a screen as Discord receives it."""
    components: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]
    return texts(components)


def skeleton(contents: list[str]) -> list[object]:
    """Return everything but plain text: markdown, mentions, links and line breaks, in order."""
    return [_skeleton_of(content) for content in contents]


@cache
def _skeleton_of(content: str) -> object:
    check_characters(content)
    return (
        _bare(markdown_tokens(content, "text_display", context=_CONTEXT)),
        content.count("\n"),
        _EVERYWHERE.findall(content),
        _OUTSIDE_CODE.findall(_ESCAPED_OR_CODE.sub("", content)),
    )


def check_characters(content: str) -> None:
    """Fail where a character breaks a line, cannot be seen through, or turns its neighbours."""
    for line in content.split("\n"):
        if line.isascii() and line.isprintable():
            continue
        kinds = [unicodedata.bidirectional(character) for character in line]
        assert not _EMBEDDING.intersection(kinds), ascii(line)
        assert not {"Cc", "Zl", "Zp", "Cs", "Co"}.intersection(map(unicodedata.category, line)), (
            ascii(line)
        )
        depth = 0
        for kind in kinds:
            depth += (kind == "FSI") - (kind == "PDI")
            assert depth >= 0, ascii(line)
            assert depth or kind not in _RIGHT_TO_LEFT, f"turns what is beside it: {line!a}"
        assert depth == 0, ascii(line)


def _bare(token: Any) -> Any:
    if isinstance(token, list):
        bare: list[Any] = []
        for one in map(_bare, token):
            if one != "text" or bare[-1:] != ["text"]:
                bare.append(one)
        return bare
    if token["type"] == "text":
        return "text"
    if token["type"] == "code":
        return ("code", token["content"].count("\n"))
    return {name: _bare(value) if name == "children" else value for name, value in token.items()}
