"""What a log says, held against the plain boards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from leaderboards.board import Board, Entry
from leaderboards.history import TeamHistory
from records.competitions import BoardInfo
from storage.storage import Storage


async def info_of(storage: Storage, board: Board) -> BoardInfo:
    assert board.slug is not None
    competition = await storage.competitions.find(board.slug)
    assert competition is not None
    info = await storage.boards.find_info(competition.id, board.kind)
    assert info is not None
    return info


async def holds(
    storage: Storage, boards: Sequence[Board], team_ids: Iterable[int] | None = None
) -> None:
    """See that the log has these boards and no other, whole and for each team."""
    await boards_hold(storage, boards)
    await histories_hold(storage, boards, team_ids)
    assert boards[0].taken_at is not None
    before = boards[0].taken_at - timedelta(seconds=1)
    info = await info_of(storage, boards[0])
    assert await storage.history.load_board_at(info, "titanic", before) is None


async def boards_hold(storage: Storage, boards: Sequence[Board]) -> None:
    """See that these boards come back whole."""
    info = await info_of(storage, boards[0])
    for board in boards:
        assert board.slug is not None
        assert board.taken_at is not None
        rebuilt = await storage.history.load_board_at(info, board.slug, board.taken_at)
        assert rebuilt is not None
        assert rebuilt.taken_at == board.taken_at
        assert list(rebuilt.entries()) == list(board.entries())


async def histories_hold(
    storage: Storage, boards: Sequence[Board], team_ids: Iterable[int] | None = None
) -> None:
    """See that teams, all of them if none are named, have these boards as their history."""
    info = await info_of(storage, boards[0])
    everybody = sorted({int(team_id) for board in boards for team_id in board.teams.team_id})
    wanted = [*everybody, 0] if team_ids is None else list(team_ids)
    histories = await storage.history.load_histories(info.board_id, wanted)
    assert list(histories) == wanted
    agree(histories.values(), boards)


def agree(histories: Iterable[TeamHistory], boards: Sequence[Board]) -> None:
    """See that teams' histories say of each board what the board says of the teams."""
    rows = [{row.team_id: row for row in board.entries() if row.rank} for board in boards]
    for history in histories:
        _agrees(history, boards, rows)


def _agrees(
    history: TeamHistory, boards: Sequence[Board], rows: Sequence[Mapping[int, Entry]]
) -> None:
    moments = list(history)
    assert [at.taken_at for at in moments] == [board.taken_at for board in boards]
    assert [at.team_count for at in moments] == [len(board.teams) for board in boards]
    for at, of_team in zip(moments, rows, strict=True):
        row = of_team.get(history.team_id)
        assert (at.rank, at.score, at.score_text, at.submissions) == (
            (row.rank, row.score, row.score_text, row.submissions) if row else (None,) * 4
        )
