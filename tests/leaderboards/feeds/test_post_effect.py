"""Teams that rose after a notebook: counted as on the boards, told only if they are many."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import ABSENT, Board, Integers
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.feeds.post_effect import (
    PostEffect,
    compute_chance,
    count_risen_teams,
    find_effects,
)
from leaderboards.history.moves import Moves
from tests.leaderboards.boards import START, board_sequences

FIRST = int(START.timestamp())
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
TEAMS = 2_000


def count_on_boards(boards: list[Board], moments: list[int], after: int, places: int) -> int:
    """Count the teams that rose, each by its number, from the boards themselves."""
    risen: set[int] = set()
    within = [at for at in moments if after < at <= after + 2 * HOUR]
    for old, new, at in zip(boards, boards[1:], moments[1:], strict=False):
        if at not in within:
            continue
        changes = BoardDiff.between(old, new)
        ids = new.teams.team_id.tolist()
        risen &= set(ids)
        for row in np.flatnonzero(changes.moved_itself).tolist():
            before = int(changes.old_rows[row])
            if at != within[0] and before != ABSENT and before - row > places:
                risen.add(ids[row])
    return len(risen)


@given(board_sequences(), st.integers(5, 70), st.integers(-80, 200), st.integers(0, 5), st.data())
def test_count_is_that_of_the_boards(
    boards: list[Board], minutes: int, begin: int, places: int, data: st.DataObject
) -> None:
    moments = [FIRST + number * minutes * MINUTE for number in range(len(boards))]
    log = [Moves.empty(FIRST, boards[0].teams.rank)]
    for old, new, at in zip(boards, boards[1:], moments[1:], strict=False):
        log.append(Moves.from_diff(BoardDiff.between(old, new), at))
    cut = data.draw(st.integers(0, len(log)))
    joined = [Moves.concatenate(part) for part in (log[:cut], log[cut:]) if part]
    joined = [Moves.decode(moves.encode()) for moves in joined]
    after = FIRST + begin * MINUTE
    counted = count_on_boards(boards, moments, after, places)
    assert count_risen_teams(joined, after, places) == counted


class Season:
    """A log of syncs every ten minutes, in some of which teams rise from the end of the board."""

    def __init__(self, teams: int = TEAMS) -> None:
        self.teams = teams
        self.log = [Moves.empty(FIRST, np.arange(1, teams + 1))]

    def rise(self, minute: int, count: int, places: int = 101) -> None:
        """Move this many teams up in one sync, one after the other."""
        none = np.empty(0, dtype=np.int64)
        left: Integers = np.arange(self.teams - count, self.teams)
        self.log.append(
            Moves.from_sync(
                FIRST + minute * MINUTE,
                np.arange(1, self.teams + 1),
                left=left,
                taken=left - places,
                came_from=np.arange(1, count + 1),
                edited=none,
                gone=none,
            )
        )

    def begin(self, days: int = 3, counts: tuple[int, ...] = (1,)) -> int:
        """Simulate some days, with a sync every ten minutes; return the second of their end."""
        for number in range(1, days * 24 * 6 + 1):
            self.rise(number * 10, counts[number % len(counts)])
        return FIRST + days * DAY

    def burst(self, count: int, minutes: int = 30, places: int = 101, days: int = 3) -> None:
        self.rise(days * 24 * 60 + 10, 1)
        self.rise(days * 24 * 60 + minutes, count, places)


def test_burst_after_a_notebook_is_told_beside_the_usual_number() -> None:
    season = Season()
    at = season.begin()
    season.burst(60)
    effect = PostEffect(0, teams=60, places=100, usual=12, others=0)
    assert find_effects(season.log, [at]) == [effect]
    stored = Moves.decode(Moves.concatenate(season.log).encode())
    assert find_effects([stored], [at]) == [effect]


@pytest.mark.parametrize(
    ("count", "minutes", "places"), [(20, 30, 101), (60, 30, 100), (60, 121, 101)]
)
def test_nothing_is_told_of_few_small_or_late_rises(count: int, minutes: int, places: int) -> None:
    season = Season()
    at = season.begin()
    season.burst(count, minutes, places)
    assert find_effects(season.log, [at]) == []


def test_first_sync_after_the_notebook_may_tell_of_what_was_before() -> None:
    season = Season()
    at = season.begin()
    season.rise(3 * 24 * 60 + 90, 60)
    assert find_effects(season.log, [at]) == []


def test_at_least_ten_teams_are_told_of() -> None:
    for count, told in ((9, []), (10, [10])):
        season = Season()
        at = season.begin(counts=(0,))
        season.burst(count)
        assert [effect.teams for effect in find_effects(season.log, [at])] == told


def test_burst_that_comes_every_day_at_this_hour_is_usual() -> None:
    told = []
    for first_day in (0, 4):
        season = Season()
        for number in range(1, 5 * 24 * 6):
            day, hour = divmod(number / 6, 24)
            season.rise(number * 10, 5 if day >= first_day and 8 < hour <= 10 else 1)
        told.append(len(find_effects(season.log, [FIRST + 4 * DAY + 8 * HOUR])))
    assert told == [0, 1]


def test_bursts_that_come_often_are_usual() -> None:
    calm, wild = Season(), Season()
    at = calm.begin(counts=(1,))
    # As many in all, but in one sync of thirty.
    wild.begin(counts=(30, *(0,) * 29))
    for season in (calm, wild):
        season.burst(45)
    assert len(find_effects(calm.log, [at])) == 1
    assert find_effects(wild.log, [at]) == []


def test_small_boards_count_a_tenth_and_tiny_ones_nothing() -> None:
    for teams, places in ((300, [30]), (99, [])):
        season = Season(teams)
        at = season.begin(counts=(0,))
        season.burst(20, places=31)
        assert [effect.places for effect in find_effects(season.log, [at])] == places


def test_two_days_of_boards_are_needed_since_they_were_scored_anew() -> None:
    season = Season()
    at = season.begin()
    season.burst(60)
    assert find_effects(season.log, [at], since=FIRST + DAY) != []
    assert find_effects(season.log, [at], since=FIRST + DAY + MINUTE) == []
    assert find_effects(season.log, [at], since=at + HOUR) == []
    assert find_effects(season.log[150:], [at]) == []
    assert find_effects([], [at]) == []


def test_of_near_notebooks_the_one_with_more_votes_is_told() -> None:
    season = Season()
    at = season.begin()
    season.burst(60)
    (effect,) = find_effects(season.log, [at - 5 * MINUTE, at, at - 3 * HOUR, at + 10 * MINUTE])
    assert (effect.index, effect.teams, effect.others) == (0, 61, 2)
    assert find_effects(season.log, [*[at - 6 * HOUR] * 5, at]) == [], "five are looked at"


def test_chance_is_that_of_poisson_or_wider() -> None:
    poisson = [math.exp(-6) * 6**number / math.factorial(number) for number in range(12)]
    assert compute_chance(12, 6, 6) == pytest.approx(1 - sum(poisson), rel=1e-4)
    # Negative binomial with mean 6 and variance 12: p = 0.5, r = 6.
    wide = [math.comb(number + 5, number) * 0.5 ** (number + 6) for number in range(12)]
    assert compute_chance(12, 6, 12) == pytest.approx(1 - sum(wide))
    assert compute_chance(0, 6, 12) == 1
    assert (compute_chance(3, 0, 0), compute_chance(0, 0, 0)) == (0, 1)
