"""Records agree with the plain boards, whatever happens between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Board
from leaderboards.history.team_history import TeamTrace
from leaderboards.medals import MedalZone, medal_zone
from leaderboards.seasons.hall_records import (
    CloseCall,
    HallRecords,
    PublicSummary,
    TeamResult,
    find_close_call,
    find_records,
    summarize_public_ranks,
)
from tests.leaderboards.boards import board_sequences
from tests.leaderboards.history.test_log import build_log, decode_segments, ranks_by_team, seconds

HOUR = 3600


def measure(ranks: list[int], counts: list[int], ended_at: float) -> PublicSummary:
    """Summarize ranks, one an hour; `ended_at` is in hours."""
    taken_at = np.arange(len(ranks)) * HOUR
    return summarize_public_ranks(taken_at, np.array(ranks), np.array(counts), int(ended_at * HOUR))


def team(rank: int = 50, count: int = 100, *, medals: bool = True, **public: int) -> TeamResult:
    known = PublicSummary(public.get("gold", 0), public.get("worst", 0)) if public else None
    return TeamResult(1, (rank,), rank, count, awards_medals=medals, public=known)


def test_time_in_gold_adds_up_all_periods_until_the_end() -> None:
    # Ten of 100 teams are in gold: twice for an hour, then for the half hour before the end.
    summary = measure([10, 11, 3, 40, 1], [100] * 5, 4.5)
    assert summary == PublicSummary(2 * HOUR + HOUR // 2, 40)


def test_gold_zone_grows_with_the_board() -> None:
    assert measure([9, 9], [89, 90], 2).gold_seconds == HOUR


def test_boards_after_the_end_do_not_count_as_time() -> None:
    assert measure([1, 1, 1], [100] * 3, 0.5).gold_seconds == HOUR // 2


def test_worst_rank_is_counted_from_the_last_return() -> None:
    assert measure([90, 80, 0, 0, 20, 25, 4], [100] * 7, 7).worst_rank == 25
    assert measure([0, 0, 30], [100] * 3, 7).worst_rank == 30
    assert measure([0, 0], [100] * 2, 7) == PublicSummary(0, 0)
    assert measure([], [], 7) == PublicSummary(0, 0)


@given(board_sequences(), st.floats(0, 7))
def test_summary_is_what_the_boards_say(boards: list[Board], hours: float) -> None:
    """Trace teams through a log, and compare with the boards read one after the other."""
    now = ranks_by_team(boards[-1])
    trace = TeamTrace([one.moves for one in decode_segments(build_log(boards))], dict(now))
    ended_at = seconds(boards[0]) + int(hours * HOUR)
    for team_id in now:
        in_gold, worst, was_there, away = 0, 0, False, False
        for at, plain in enumerate(boards):
            until = seconds(boards[at + 1]) if at + 1 < len(boards) else ended_at
            rank = ranks_by_team(plain).get(team_id)
            if rank is None:
                away = was_there
                continue
            if away:
                worst, away = 0, False
            was_there = True
            worst = max(worst, rank)
            if medal_zone(rank, len(plain.teams)) is MedalZone.GOLD:
                in_gold += max(min(until, ended_at) - min(seconds(plain), ended_at), 0)
        summary = summarize_public_ranks(
            trace.taken_at, trace.ranks(team_id), trace.team_counts, ended_at
        )
        assert summary == PublicSummary(in_gold, worst)


@pytest.mark.parametrize(
    ("rank", "call"),
    [
        (8, CloseCall(MedalZone.GOLD, 10, 3, won=True)),
        (10, CloseCall(MedalZone.GOLD, 10, 1, won=True)),
        (11, CloseCall(MedalZone.GOLD, 10, 1, won=False)),
        (20, CloseCall(MedalZone.SILVER, 20, 1, won=True)),
        (43, CloseCall(MedalZone.BRONZE, 40, 3, won=False)),
        # As near to silver, which was won, as to gold, which was missed.
        (15, CloseCall(MedalZone.GOLD, 10, 5, won=False)),
        (16, CloseCall(MedalZone.SILVER, 20, 5, won=True)),
    ],
)
def test_closest_call_is_the_nearest_line(rank: int, call: CloseCall) -> None:
    assert find_close_call(rank, 100) == call


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_closest_call_is_the_fewest_places_to_another_medal(rank: int, count: int) -> None:
    call = find_close_call(rank, count)
    here = medal_zone(rank, count)
    # A rank past the last team stands for no medal at all.
    others = [other for other in range(1, 3 * count + 2) if medal_zone(other, count) != here]
    if call is None:
        assert all(medal_zone(other, count) is None for other in range(1, count + 1))
    else:
        assert call.places == min(abs(rank - other) for other in others)
        assert medal_zone(call.last_rank, count) is call.medal_zone
        assert call.won == (rank <= call.last_rank)


def test_each_record_is_held_by_the_first_of_the_best() -> None:
    steady, same = team(10, gold=9, worst=15), team(10, gold=9, worst=15)
    climber = team(60, worst=100)
    assert find_records([team(55, worst=56), steady, climber, same]) == HallRecords(
        steady, climber, steady
    )


def test_no_record_without_a_place_gained_or_a_medal() -> None:
    assert find_records([]) == HallRecords(None, None, None)
    fell = team(90, medals=False, gold=500, worst=80)
    unknown = team(5, medals=False)
    assert find_records([fell, unknown]) == HallRecords(None, None, None)
    assert find_records([team(1, 2)]) == HallRecords(None, None, None), "two teams have no medal"
