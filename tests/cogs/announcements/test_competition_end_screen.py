"""The words of an end and of a changed final board."""

import pytest

from cogs.announcements.screens.competition_end_screen import ended_view, final_board_view
from leaderboards.medals import MedalZone
from leaderboards.news.messages import (
    CorrectedTeam,
    EndedMessage,
    FinalBoardMessage,
    Finisher,
)
from tests.cogs.announcements.test_news import components
from tests.cogs.world import START, text_of


@pytest.mark.parametrize(
    ("user_ids", "who"),
    [((11,), "<@11> is"), ((11, 12), "<@11> and <@12> are"), ((), "**Duet** is")],
)
def test_team_without_a_final_rank_is_named(user_ids: tuple[int, ...], who: str) -> None:
    winner = Finisher(2, "Winner", (), 1, 1, "0.99", MedalZone.GOLD)
    ended = EndedMessage(
        slug="titanic",
        ended_at=START,
        public_at=START,
        team_count=40,
        private=True,
        winner=winner,
        finishers=(Finisher(1, "Duet", user_ids, None, 7, "0.97", None),),
        more=0,
        mean_shake_up=0.1,
        mean_places=3,
        rose=(),
        fell=(),
    )
    text = text_of(components(ended_view(1, ended, {})))
    assert f"{who} not on the final board (public #7)" in text
    changed = FinalBoardMessage(
        slug="titanic",
        ended_at=START,
        team_count=39,
        removed=1,
        added=0,
        winner=None,
        teams=(CorrectedTeam(1, "Duet", user_ids, 7, None, MedalZone.SILVER, None, 0),),
        more=0,
    )
    text = text_of(components(final_board_view(1, changed, {})))
    assert f"{who} no longer on the final board (was #7 · no medal instead of silver)" in text
