"""Escaping: any name becomes text on one line and nothing else."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from simcord.preview._markdown import markdown_tokens

from cogs.framework.escape import escape, escape_code, escape_sentence
from cogs.framework.layout import join_lines
from leaderboards.display_text import clean, display_width

HOSTILE = [
    "@everyone",
    "@here <@123456789012345678> <@&42> <#17> <@!9>",
    "<:emoji:1234> <a:b:99> <t:0:R> </rank:12> <id:browse>",
    "https://evil.example/x [click](https://evil.example) <https://evil.example>",
    "discord.gg/abcdef discord.com/invite/abc",
    "**bold** __under__ ~~gone~~ ||spoiler|| `code` ```block``` > quote",
    "# heading",
    "-# small",
    "- list",
    "1. one",
    "\u202eevil\u2066x\u2069",
    "a\nb\r\nc\u2028d\x85e\x0bf",
    "\\",
    "\\*a\\*",
    "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357algo",
    "\u3164",
    "",
    "&amp; &lt;@1&gt;",
    "mailto:a@b.example ftp://x.example",
    "::smile: :smile:",
    "\U000e0041\U000e0042",
]
CONTEXT = {
    "users": {"123456789012345678": "someone", "1": "x", "9": "y"},
    "roles": {"42": "role"},
    "channels": {"17": "channel"},
    "emojis": {"1234": {"name": "emoji"}, "99": {"name": "b", "animated": True}},
    "commands": {"12": "rank"},
    "everyone": True,
}


def shown(markdown: str) -> str:
    """Return what a reader sees; fail where anything but plain text would be shown."""
    blocks = markdown_tokens(markdown, "text_display", context=CONTEXT)
    assert [block["type"] for block in blocks] == ["paragraph"], blocks
    pieces = [piece for inline in blocks[0]["children"] for piece in inline["children"]]
    assert {piece["type"] for piece in pieces} == {"text"}, blocks
    return "".join(piece["content"] for piece in pieces)


def is_harmless(seen: str) -> bool:
    return not any(
        unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"}
        or unicodedata.bidirectional(c) in {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "PDF"}
        for c in seen
    )


@given(st.text(max_size=80))
def test_any_text_is_shown_as_text_on_one_line(name: str) -> None:
    safe = escape(name)
    assert "\n" not in safe
    assert is_harmless(shown(safe))
    assert shown(f"a {safe} b").startswith("a ")


@given(st.text(alphabet="<>@#&!:/\\*_~`|[]()-+.1 ahtps\n", max_size=40))
def test_markdown_is_escaped(name: str) -> None:
    safe = escape(name, 200)
    assert shown(safe).replace("\u2060", "") == clean(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    safe = escape(name, 200)
    assert is_harmless(shown(safe))
    assert not re.search(r"@(everyone|here|&?\d)|(?<!\\)<|://|discord\.(gg|com)", safe)


@pytest.mark.parametrize("name", HOSTILE)
def test_in_a_code_block_nothing_pings_or_ends_the_block(name: str) -> None:
    safe = escape_code(name, 40)
    assert display_width(safe) == 40
    assert not re.search(r"@(everyone|here|&?\d)|`|://|discord\.(gg|com)|\n", safe)


@given(st.text(max_size=60), st.integers(4, 40))
@example("各位🏆🏆🏆", 6)
@example("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 5)
def test_columns_line_up(name: str, width: int) -> None:
    assert display_width(escape_code(name, width)) == width


def test_lines_that_do_not_fit_are_counted() -> None:
    assert join_lines(["one", "two", "three"], 7) == ("one\ntwo", 1)
    assert join_lines(["too long"], 3) == ("", 1)


def test_kaggles_addresses_stay_links_in_our_own_sentences() -> None:
    address = "https://www.kaggle.com/competitions/titanic/rules"
    said = escape_sentence(f"Accept the rules at {address}, then try *again* or ask @everyone.")
    assert f" at {address}, then" in said
    assert "\\*again\\*" in said
    assert "@everyone" not in said


def test_foreign_addresses_are_no_links() -> None:
    said = escape_sentence(
        "Kaggle says: https://evil.example/x https://www.kaggle.com.evil.example/y"
    )
    assert "https://evil" not in said
    assert "https://www.kaggle.com.evil" not in said
