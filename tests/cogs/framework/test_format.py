from datetime import UTC, datetime, timedelta

import pytest

from cogs.framework import format as fmt
from leaderboards.board import ScoreOrder


@pytest.mark.parametrize(
    ("before", "now", "written"),
    [(5, 2, "▲3"), (2, 1300, "▼1,298"), (4, 4, ""), (None, 4, "new")],
)
def test_change_of_a_rank(before: int | None, now: int, written: str) -> None:
    assert fmt.change(before, now) == written
    assert fmt.change_or_unchanged(before, now) == (written or "±0")


@pytest.mark.parametrize(
    ("one", "other", "written"),
    [
        ("0.91000", "0.91012", "0.00012"),
        ("-3.5", "2", "5.5"),
        ("1234567890.1", "1234567890.1", ""),
        ("1e-05", "0", "0.00001"),
        ("?", "1", "?"),
        ("inf", "1", "?"),
    ],
)
def test_score_gaps_keep_the_decimals_of_kaggle(one: str, other: str, written: str) -> None:
    assert fmt.score_gap(one, other) == written


def test_words_are_joined_and_counted() -> None:
    assert fmt.join_words([]) == ""
    assert fmt.join_words(["a"]) == "a"
    assert fmt.join_words(["a", "b", "c"]) == "a, b and c"
    assert fmt.plural(1, "team") == "1 team"
    assert fmt.plural(1200, "team") == "1,200 teams"
    assert fmt.when(None) == "never"
    assert fmt.when(datetime(2026, 1, 1, tzinfo=UTC)) == "<t:1767225600:R>"
    assert fmt.better(ScoreOrder.LOWER) == "lower is better"
    assert fmt.better(None) == ""
    assert fmt.join_dotted(["a", "", "b"]) == "a · b"


def test_deadlines_in_the_future_and_the_past() -> None:
    end = datetime(2026, 1, 1, tzinfo=UTC)
    assert fmt.deadline(None, end) == ""
    assert fmt.deadline(end, end - timedelta(days=1)) == "deadline <t:1767225600:R>"
    assert fmt.deadline(end, end) == "ended <t:1767225600:R>"


def test_long_list_shows_the_first_and_the_number_of_the_rest() -> None:
    assert fmt.join_some([], 2) == ""
    assert fmt.join_some(["a", "b"], 2) == "a, b"
    assert fmt.join_some(["a", "b", "c"], 2) == "a, b and 1 more"
