"""The log of movers agrees with the plain boards, whatever happens between them."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff
from leaderboards.history import Snapshot, build_snapshot
from leaderboards.history.compaction import compact, concatenate, select_last_of_each_period
from leaderboards.history.replay import PastBoard
from leaderboards.history.snapshot import LogSegment, build_keyframe, decode_keyframe
from leaderboards.history.team_history import TeamReplay
from tests.leaderboards.boards import START, board, board_sequences, entry
from tests.storage.histories import assert_histories_match


def log_of(boards: list[Board]) -> list[Snapshot]:
    snapshots = []
    previous = None
    for current in boards:
        assert current.taken_at is not None
        snapshots.append(build_snapshot(BoardDiff.between(previous, current), current.taken_at))
        previous = current
    return snapshots


def parts_of(log: list[Snapshot]) -> list[LogSegment]:
    return [LogSegment.decode(snapshot.moves, snapshot.row_changes) for snapshot in log]


def stored(segment: LogSegment) -> LogSegment:
    return LogSegment.decode(segment.moves.encode(), segment.row_changes.encode())


def beginning(log: list[Snapshot]) -> LogSegment:
    assert log[0].keyframe is not None
    return decode_keyframe(log[0].keyframe)


def ranks_of(plain: Board) -> dict[int, int]:
    return dict(zip(plain.teams.team_id.tolist(), plain.teams.rank.tolist(), strict=True))


def seconds(plain: Board) -> int:
    assert plain.taken_at is not None
    return int(plain.taken_at.timestamp())


def everybody(boards: list[Board]) -> set[int]:
    return {int(team_id) for plain in boards for team_id in plain.teams.team_id}


def agree(first: LogSegment, segments: list[LogSegment], boards: list[Board]) -> None:
    """See that parts of a log tell of these boards and no others."""
    past = PastBoard(first, seconds(boards[0]))
    for plain in boards:
        for segment in segments:
            past.apply(segment, seconds(plain))
        assert list(past.build_board().entries()) == list(plain.entries())
        assert past.taken_at == seconds(plain)
    now = ranks_of(boards[-1])
    ranks = {team_id: now.get(team_id) for team_id in everybody(boards) | {99}}
    walk = TeamReplay([segment.moves for segment in segments], ranks)
    row_changes = {segment: segments[segment].row_changes for segment in walk.segments_with_steps()}
    assert_histories_match(walk.histories(first, row_changes), boards)


@given(board_sequences(), st.data())
def test_every_past_board_and_every_team_are_kept_in_parts_of_any_length(
    boards: list[Board], data: st.DataObject
) -> None:
    log = log_of(boards)
    segments = parts_of(log)
    agree(beginning(log), segments, boards)
    cut = data.draw(st.integers(0, len(segments)))
    together = [concatenate(some) for some in (segments[:cut], segments[cut:]) if some]
    agree(beginning(log), [stored(segment) for segment in together], boards)
    agree(beginning(log), [stored(concatenate(together))], boards)


@given(board_sequences(), st.data())
def test_a_folded_log_is_exact_at_what_remains(boards: list[Board], data: st.DataObject) -> None:
    log = log_of(boards)
    segments = parts_of(log)
    kept = [boards[0], *(plain for plain in boards[1:] if data.draw(st.booleans()))]
    past = PastBoard(beginning(log), seconds(boards[0]))
    segment = compact(past, segments, [seconds(plain) for plain in kept])
    agree(beginning(log), [stored(segment)], kept)


@given(board_sequences(), st.data())
def test_any_board_can_be_the_one_to_begin_from(boards: list[Board], data: st.DataObject) -> None:
    segments = parts_of(log_of(boards))
    at = data.draw(st.integers(0, len(boards) - 1))
    past = PastBoard(decode_keyframe(build_keyframe(boards[at])), seconds(boards[at]))
    past.apply(concatenate(segments))
    assert list(past.build_board().entries()) == list(boards[-1].entries())


@given(board_sequences())
def test_ranks_of_a_moment_follow_from_those_of_now(boards: list[Board]) -> None:
    segments = parts_of(log_of(boards))
    now = ranks_of(boards[-1])
    walk = TeamReplay([segment.moves for segment in segments], dict(now))
    for plain in boards:
        assert plain.taken_at is not None
        then = ranks_of(plain)
        expected = {team_id: then.get(team_id) for team_id in now}
        assert walk.ranks_at(plain.taken_at) == expected
        assert walk.ranks_at(plain.taken_at + timedelta(minutes=30)) == expected


@given(board_sequences())
def test_a_log_can_be_read_up_to_any_board(boards: list[Board]) -> None:
    moves = concatenate(parts_of(log_of(boards))).moves
    for count, plain in enumerate(boards, start=1):
        walk = TeamReplay([moves.truncate(seconds(plain))], dict(ranks_of(plain)))
        for team_id in ranks_of(plain):
            expected = [ranks_of(each).get(team_id, 0) for each in boards[:count]]
            assert walk.ranks(team_id).tolist() == expected


def test_a_moment_before_the_first_board_is_unknown() -> None:
    (segment,) = parts_of(log_of([board(entry(1, 7))]))
    assert TeamReplay([segment.moves], {7: 1}).ranks_at(START - timedelta(seconds=1)) == {}


def test_a_quiet_snapshot_is_small() -> None:
    """A newcomer pushes a thousand teams down; the log keeps one row."""
    before = [entry(rank, rank) for rank in range(1, 1001)]
    after = [entry(1, 5000)] + [entry(rank + 1, rank) for rank in range(1, 1001)]
    log = log_of([board(*before), board(*after, hours=1)])
    segments = parts_of(log)
    assert len(log[1].moves) + len(log[1].row_changes) < 250
    assert TeamReplay([segment.moves for segment in segments], {1000: 1001}).ranks(
        1000
    ).tolist() == [
        1000,
        1001,
    ]
    day = concatenate([segments[0], *[segments[1]] * 288])
    assert (len(day.moves.encode()) + len(day.row_changes.encode())) / 288 < 50


def test_many_moves_at_once_are_made_in_one_sweep() -> None:
    before = [entry(rank, rank) for rank in range(1, 2001)]
    after = [entry(rank, 2001 - rank, "0.7") for rank in range(1, 2001)]
    boards = [board(*before), board(*after, hours=1)]
    log = log_of(boards)
    past = PastBoard(beginning(log), seconds(boards[0]))
    for segment in parts_of(log):
        past.apply(segment)
    assert list(past.build_board().entries()) == list(boards[1].entries())


def test_the_last_of_each_hour_remains() -> None:
    clock = datetime.fromisoformat("2026-08-09T12:00:00+00:00")
    syncs = [clock + timedelta(minutes=minutes) for minutes in (0, 5, 59, 60, 185)]
    kept = select_last_of_each_period(3600, [int(sync.timestamp()) for sync in syncs])
    assert kept == [int(syncs[index].timestamp()) for index in (2, 3, 4)]
