"""What is left of a name before it is shown anywhere."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leaderboards import display_text as text


@given(st.text(max_size=60), st.integers(4, 40))
@example("各位🏆🏆🏆", 6)
@example("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 5)
def test_no_name_is_wider_than_it_may_be(name: str, width: int) -> None:
    assert text.display_width(text.shorten(text.clean(name), width)) <= width


@given(st.text(st.characters(max_codepoint=0x7F), max_size=40))
@example(" a  b\t\x7f ")
def test_plain_names_are_treated_as_those_with_other_letters(name: str) -> None:
    assert text.clean(name + "é") == text.clean(name + "e").removesuffix("e") + "é"
    kept = text.clean(name)
    assert text.display_width(kept + "東") == text.display_width(kept) + 2


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  NaN  ", "NaN"),
        ("Ünïcödé 東京 зима", "Ünïcödé 東京 зима"),
        ("👨‍🚀 crew", "👨‍🚀 crew"),
        ("a\u200bb\u2060c\ufeff", "abc"),
        ("a\u200db", "ab"),
        ("\u3164", "(no name)"),
        ("🏳️‍🌈", "🏳️‍🌈"),
    ],
)
def test_ordinary_names_are_unchanged(name: str, kept: str) -> None:
    assert text.clean(name) == kept


def test_long_names_end_in_an_ellipsis() -> None:
    assert text.shorten("a long name of a team", 10) == "a long na…"
    assert text.shorten("東京東京東京", 7) == "東京東…"
