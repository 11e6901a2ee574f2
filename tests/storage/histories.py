"""What a log says, held against the plain boards."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from leaderboards.board import Board
from leaderboards.history import TeamHistory
from storage.boards import BoardInfo
from storage.storage import Storage


async def info_of(storage: Storage, board: Board) -> BoardInfo:
    assert board.slug is not None
    competition = await storage.competitions.get(board.slug)
    assert competition is not None
    info = await storage.boards.info(competition.id, board.kind)
    assert info is not None
    return info


async def holds(
    storage: Storage, boards: Sequence[Board], team_ids: Iterable[int] | None = None
) -> None:
    """See that the log has these boards and no other, whole and for each team."""
    info = await info_of(storage, boards[0])
    for board in boards:
        assert board.slug is not None
        assert board.taken_at is not None
        rebuilt = await storage.history.board_at(info, board.slug, board.taken_at)
        assert rebuilt is not None
        assert rebuilt.taken_at == board.taken_at
        assert list(rebuilt.entries()) == list(board.entries())
    assert boards[0].taken_at is not None
    before = boards[0].taken_at - timedelta(seconds=1)
    assert await storage.history.board_at(info, "titanic", before) is None

    everybody = sorted({int(team_id) for board in boards for team_id in board.teams.team_id})
    wanted = [*everybody, 0] if team_ids is None else list(team_ids)
    histories = await storage.history.of_teams(info.board_id, wanted)
    assert list(histories) == wanted
    for history in histories.values():
        agrees(history, boards)


def agrees(history: TeamHistory, boards: Sequence[Board]) -> None:
    """See that a team's history says of each board what the board says of the team."""
    moments = list(history)
    assert [at.taken_at for at in moments] == [board.taken_at for board in boards]
    assert [at.team_count for at in moments] == [len(board.teams) for board in boards]
    for at, board in zip(moments, boards, strict=True):
        row = next((row for row in board.entries() if row.team_id == history.team_id), None)
        assert (at.rank, at.score, at.score_text, at.submissions) == (
            (row.rank, row.score, row.score_text, row.submissions)
            if row is not None and row.rank
            else (None, None, None, None)
        )
