"""The history log agrees with the plain boards, whatever happens between them."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Board
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history import Snapshot, build_snapshot
from leaderboards.history.compaction import concatenate, select_last_of_each_period, thin
from leaderboards.history.past_board import PastBoard
from leaderboards.history.snapshot import LogSegment, build_keyframe, decode_keyframe
from leaderboards.history.team_history import TeamTrace, find_compared_sync
from tests.leaderboards.boards import START, all_values, board, board_sequences, entry
from tests.storage.histories import assert_histories_match


def build_log(boards: list[Board]) -> list[Snapshot]:
    snapshots = []
    previous = None
    for current in boards:
        assert current.taken_at is not None
        snapshots.append(build_snapshot(BoardDiff.between(previous, current), current.taken_at))
        previous = current
    return snapshots


def decode_segments(log: list[Snapshot]) -> list[LogSegment]:
    return [LogSegment.decode(snapshot.moves, snapshot.row_changes) for snapshot in log]


def encode_and_decode(segment: LogSegment) -> LogSegment:
    return LogSegment.decode(segment.moves.encode(), segment.row_changes.encode())


def first_keyframe(log: list[Snapshot]) -> LogSegment:
    assert log[0].keyframe is not None
    return decode_keyframe(log[0].keyframe)


def ranks_by_team(plain: Board) -> dict[int, int]:
    return dict(zip(plain.teams.team_id.tolist(), plain.teams.rank.tolist(), strict=True))


def seconds(plain: Board) -> int:
    assert plain.taken_at is not None
    return int(plain.taken_at.timestamp())


def all_team_ids(boards: list[Board]) -> set[int]:
    return {int(team_id) for plain in boards for team_id in plain.teams.team_id}


def assert_log_matches(first: LogSegment, segments: list[LogSegment], boards: list[Board]) -> None:
    """Check that segments of a log rebuild exactly these boards, and the teams on them."""
    past = PastBoard(first, seconds(boards[0]))
    for plain in boards:
        for segment in segments:
            past.apply(segment, seconds(plain))
        assert all_values(past.build_board()) == all_values(plain)
        assert past.taken_at == seconds(plain)
    now = ranks_by_team(boards[-1])
    ranks = {team_id: now.get(team_id) for team_id in all_team_ids(boards) | {99}}
    trace = TeamTrace([segment.moves for segment in segments], ranks)
    row_changes = {
        segment: segments[segment].row_changes for segment in trace.find_segments_with_own_changes()
    }
    assert_histories_match(trace.histories(first, row_changes), boards)


@given(board_sequences(), st.data())
def test_log_reproduces_every_board_and_team_after_concatenation(
    boards: list[Board], data: st.DataObject
) -> None:
    log = build_log(boards)
    segments = decode_segments(log)
    assert_log_matches(first_keyframe(log), segments, boards)
    cut = data.draw(st.integers(0, len(segments)))
    together = [concatenate(some) for some in (segments[:cut], segments[cut:]) if some]
    assert_log_matches(
        first_keyframe(log), [encode_and_decode(segment) for segment in together], boards
    )
    assert_log_matches(first_keyframe(log), [encode_and_decode(concatenate(together))], boards)


@given(board_sequences(), st.data())
def test_compacted_log_is_exact_at_the_kept_syncs(boards: list[Board], data: st.DataObject) -> None:
    log = build_log(boards)
    segments = decode_segments(log)
    kept = [boards[0], *(plain for plain in boards[1:] if data.draw(st.booleans()))]
    past = PastBoard(first_keyframe(log), seconds(boards[0]))
    segment = thin(past, segments, [seconds(plain) for plain in kept])
    assert_log_matches(first_keyframe(log), [encode_and_decode(segment)], kept)


@given(board_sequences(), st.data())
def test_past_board_can_start_from_a_keyframe_of_any_board(
    boards: list[Board], data: st.DataObject
) -> None:
    segments = decode_segments(build_log(boards))
    at = data.draw(st.integers(0, len(boards) - 1))
    past = PastBoard(decode_keyframe(build_keyframe(boards[at])), seconds(boards[at]))
    past.apply(concatenate(segments))
    assert all_values(past.build_board()) == all_values(boards[-1])


@given(board_sequences())
def test_change_is_counted_from_the_last_board_at_a_moment(boards: list[Board]) -> None:
    now = ranks_by_team(boards[-1])
    trace = TeamTrace([one.moves for one in decode_segments(build_log(boards))], dict(now))
    for sync, plain in enumerate(boards):
        assert plain.taken_at is not None
        for team_id in now:
            ranks = trace.ranks(team_id)
            assert ranks[sync] == ranks_by_team(plain).get(team_id, 0)
            if ranks[sync:].all():
                for moment in (plain.taken_at, plain.taken_at + timedelta(minutes=30)):
                    assert find_compared_sync(trace.taken_at, ranks, moment) == sync


@given(board_sequences())
def test_log_can_be_truncated_after_any_board(boards: list[Board]) -> None:
    moves = concatenate(decode_segments(build_log(boards))).moves
    for count, plain in enumerate(boards, start=1):
        trace = TeamTrace([moves.truncate(seconds(plain))], dict(ranks_by_team(plain)))
        for team_id in ranks_by_team(plain):
            expected = [ranks_by_team(each).get(team_id, 0) for each in boards[:count]]
            assert trace.ranks(team_id).tolist() == expected


def test_change_since_before_the_first_board_is_counted_from_that_board() -> None:
    (segment,) = decode_segments(build_log([board(entry(1, 7))]))
    trace = TeamTrace([segment.moves], {7: 1})
    before = START - timedelta(seconds=1)
    assert find_compared_sync(trace.taken_at, trace.ranks(7), before) == 0


def test_snapshot_with_one_new_team_is_small() -> None:
    """A newcomer pushes a thousand teams down; the log keeps one row."""
    before = [entry(rank, rank) for rank in range(1, 1001)]
    after = [entry(1, 5000)] + [entry(rank + 1, rank) for rank in range(1, 1001)]
    log = build_log([board(*before), board(*after, hours=1)])
    segments = decode_segments(log)
    assert len(log[1].moves) + len(log[1].row_changes) < 250
    assert TeamTrace([segment.moves for segment in segments], {1000: 1001}).ranks(
        1000
    ).tolist() == [
        1000,
        1001,
    ]
    day = concatenate([segments[0], *[segments[1]] * 288])
    assert (len(day.moves.encode()) + len(day.row_changes.encode())) / 288 < 50


def test_many_moves_in_one_sync_are_applied() -> None:
    before = [entry(rank, rank) for rank in range(1, 2001)]
    after = [entry(rank, 2001 - rank, "0.7") for rank in range(1, 2001)]
    boards = [board(*before), board(*after, hours=1)]
    log = build_log(boards)
    past = PastBoard(first_keyframe(log), seconds(boards[0]))
    for segment in decode_segments(log):
        past.apply(segment)
    assert all_values(past.build_board()) == all_values(boards[1])


def test_last_sync_of_each_hour_is_selected() -> None:
    clock = datetime.fromisoformat("2026-08-09T12:00:00+00:00")
    syncs = [clock + timedelta(minutes=minutes) for minutes in (0, 5, 59, 60, 185)]
    kept = select_last_of_each_period(3600, [int(sync.timestamp()) for sync in syncs])
    assert kept == [int(syncs[index].timestamp()) for index in (2, 3, 4)]
