"""Names and top shares as they are shown."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leaderboards import display_text


@given(st.text(max_size=60), st.integers(4, 40))
@example("各位🏆🏆🏆", 6)
@example("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 5)
def test_shortened_name_fits_the_width(name: str, width: int) -> None:
    assert (
        display_text.display_width(display_text.shorten(display_text.clean(name), width)) <= width
    )


@given(st.text(st.characters(max_codepoint=0x7F), max_size=40))
@example(" a  b\t\x7f ")
def test_ascii_names_are_cleaned_like_others(name: str) -> None:
    assert display_text.clean(name + "é") == display_text.clean(name + "e").removesuffix("e") + "é"
    kept = display_text.clean(name)
    assert display_text.display_width(kept + "東") == display_text.display_width(kept) + 2


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
    assert display_text.clean(name) == kept


def test_long_names_end_in_an_ellipsis() -> None:
    assert display_text.shorten("a long name of a team", 10) == "a long na…"
    assert display_text.shorten("東京東京東京", 7) == "東京東…"


@pytest.mark.parametrize(
    ("rank", "teams", "expected"),
    [
        (1, 15_739, "top 0.1 %"),
        (3, 1000, "top 0.3 %"),
        (13, 1_443, "top 1.0 %"),
        (150, 15_000, "top 1 %"),
        (151, 15_000, "top 2 %"),
        (40, 1_443, "top 3 %"),
        (29, 100, "top 29 %"),
        (7, 100, "top 7 %"),
        (14, 2000, "top 0.7 %"),
        (291, 1000, "top 30 %"),
        (50, 100, "top 50 %"),
        (51, 100, ""),
        (1, 1, ""),
        (100, 98, ""),  # Ranks may have gaps.
    ],
)
def test_top_share_is_rounded_up(rank: int, teams: int, expected: str) -> None:
    assert display_text.format_top_share(rank, teams) == expected


@pytest.mark.parametrize(
    "repeated", ["👩\u200d", "👩🏽\u200d", "e\u0301", "\u0301", "\u200d", "a "]
)
def test_only_the_beginning_of_an_endless_name_is_cleaned(repeated: str) -> None:
    name = repeated * 400_000
    assert display_text.clean(name) == display_text.clean(name[:4000])
    assert len(display_text.shorten(display_text.clean(name), 32)) <= 96
