import numpy as np
from hypothesis import given

from leaderboards.board import ABSENT, Board
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.forecast.pace import Pace, measure_pace
from leaderboards.history.moves import Moves
from tests.leaderboards.boards import START, board, board_sequences, entry

HOUR = 3600
FIRST = int(START.timestamp())


def build_log(boards: list[Board], hours: float = 1) -> list[Moves]:
    """Return the log of boards that were synced `hours` apart."""
    log, old = [Moves.empty(FIRST, boards[0].teams.rank)], boards[0]
    for number, new in enumerate(boards[1:], 1):
        log.append(Moves.from_diff(BoardDiff.between(old, new), FIRST + int(number * hours * HOUR)))
        old = new
    return log


def climbing(count: int) -> list[Board]:
    """Return boards to each of which a new team comes in first."""
    return [
        board(*(entry(place + 1, number - place, f"{number - place}") for place in range(number)))
        for number in range(2, count + 2)
    ]


def measure(log: list[Moves], hours: float, since: int | None = None) -> Pace | None:
    last = log[-1].team_counts[-1]
    return measure_pace(log, np.arange(1, last + 1), FIRST + int(hours * HOUR), since)


def test_each_team_that_came_in_above_is_counted() -> None:
    pace = measure(build_log(climbing(13)), hours=12)
    assert pace is not None
    assert pace.hours == 12
    assert pace.new_teams == 12
    # The last team was passed by all of them, the team that came in last by nobody.
    assert pace.passed[-1] == 12
    assert pace.passed[0] <= 1
    assert pace.below.tolist() == list(range(13, -1, -1))


def test_less_than_twelve_hours_of_boards_tell_nothing() -> None:
    log = build_log(climbing(12))
    assert measure(log, hours=11.9) is None
    assert measure(log, hours=12) is not None


def test_time_in_which_nothing_changed_counts() -> None:
    pace = measure(build_log(climbing(3)), hours=20)
    assert pace is not None
    assert (pace.hours, pace.new_teams) == (20, 2)


def test_only_two_days_are_counted() -> None:
    pace = measure(build_log(climbing(101)), hours=100)
    assert pace is not None
    assert (pace.hours, pace.new_teams) == (48, 48)


def test_boards_before_a_correction_are_not_compared() -> None:
    log = build_log(climbing(31))
    pace = measure(log, hours=30, since=FIRST + 15 * HOUR)
    assert pace is not None
    assert (pace.hours, pace.new_teams) == (15, 15)
    assert measure(log, hours=30, since=FIRST + 20 * HOUR) is None


def test_segments_of_many_syncs_tell_the_same() -> None:
    log = build_log(climbing(30))
    joined = [Moves.concatenate(log[:10]), Moves.concatenate(log[10:])]
    one, other = measure(log, hours=29), measure(joined, hours=29)
    assert one is not None
    assert other is not None
    assert one.passed.tolist() == other.passed.tolist()


@given(board_sequences())
def test_team_that_did_not_move_has_lost_what_is_counted(boards: list[Board]) -> None:
    log = build_log(boards, hours=12)
    pace = measure_pace(log, boards[-1].teams.rank, FIRST + 12 * HOUR * len(boards))
    assert pace is not None
    positions = np.arange(len(boards[-1].teams))
    before, stayed = positions.copy(), np.ones(len(positions), dtype=bool)
    # The boards are fewer than four days' worth: those of the last two days are compared.
    first = max(len(boards) - 4, 0)
    for old, new in reversed(list(zip(boards[first:-1], boards[first + 1 :], strict=True))):
        changes = BoardDiff.between(old, new)
        rows = np.where(stayed, before, 0)
        stayed &= ~changes.moved_itself[rows] & (changes.old_rows[rows] != ABSENT)
        before = np.where(stayed, changes.old_rows[rows], before)
    assert pace.passed[stayed].tolist() == (positions - before)[stayed].tolist()
