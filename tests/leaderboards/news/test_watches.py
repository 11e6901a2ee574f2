"""What the watches of a member tell of a sync, and what waits of it for one message."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.board import Board, Entry
from leaderboards.medals import MedalZone
from leaderboards.news.follower import Link, NewsDecision
from leaderboards.news.items import Reason
from leaderboards.news.watches import (
    LastDayEvent,
    NewsEvent,
    RankEvent,
    RivalEvent,
    Watch,
    WatchBaseline,
    WatchEvent,
    WatchKind,
    WatchMessage,
    WatchState,
)
from tests.leaderboards.boards import START, entry
from tests.leaderboards.news.following import (
    ANN,
    TEN,
    FollowingServer,
    ranked_board,
    submission,
)

TITANIC = 7
NEWS = Watch(1, 1, ANN.user_id, WatchKind.NEWS)
ZONE = Watch(2, 1, ANN.user_id, WatchKind.MEDAL_ZONE)
TOP_THREE = Watch(3, 1, ANN.user_id, WatchKind.RANK, rank=3)
BEN = Watch(4, 1, ANN.user_id, WatchKind.RIVAL, TITANIC, rival_team_id=8, rival_name="team 8")


class WatchingServer(FollowingServer):
    """A server in which Ann, whose team is number 5, has watches; what they tell waits."""

    def __init__(self, *watches: Watch, medals: bool = False) -> None:
        super().__init__(ANN, medals=medals)
        self.watches = watches
        self.rivals: dict[int, int] = {}
        """The team as which a rival's team goes on."""
        self.known: dict[int, WatchBaseline] = {}
        self.waiting = WatchMessage(())

    def decide(self, new: Board) -> NewsDecision:
        self.follower = replace(
            self.follower,
            watches=tuple(
                WatchState(
                    watch,
                    TITANIC,
                    self.rivals.get(watch.rival_team_id or 0, watch.rival_team_id),
                    self.known.get(watch.id),
                )
                for watch in self.watches
            ),
        )
        decision = super().decide(new)
        self.known |= {one.watch_id: one for one in decision.watched.baselines}
        events = decision.watched.events.get(ANN.user_id, ())
        before, self.waiting = self.waiting, self.waiting.add(events)
        for watch_id in {one.watch_id for one in before.events}:
            if watch_id not in {one.watch_id for one in self.waiting.events}:
                self.known.pop(watch_id, None)  # As storage does.
        return decision

    def take(self) -> tuple[WatchEvent, ...]:
        """Return what waits, as it is sent now."""
        events, self.waiting = self.waiting.events, WatchMessage(())
        return events

    def watch(self, new: Board, hours: float = 1) -> tuple[WatchEvent, ...]:
        """Compare with the next board; return what is told of it."""
        self.sync(new, hours)
        return self.take()


def start(*watches: Watch, medals: bool = False, size: int = 10) -> WatchingServer:
    server = WatchingServer(*watches, medals=medals)
    assert server.watch(ranked_board(*range(1, size + 1))) == ()
    return server


def test_rank_is_told_when_it_is_reached_and_when_it_is_left() -> None:
    server = start(TOP_THREE)
    (event,) = server.watch(ranked_board(1, 5, 2, 3, 4, 6, 7, 8, 9, 10, t5=submission(5, "985")))
    assert isinstance(event, RankEvent)
    assert (event.rank, event.rank_before, event.holds) == (2, 5, True)
    assert server.watch(ranked_board(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=submission(5, "985"))) == ()
    left = server.watch(ranked_board(1, 2, 3, 5, 4, 6, 7, 8, 9, 10), hours=7)
    assert [(one.rank, one.holds) for one in left if isinstance(one, RankEvent)] == [(4, False)]


def test_first_submission_within_the_rank_is_told_as_an_arrival() -> None:
    server = WatchingServer(TOP_THREE)
    assert server.watch(ranked_board(1, 2, 3, 4)) == ()
    (event,) = server.watch(ranked_board(1, 5, 2, 3, 4))
    assert isinstance(event, RankEvent)
    assert (event.rank, event.rank_before, event.holds) == (2, None, True)
    assert server.watch(ranked_board(1, 5, 2, 3, 4)) == ()
    (left,) = server.watch(ranked_board(1, 2, 3, 4, 5), hours=7)
    assert isinstance(left, RankEvent)
    assert (left.rank, left.holds) == (5, False)


def test_first_submission_below_the_rank_is_told_when_the_rank_is_reached() -> None:
    server = WatchingServer(TOP_THREE)
    server.watch(ranked_board(1, 2, 3, 4))
    assert server.watch(ranked_board(1, 2, 3, 5, 4)) == ()
    (event,) = server.watch(ranked_board(1, 5, 2, 3, 4, t5=submission(5, "985")))
    assert isinstance(event, RankEvent)
    assert (event.rank, event.rank_before) == (2, 4)


@pytest.mark.parametrize("missed", [1, 3])
def test_team_that_is_back_on_the_board_has_not_arrived(missed: int) -> None:
    server = WatchingServer(TOP_THREE)
    server.watch(ranked_board(1, 2, 3, 4))
    assert len(server.watch(ranked_board(1, 5, 2, 3, 4))) == 1
    for _ in range(missed):
        assert server.watch(ranked_board(1, 2, 3, 4)) == ()
    assert server.watch(ranked_board(1, 5, 2, 3, 4)) == ()
    assert server.watch(ranked_board(1, 5, 2, 3, 4), hours=7) == ()


def test_team_that_merged_has_not_arrived() -> None:
    server = start(TOP_THREE)
    merged = entry(0, 30, "985", members=("user2", "User5"))
    told = server.watch(ranked_board(1, 30, 3, 4, 6, 7, 8, 9, 10, t30=merged))
    # It goes on from the place that it took over.
    assert told == ()
    assert server.watch(ranked_board(1, 30, 3, 4, 6, 7, 8, 9, 10, t30=merged), hours=7) == ()


def test_arrival_that_was_undone_while_it_waited_is_left_out() -> None:
    server = WatchingServer(TOP_THREE)
    server.watch(ranked_board(1, 2, 3, 4))
    server.sync(ranked_board(1, 5, 2, 3, 4))
    server.sync(ranked_board(1, 2, 3, 4, 5))
    assert server.take() == ()


def test_team_at_the_border_of_a_rank_is_not_told_at_every_sync() -> None:
    server, told = start(TOP_THREE), 0
    inside, outside = ranked_board(1, 2, 5, 3, 4, 6), ranked_board(1, 2, 3, 5, 4, 6)
    for number in range(24):
        told += len(server.watch(outside if number % 2 else inside))
    assert told == 4


def test_rival_who_passes_is_told_once_until_they_are_behind_again() -> None:
    server = start(BEN)
    passed = ranked_board(1, 2, 3, 4, 8, 5, 6, 7, 9, 10, t8=submission(8, "955"))
    (event,) = server.watch(passed)
    assert isinstance(event, RivalEvent)
    assert (event.rival_name, event.rival_rank, event.rank) == ("team 8", 5, 6)
    assert server.watch(passed) == ()
    assert server.watch(ranked_board(*TEN), hours=7) == ()
    assert len(server.watch(passed, hours=7)) == 1


def test_rival_who_merges_is_followed_into_the_team_that_continues() -> None:
    server = start(BEN)
    merged = entry(0, 30, "920", members=("user8", "user9"))
    server.rivals[8] = 30
    assert server.watch(ranked_board(1, 2, 3, 4, 5, 6, 7, 30, 10, t30=merged)) == ()
    better = replace(
        merged, score=955, score_text="955", submissions=2, last_submission_at=server.now
    )
    (event,) = server.watch(ranked_board(1, 2, 3, 4, 30, 5, 6, 7, 10, t30=better))
    assert isinstance(event, RivalEvent)


def test_rival_in_the_own_team_tells_nothing() -> None:
    server = start(BEN)
    server.rivals[8] = 5
    team = entry(0, 5, "950", members=("User5", "user8"))
    assert server.watch(ranked_board(1, 5, 2, 3, 4, 6, 7, 9, 10, t5=team)) == ()


def test_teams_that_were_not_on_the_last_board_pass_nobody() -> None:
    server = start(BEN)
    assert server.watch(ranked_board(1, 2, 3, 4, 5, 6, 7)) == ()
    assert server.watch(ranked_board(1, 8, 2, 3, 4, 5, 6, 7)) == ()


def test_own_news_names_no_other_member() -> None:
    server = WatchingServer(NEWS)
    server.follower = replace(
        server.follower, links=(ANN, Link(12, "user3", wants_ping=True, team_id=None))
    )
    server.watch(ranked_board(*TEN))
    (event,) = server.watch(ranked_board(1, 5, 2, 3, 4, 6, t5=submission(5, "985")))
    assert isinstance(event, NewsEvent)
    (item,) = event.news.items
    assert item.all_user_ids() == {ANN.user_id}
    assert [team.team_name for team in item.passed] == ["team 3"]
    assert not item.mention_ids


def test_zone_watch_tells_only_zones() -> None:
    server = start(ZONE, medals=True, size=60)
    rest = [number for number in range(1, 61) if number != 5]
    down = ranked_board(*rest[:20], 5, *rest[20:])
    (event,) = server.watch(down)
    assert isinstance(event, NewsEvent)
    (item,) = event.news.items
    assert item.reasons == (Reason.ZONE,)
    assert item.medal_zone is MedalZone.BRONZE
    assert server.watch(ranked_board(*rest[:15], 5, *rest[15:], t5=submission(5, "845", 3))) == ()


def test_watches_that_ask_for_the_same_tell_it_once() -> None:
    here = replace(TOP_THREE, id=9, competition_id=TITANIC)
    server = start(TOP_THREE, here, NEWS, ZONE, medals=True)
    events = server.watch(ranked_board(1, 5, 2, 3, 4, 6, 7, 8, 9, 10, t5=submission(5, "985")))
    assert sorted(event.type for event in events) == ["news", "rank"]


@pytest.mark.parametrize("skipped", ["first board", "board after a pause"])
def test_nothing_is_told_of(skipped: str) -> None:
    server = WatchingServer(NEWS, ZONE, TOP_THREE, BEN)
    if skipped != "first board":
        server.watch(ranked_board(*TEN))
        server.follower = replace(server.follower, skip_next_news=True, baselines={})
    assert server.watch(ranked_board(8, 5, 1, 2, 3, 4)) == ()


def test_what_was_undone_while_it_waited_is_left_out() -> None:
    server = start(TOP_THREE, BEN)
    server.sync(ranked_board(8, 1, 5, 2, 3, 4))
    assert {event.type for event in server.waiting.events} == {"rank", "rival"}
    server.sync(ranked_board(*TEN))
    assert server.take() == ()


def test_last_day_is_not_told_of_a_deadline_that_moved_or_passed() -> None:
    deadline = START + timedelta(days=1)
    message = WatchMessage((LastDayEvent(5, TITANIC, deadline),))
    assert message.filter({5}, {TITANIC: deadline}, START) == message
    assert message.filter({5}, {TITANIC: deadline + timedelta(days=7)}, START) is None
    # Kaggle's list says 23:59 now, and then 23:59:59: that is not told again.
    assert message.filter({5}, {TITANIC: deadline + timedelta(seconds=59)}, START) == message
    assert message.filter({5}, {TITANIC: deadline}, deadline) is None
    assert message.filter({5}, {}, START) is None
    assert message.filter({6}, {TITANIC: deadline}, START) is None


def move(order: list[int], team_id: int, place: int) -> list[int]:
    rest = [other for other in order if other != team_id]
    return [*rest[:place], team_id, *rest[place:]]


_moves = st.tuples(
    st.sampled_from([5, 8]), st.integers(0, 9), st.booleans(), st.sampled_from([1, 4, 7])
)


@given(st.lists(_moves, max_size=12), st.booleans())
def test_what_waits_is_always_true(moves: list[tuple[int, int, bool, int]], sent: bool) -> None:
    """Whatever happens while messages wait, the message says where the teams are now."""
    server, order = start(TOP_THREE, BEN), [*TEN]
    rows: dict[str, Entry] = {}
    for team_id, place, submitted, hours in moves:
        order = move(order, team_id, place)
        if submitted:
            last = rows.get(f"t{team_id}", entry(0, team_id, "500"))
            rows[f"t{team_id}"] = replace(
                last,
                submissions=(last.submissions or 0) + 1,
                last_submission_at=server.now + timedelta(minutes=1),
            )
        server.sync(ranked_board(*order, **rows), hours)
        rank, rival_rank = order.index(5) + 1, order.index(8) + 1
        for event in server.take() if sent else server.waiting.events:
            if isinstance(event, RankEvent):
                assert (event.rank <= 3) is (rank <= 3)
            else:
                assert isinstance(event, RivalEvent)
                assert event.holds
                assert rival_rank < rank
