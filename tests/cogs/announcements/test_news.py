"""The screen of news, word by word."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from cogs.announcements.screens.message_screen import message_view
from cogs.announcements.screens.news_screen import own_news_item_text
from cogs.framework.layout import CHARACTERS
from leaderboards.medals import MedalZone
from leaderboards.news.items import Item, NewsMessage, PassedTeam, Reason
from leaderboards.news.milestones import Milestone
from tests.cogs.framework.test_escape import HOSTILE
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
    medal_zone=None,
    medal_zone_before=None,
    passed=(),
)
FIRST_TOP_TEN = (Milestone.TOP_TEN_PERCENT,)
NEWS = NewsMessage(
    slug="titanic",
    taken_at=datetime(2026, 8, 9, tzinfo=UTC),
    team_count=1443,
    items=(ITEM,),
    more=0,
)


def components(view: ui.LayoutView) -> list[dict[str, Any]]:
    """Return a screen as Discord gets it."""
    built: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]
    return built


def news_lines(item: Item) -> tuple[str, str]:
    """Return the headline and the details of one team."""
    _, line, details, _ = text_of(components(message_view(1, replace(NEWS, items=(item,))))).split(
        "\n"
    )
    return line, details


def test_news_has_a_title_and_a_footer() -> None:
    view = message_view(77, NEWS)
    (container,) = components(view)
    assert container["id"] == 77
    lines = text_of([container]).split("\n")
    assert lines[0] == "### [Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"
    assert lines[-1] == "-# 1,443 teams · board of <t:1786233600:R>"


@pytest.mark.parametrize(
    ("changed", "line", "details"),
    [
        (
            {"milestones": (Milestone.BEST_RANK,)},
            "🚀 <@11> (Alpha) climbed 12 places to **#40**",
            "new best score **0.9571** (+0.0011) · ⭐ best rank yet",
        ),
        (
            {"rank_before": 41, "user_ids": (11, 12), "score_text_before": "0.9571"},
            "🚀 <@11> and <@12> (Alpha) climbed 1 place to **#40**",
            "new best score **0.9571**",
        ),
        (
            {"rank_before": 40, "score_text_before": "0.97", "milestones": FIRST_TOP_TEN},
            "🎯 <@11> (Alpha): new best score **0.9571** (−0.0129), still **#40**",  # noqa: RUF001
            "⭐ first time in the top 10 %",
        ),
        (
            {"rank_before": 38, "score_text_before": "odd", "milestones": FIRST_TOP_TEN},
            "🎯 <@11> (Alpha): new best score **0.9571**, now **#40** (▼2)",
            "⭐ first time in the top 10 %",
        ),
        (
            {"reasons": (Reason.ARRIVAL, Reason.BEST), "rank_before": None},
            "👋 <@11> (Alpha) is on the board: **#40**",
            "new best score **0.9571** (+0.0011)",
        ),
        (
            {"reasons": (Reason.LEADER, Reason.BEST), "rank": 1},
            "👑 <@11> (Alpha) has taken the lead",
            "from #52 · new best score **0.9571** (+0.0011)",
        ),
        (
            {"reasons": (Reason.LEADER,), "user_ids": (), "rank_before": None},
            "👑 **Alpha** has taken the lead",
            "score 0.9571",
        ),
        (
            {"reasons": (Reason.ARRIVAL,), "rank_before": None, "score_text_before": None},
            "👋 <@11> (Alpha) is on the board: **#40**",
            "score 0.9571",
        ),
        (
            {
                "reasons": (Reason.ZONE, Reason.ARRIVAL),
                "rank_before": None,
                "medal_zone": MedalZone.BRONZE,
                "user_ids": (11, 12),
                "milestones": (Milestone.FIRST_MEDAL_ZONE, Milestone.TOP_TEN_PERCENT),
            },
            "👋 <@11> and <@12> (Alpha) are on the board: **#40**",
            "score 0.9571 · 🥉 in the bronze zone · ⭐ first medal zone in this competition",
        ),
        (
            {"reasons": (Reason.FALL,), "rank": 120, "rank_before": 60},
            "📉 <@11> (Alpha) fell 60 places to **#120**",
            "score 0.9571",
        ),
        (
            {
                "reasons": (Reason.ZONE, Reason.FALL),
                "rank": 120,
                "rank_before": None,
                "medal_zone_before": MedalZone.BRONZE,
            },
            "📉 <@11> (Alpha) fell to **#120**",
            "score 0.9571 · out of the bronze zone",
        ),
        (
            {
                "reasons": (Reason.PASSED,),
                "passed": (PassedTeam((12,), "Bravo", 41), PassedTeam((13, 14), "Charlie", 44)),
            },
            "⚔️ <@11> (Alpha) climbed 12 places to **#40**",
            "score 0.9571 · passed <@12> (#41) and <@13> and <@14> (#44)",
        ),
        (
            {
                "reasons": (Reason.ZONE,),
                "medal_zone": MedalZone.GOLD,
                "medal_zone_before": MedalZone.SILVER,
            },
            "🥇 <@11> (Alpha) is in the **gold zone** now: **#40**",
            "score 0.9571",
        ),
        (
            {
                "reasons": (Reason.ZONE, Reason.BEST),
                "medal_zone": MedalZone.SILVER,
                "medal_zone_before": None,
            },
            "🥈 <@11> (Alpha) climbed 12 places to **#40** and is in the **silver zone**",
            "new best score **0.9571** (+0.0011)",
        ),
        (
            {"reasons": (Reason.ZONE,), "medal_zone": None, "medal_zone_before": MedalZone.BRONZE},
            "💨 <@11> (Alpha) is out of the bronze zone: **#40**",
            "score 0.9571",
        ),
        (
            {
                "reasons": (Reason.ZONE,),
                "medal_zone": MedalZone.SILVER,
                "medal_zone_before": MedalZone.GOLD,
            },
            "💨 <@11> (Alpha) is down to the silver zone: **#40**",
            "score 0.9571",
        ),
        (
            {"reasons": (Reason.MILESTONE,), "milestones": (Milestone.TOP_TEN_PERCENT,)},
            "⭐ <@11> (Alpha) is in the **top 10 %** now: **#40**",
            "score 0.9571 · ⭐ first time in the top 10 %",
        ),
        (
            {"reasons": (Reason.RETURN,), "rank_before": None},
            "👋 <@11> (Alpha) is back on the board: **#40**",
            "score 0.9571",
        ),
        (
            {"reasons": (Reason.MERGER,), "teammates": ("carol", "d*ve")},
            "👋 <@11> is now in team **Alpha** with carol and d\\*ve: **#40**",
            "score 0.9571",
        ),
        (
            {"reasons": (Reason.MERGER,), "user_ids": (11, 12)},
            "👋 <@11> and <@12> are now in team **Alpha**: **#40**",
            "score 0.9571",
        ),
        (
            {"reasons": (Reason.BEST, Reason.MERGER), "teammates": ("carol",)},
            "🚀 <@11> (Alpha) climbed 12 places to **#40**",
            "new best score **0.9571** (+0.0011) · now in team **Alpha** with carol",
        ),
    ],
)
def test_headline_and_details_of_each_reason(
    changed: dict[str, object], line: str, details: str
) -> None:
    item = replace(ITEM, **changed)  # type: ignore[arg-type]
    assert news_lines(item) == (line, f"-# {details}")
    assert own_news_item_text(item) == f"{say_you(line)}\n-# {details}"


def test_merged_news_of_the_own_team_say_you() -> None:
    """What waits for a direct message is merged, from the first rank to the last one."""
    first = replace(ITEM, rank=45, rank_before=52)
    fell = replace(ITEM, reasons=(Reason.FALL,), rank=130, rank_before=45)
    (merged,) = NewsMessage.merge([replace(NEWS, items=(one,)) for one in (first, fell)])
    assert list(map(own_news_item_text, merged.items)) == [
        "🎯 You have a new best score, **0.9571** (+0.0011): now **#130** (▼78)"
    ]


def say_you(line: str) -> str:
    """Return the headline about a team as its member reads it."""
    line = re.sub(r"<@11>( and <@12>)?( \(Alpha\))?|\*\*Alpha\*\*(?= has)", "You", line, count=1)
    line = re.sub(
        r"You: new best score (.+), (still|now)", r"You have a new best score, \1: \2", line
    )
    return line.replace(" is ", " are ").replace(" has ", " have ")


def test_of_many_teams_only_big_news_has_details() -> None:
    leader = replace(ITEM, reasons=(Reason.LEADER,), rank=1)
    fallen = replace(ITEM, reasons=(Reason.FALL,), rank=120, rank_before=60)
    star = replace(
        ITEM, milestones=(Milestone.BEST_RANK,), passed=(PassedTeam((12,), "Bravo", 41),)
    )
    new = replace(ITEM, reasons=(Reason.ARRIVAL,), rank_before=None)
    merged = replace(ITEM, reasons=(Reason.MERGER,), teammates=("carol",))
    view = message_view(1, replace(NEWS, items=(leader, new, star, ITEM, merged, fallen)))
    assert text_of(components(view)).split("\n")[1:-1] == [
        "👑 <@11> (Alpha) has taken the lead",
        "-# from #52 · score 0.9571",
        "👋 <@11> (Alpha) · **#40** · 0.9571 · new on the board",
        "🚀 <@11> (Alpha) · **#40** ▲12 · 0.9571 (+0.0011) · passed <@12> (#41) · ⭐",
        "🚀 <@11> (Alpha) · **#40** ▲12 · 0.9571 (+0.0011)",
        "👋 <@11> · **#40** · 0.9571 · now in team **Alpha** with carol",
        "📉 <@11> (Alpha) · **#120** ▼60",
    ]


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
                st.builds(
                    PassedTeam, st.just((2**63,) * 5), st.text(max_size=99), st.integers(1, 9)
                ),
                max_size=3,
            ).map(tuple),
        ),
        max_size=60,
    ),
    st.integers(0, 10**6),
)
def test_largest_news_fits_into_one_message(items: list[Item], more: int) -> None:
    view = message_view(2**31 - 1, replace(NEWS, items=tuple(items), more=more))
    assert view.content_length() <= CHARACTERS
    assert len(list(view.walk_children())) <= 40
    text = text_of(components(view))
    shown = sum(
        line.startswith(("👑", "👋", "🚀", "🎯", "📉", "⚔️", "💨", "⭐", "🥇", "🥈", "🥉"))
        for line in text.split("\n")
    )
    if shown < len(items) or more:
        assert f"and news of {len(items) - shown + more:,} more team" in text
