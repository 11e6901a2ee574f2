"""The log of movers agrees with the plain boards, whatever happens between them."""

from datetime import timedelta

from hypothesis import given

from leaderboards.board import Board
from leaderboards.changes import Changes
from leaderboards.history import Snapshot, board_at, of_team, ranks_before, snapshot_of
from tests.leaderboards.boards import START, board, board_sequences, entry


def log_of(boards: list[Board]) -> list[Snapshot]:
    snapshots = []
    previous = None
    for current in boards:
        assert current.taken_at is not None
        snapshots.append(snapshot_of(Changes.between(previous, current), current.taken_at))
        previous = current
    return snapshots


def ranks_of(plain: Board) -> dict[int, int]:
    return dict(zip(plain.teams.team_id.tolist(), plain.teams.rank.tolist(), strict=True))


@given(board_sequences())
def test_every_past_board_is_rebuilt(boards: list[Board]) -> None:
    log = log_of(boards)
    for plain in boards:
        assert plain.taken_at is not None
        rebuilt = board_at(log, boards[-1], plain.taken_at)
        assert rebuilt is not None
        assert list(rebuilt.entries()) == list(plain.entries())
        assert rebuilt.taken_at == plain.taken_at


@given(board_sequences())
def test_every_team_has_its_whole_history(boards: list[Board]) -> None:
    log = log_of(boards)
    now = ranks_of(boards[-1])
    for team_id in {int(i) for plain in boards for i in plain.teams.team_id} | {99}:
        history = of_team(log, team_id, now.get(team_id))
        for plain, at in zip(boards, history, strict=True):
            rows = {row.team_id: row for row in plain.entries() if row.rank}
            row = rows.get(team_id)
            assert at.taken_at == plain.taken_at
            assert at.team_count == len(plain.teams)
            assert at.rank == (row.rank if row else None)
            assert at.score_text == (row.score_text if row else None)
            assert at.score == (row.score if row else None)
            assert at.submissions == (row.submissions if row else None)


@given(board_sequences())
def test_ranks_of_a_moment_follow_from_those_of_now(boards: list[Board]) -> None:
    log = log_of(boards)
    now = ranks_of(boards[-1])
    for plain in boards:
        assert plain.taken_at is not None
        then = ranks_of(plain)
        expected = {team_id: then.get(team_id) for team_id in now}
        assert ranks_before(log, now, plain.taken_at) == expected
        assert ranks_before(log, now, plain.taken_at + timedelta(minutes=30)) == expected


def test_a_past_before_the_first_board_is_unknown() -> None:
    log = log_of([board(entry(1, 7))])
    assert ranks_before(log, {7: 1}, START - timedelta(seconds=1)) == {}
    assert board_at(log, board(entry(1, 7)), START - timedelta(seconds=1)) is None


def test_a_quiet_snapshot_is_small() -> None:
    """A newcomer pushes a thousand teams down; the log keeps one row."""
    before = [entry(rank, rank) for rank in range(1, 1001)]
    after = [entry(1, 5000)] + [entry(rank + 1, rank) for rank in range(1, 1001)]
    snapshots = log_of([board(*before), board(*after, hours=1)])
    assert len(snapshots[1].moves) + len(snapshots[1].rows) < 250
    assert [at.rank for at in of_team(snapshots, 1000, 1001)] == [1000, 1001]
