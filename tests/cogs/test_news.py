"""What a channel is told, word by word."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.layout import BLUE, CHARACTERS, GOLD
from cogs.ui.messages import message_view
from leaderboards.medals import Zone
from leaderboards.news import FollowedMessage, Item, NewsMessage, Passed, Reason
from tests.cogs.test_text import HOSTILE
from tests.cogs.world import text_of

ITEM = Item(
    reasons=(Reason.BEST,),
    team_id=1,
    team_name="Alpha",
    user_ids=(11,),
    mention_ids=(),
    rank=40,
    rank_before=52,
    score_text="0.9571",
    score_text_before="0.9560",
    zone=None,
    zone_before=None,
    passed=(),
)
NEWS = NewsMessage(
    slug="titanic",
    taken_at=datetime(2026, 8, 9, tzinfo=UTC),
    team_count=1443,
    items=(ITEM,),
    more=0,
)


def parts(view: ui.LayoutView) -> list[dict[str, Any]]:
    """Give a screen as Discord gets it."""
    built: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]
    return built


def told(item: Item) -> str:
    """Give the line that tells of one team."""
    return text_of(parts(message_view(1, replace(NEWS, items=(item,))))).split("\n")[1]


def test_the_frame_around_the_news() -> None:
    view = message_view(77, NEWS)
    (frame,) = parts(view)
    assert frame["id"] == 77
    lines = text_of([frame]).split("\n")
    assert lines[0] == "### [titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"
    assert lines[-1] == "-# 1,443 teams · board of <t:1786233600:R>"


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {},
            (
                "🚀 <@11> (Alpha) climbed 12 places to **#40** with a new best score:"
                " **0.9571** (was 0.9560)."
            ),
        ),
        (
            {"rank_before": 41, "user_ids": (11, 12)},
            (
                "🚀 <@11> and <@12> (Alpha) climbed 1 place to **#40** with a new best score:"
                " **0.9571** (was 0.9560)."
            ),
        ),
        (
            {"rank_before": 40},
            "🚀 <@11> (Alpha) stays at **#40** with a new best score: **0.9571** (was 0.9560).",
        ),
        (
            {"rank_before": 38},
            (
                "🚀 <@11> (Alpha) went from #38 to **#40** with a new best score:"
                " **0.9571** (was 0.9560)."
            ),
        ),
        (
            {"reasons": (Reason.LEADER, Reason.BEST), "rank": 1},
            "👑 <@11> (Alpha) has taken the lead with **0.9571** (was 0.9560).",
        ),
        (
            {"reasons": (Reason.LEADER,), "user_ids": (), "score_text_before": None},
            "👑 **Alpha** has taken the lead with **0.9571**.",
        ),
        (
            {"reasons": (Reason.FIRST,), "rank_before": None, "score_text_before": None},
            "👋 <@11> (Alpha) is on the board: **#40** with **0.9571**.",
        ),
        (
            {
                "reasons": (Reason.ZONE, Reason.FIRST),
                "rank_before": None,
                "zone": Zone.BRONZE,
                "user_ids": (11, 12),
            },
            (
                "👋 <@11> and <@12> (Alpha) are on the board: **#40** with **0.9571**,"
                " now in the bronze zone 🥉."
            ),
        ),
        (
            {"reasons": (Reason.FALL,), "rank": 120, "rank_before": 60},
            "📉 <@11> (Alpha) is at **#120** now, 60 places down.",
        ),
        (
            {"reasons": (Reason.FALL,), "rank": 120, "rank_before": None},
            "📉 <@11> (Alpha) is at **#120** now.",
        ),
        (
            {
                "reasons": (Reason.PASSED,),
                "passed": (Passed((12,), "Bravo", 41), Passed((13, 14), "Charlie", 44)),
            },
            (
                "⚔️ <@11> (Alpha) climbed 12 places to **#40**, passing <@12> (#41) and"
                " <@13> and <@14> (#44)."
            ),
        ),
        (
            {"reasons": (Reason.ZONE,), "zone": Zone.GOLD, "zone_before": Zone.SILVER},
            "🎉 <@11> (Alpha) is at **#40**, now in the gold zone 🥇.",
        ),
        (
            {"reasons": (Reason.ZONE,), "zone": None, "zone_before": Zone.BRONZE},
            "💨 <@11> (Alpha) is at **#40**, out of the bronze zone.",
        ),
        (
            {"reasons": (Reason.ZONE,), "zone": Zone.SILVER, "zone_before": Zone.GOLD},
            "💨 <@11> (Alpha) is at **#40**, down to the silver zone 🥈.",
        ),
    ],
)
def test_each_kind_of_news(changed: dict[str, object], line: str) -> None:
    assert told(replace(ITEM, **changed)) == line  # type: ignore[arg-type]


def test_good_news_wear_the_medal_s_colour() -> None:
    gold = replace(ITEM, reasons=(Reason.ZONE,), zone=Zone.GOLD)
    lost = replace(gold, zone=Zone.BRONZE, zone_before=Zone.GOLD)
    for items, colour in (((ITEM, gold), GOLD), ((lost,), BLUE), ((ITEM,), BLUE)):
        (frame,) = parts(message_view(1, replace(NEWS, items=items)))
        assert frame["accent_color"] == colour.value


def test_following_is_told_with_who_is_on_the_board() -> None:
    def text(members: int) -> str:
        return text_of(parts(message_view(5, FollowedMessage("titanic", 900, members))))

    assert "None of you is among them yet; `/link` tells me who you are" in text(0)
    assert "900 teams are on the board. One of you is among them." in text(1)
    assert "12 of you are among them." in text(12)


@given(
    st.lists(
        st.builds(
            replace,
            st.just(ITEM),
            team_name=st.sampled_from(HOSTILE) | st.text(max_size=300),
            score_text=st.text(max_size=50),
            user_ids=st.lists(st.integers(1, 2**63), max_size=5).map(tuple),
            reasons=st.lists(st.sampled_from(list(Reason)), min_size=1).map(tuple),
            passed=st.lists(
                st.builds(Passed, st.just((2**63,) * 5), st.text(max_size=99), st.integers(1, 9)),
                max_size=3,
            ).map(tuple),
        ),
        max_size=60,
    ),
    st.integers(0, 10**6),
)
def test_a_message_is_never_larger_than_discord_takes(items: list[Item], more: int) -> None:
    view = message_view(2**31 - 1, replace(NEWS, items=tuple(items), more=more))
    assert view.content_length() <= CHARACTERS
    assert len(list(view.walk_children())) <= 40
    text = text_of(parts(view))
    shown = sum(
        line.startswith(("👑", "👋", "🚀", "📉", "⚔️", "🎉", "💨")) for line in text.split("\n")
    )
    if shown < len(items) or more:
        assert f"and news of {len(items) - shown + more:,} more team" in text
