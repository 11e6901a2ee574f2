from dataclasses import replace
from datetime import timedelta

from leaderboards.board import Board, BoardKind
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.news.competition_end import MAX_FINISHERS, CompetitionEnd
from leaderboards.news.final_board import FinalBoardChange
from leaderboards.news.messages import FinalBoardMessage
from tests.leaderboards.boards import START
from tests.leaderboards.news.following import ranked_board
from tests.leaderboards.news.test_competition_end import follower


def private_board(*order: int) -> Board:
    return replace(ranked_board(*order), kind=BoardKind.PRIVATE)


def test_new_winner_is_named_however_many_teams_have_another_medal() -> None:
    old = private_board(*range(1, 61))
    risen = range(25, 40)
    others = [number for number in range(3, 61) if number not in risen]
    new = private_board(2, 1, *risen, *others)
    end = CompetitionEnd("titanic", START + timedelta(hours=1), old, new, medals=True)
    message = FinalBoardChange(end, BoardDiff.between(old, new)).decide(follower(2, *risen)).message
    assert isinstance(message, FinalBoardMessage)
    assert message.winner is not None
    assert message.winner.user_ids == message.teams[0].user_ids == (20,)
    assert (len(message.teams), message.more) == (MAX_FINISHERS, 4)
    own = message.extract(20)
    assert own is not None, "deleting the member's data would miss it"
    assert own.user_ids() == {20}
