from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from leaderboards.board import Board, BoardKind
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.news.messages import FinalBoardMessage
from leaderboards.news.watches import (
    ResultEvent,
    Watch,
    WatchEvent,
    WatchKind,
    WatchState,
)
from leaderboards.results.competition_end import MAX_FINISHERS, CompetitionEnd
from leaderboards.results.final_board_change import FinalBoardChange
from tests.leaderboards.boards import START
from tests.leaderboards.news.following import ranked_board
from tests.leaderboards.results.test_competition_end import follower


def private_board(*order: int) -> Board:
    return replace(ranked_board(*order), kind=BoardKind.PRIVATE)


def test_new_winner_is_named_however_many_teams_have_another_medal() -> None:
    old = private_board(*range(1, 61))
    risen = range(25, 40)
    others = [number for number in range(3, 61) if number not in risen]
    new = private_board(2, 1, *risen, *others)
    end = CompetitionEnd("titanic", START + timedelta(hours=1), old, new, medals=True)
    (message,) = (
        FinalBoardChange(end, BoardDiff.between(old, new)).decide(follower(2, *risen)).messages
    )
    assert isinstance(message, FinalBoardMessage)
    assert message.winner is not None
    assert message.winner.user_ids == message.teams[0].user_ids == (20,)
    assert (len(message.teams), message.more) == (MAX_FINISHERS, 4)
    own = message.extract(20)
    assert own is not None, "deleting the member's data would miss it"
    assert own.user_ids() == {20}


def test_members_who_watch_their_news_are_told_results_and_their_corrections() -> None:
    watching = replace(
        follower(3, 4),
        watches=tuple(
            WatchState(Watch(id_, 1, user_id, WatchKind.NEWS), 7, None, None)
            for id_, user_id in ((1, 30), (2, 40))
        ),
    )
    old, new = private_board(*range(1, 11)), private_board(1, 2, 3, *range(5, 11), 4)
    end = CompetitionEnd("titanic", START + timedelta(hours=1), old, old, medals=False)
    told = end.decide(watching).watched.events
    assert [results(told[30])[0].rank, results(told[40])[0].rank] == [3, 4]
    end = replace(end, private=new)
    told = FinalBoardChange(end, BoardDiff.between(old, new)).decide(watching).watched.events
    assert told.keys() == {40}
    assert [(one.rank, one.is_correction) for one in results(told[40])] == [(10, True)]


def results(events: Iterable[WatchEvent]) -> list[ResultEvent]:
    return [event for event in events if isinstance(event, ResultEvent)]
