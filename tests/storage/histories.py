"""Assertions that a history log holds given boards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from leaderboards.board import UNKNOWN, Board
from leaderboards.history import TeamHistory
from records.competitions import BoardInfo
from storage.storage import Storage
from tests.leaderboards.boards import all_values

Row = tuple[int | None, float | None, str | None, int | None]
"""Rank, score, score as Kaggle wrote it, and submissions; None where a team is not on a board."""


async def find_board_info(storage: Storage, board: Board) -> BoardInfo:
    assert board.slug is not None
    competition = await storage.competitions.find(board.slug)
    assert competition is not None
    info = await storage.boards.find_info(competition.id, board.kind)
    assert info is not None
    return info


async def assert_log(
    storage: Storage, boards: Sequence[Board], team_ids: Iterable[int] | None = None
) -> None:
    """Assert that the log has these boards and no other, complete and for each team."""
    await assert_boards(storage, boards)
    await assert_histories(storage, boards, team_ids)
    assert boards[0].taken_at is not None
    before = boards[0].taken_at - timedelta(seconds=1)
    info = await find_board_info(storage, boards[0])
    assert await storage.history.load_board_at(info, "titanic", before) is None


async def assert_boards(storage: Storage, boards: Sequence[Board]) -> None:
    """Assert that these boards are loaded complete."""
    info = await find_board_info(storage, boards[0])
    for board in boards:
        assert board.slug is not None
        assert board.taken_at is not None
        rebuilt = await storage.history.load_board_at(info, board.slug, board.taken_at)
        assert rebuilt is not None
        assert rebuilt.taken_at == board.taken_at
        assert all_values(rebuilt) == all_values(board)


async def assert_histories(
    storage: Storage, boards: Sequence[Board], team_ids: Iterable[int] | None = None
) -> None:
    """Assert that teams, by default all, have these boards as their history."""
    info = await find_board_info(storage, boards[0])
    all_ids = sorted({int(team_id) for board in boards for team_id in board.teams.team_id})
    wanted = [*all_ids, 0] if team_ids is None else list(team_ids)
    histories = await storage.history.load_histories(info.board_id, wanted)
    assert list(histories) == wanted
    assert_histories_match(histories.values(), boards)


def assert_histories_match(histories: Iterable[TeamHistory], boards: Sequence[Board]) -> None:
    """Assert that teams' histories have the ranks and scores of these boards."""
    rows = [_rows_by_team(board) for board in boards]
    for history in histories:
        _assert_history_matches(history, boards, rows)


def _assert_history_matches(
    history: TeamHistory, boards: Sequence[Board], rows: Sequence[Mapping[int, Row]]
) -> None:
    moments = list(history)
    assert [at.taken_at for at in moments] == [board.taken_at for board in boards]
    assert [at.team_count for at in moments] == [len(board.teams) for board in boards]
    for at, row_by_id in zip(moments, rows, strict=True):
        row = row_by_id.get(history.team_id, (None,) * 4)
        assert (at.rank, at.score, at.score_text, at.submissions) == row


def _rows_by_team(board: Board) -> dict[int, Row]:
    teams = board.teams
    submissions = [None if count == UNKNOWN else count for count in teams.submissions.tolist()]
    rows = zip(
        teams.rank.tolist(), teams.score.tolist(), teams.score_text, submissions, strict=True
    )
    return dict(zip(teams.team_id.tolist(), rows, strict=True))
