"""What a server is told about a sync, and what it is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.board import Board, Entry, ScoreOrder
from leaderboards.board_diff import BoardDiff
from leaderboards.history import RankAt
from leaderboards.medals import MedalZone
from leaderboards.news.follower import Follower, Link, NewsDecision
from leaderboards.news.items import MAX_ITEMS, Item, NewsMessage, Reason
from leaderboards.news.messages import FollowedMessage, message_from_json, message_to_json
from leaderboards.news.milestones import BestResults
from leaderboards.news.rules import COOLDOWN, better_score, decide_news
from tests.leaderboards.boards import START, board, entry

ANN, BOB = (
    Link(11, "User5", mention=True, team_id=None),
    Link(12, "user8", mention=False, team_id=None),
)


def follower(*links: Link, **more: object) -> Follower:
    values: dict[str, object] = {
        "guild_id": 1,
        "channel_id": 2,
        "announce": True,
        "smallest_rise": 0,
        "smallest_fall": 5,
        "mention": True,
        "leader_team_id": None,
        "leader_announced_at": None,
        "links": links,
        "baselines": {},
    }
    return Follower(**(values | more))  # type: ignore[arg-type]


class FollowingServer:
    """A server that follows a competition from sync to sync."""

    def __init__(self, *links: Link, medals: bool = False, **more: object) -> None:
        self.follower = follower(*links, **more)
        self.medals = medals
        self.board: Board | None = None
        self.now = START

    def sync(self, new: Board, hours: float = 1) -> tuple[Item, ...]:
        self.now += timedelta(hours=hours)
        decision = self._decide(replace(new, taken_at=self.now))
        self.follower = replace(
            self.follower,
            baselines=self.follower.baselines
            | {known.team_id: known for known in decision.baselines},
            leader_team_id=decision.leader_team_id,
            leader_announced_at=decision.leader_announced_at,
        )
        self.board = new
        return decision.message.items if isinstance(decision.message, NewsMessage) else ()

    def _decide(self, new: Board) -> NewsDecision:
        return decide_news(
            BoardDiff.between(self.board, new),
            replace(self.follower, links=find_teams(self.follower.links, new)),
            medals=self.medals,
            now=self.now,
        )


def find_teams(links: tuple[Link, ...], new: Board) -> tuple[Link, ...]:
    """Find each link's team, as storage does."""
    team_ids = {
        user_name.casefold(): row.team_id for row in new.entries() for user_name in row.members
    }
    return tuple(replace(link, team_id=team_ids.get(link.user_name.casefold())) for link in links)


def ranked_board(*order: int, **rows: Entry) -> Board:
    """A board of these teams from the first on, scores falling; rows replace those of a team."""
    entries = []
    for rank, team_id in enumerate(order, start=1):
        given = rows.get(f"t{team_id}")
        row = given or entry(rank, team_id, f"{1000 - 10 * team_id}")
        entries.append(replace(row, rank=rank))
    return board(*entries)


def submission(team_id: int, score: str, after: float = 1) -> Entry:
    return entry(
        0, team_id, score, submissions=2, last_submission_at=START + timedelta(hours=after)
    )


TEN = range(1, 11)


def reasons_by_team(items: tuple[Item, ...]) -> list[tuple[int, list[str]]]:
    return [(item.team_id, [str(reason) for reason in item.reasons]) for item in items]


def test_first_board_and_late_link_are_no_news() -> None:
    server = FollowingServer(ANN)
    assert server.sync(ranked_board(*TEN)) == ()
    server.follower = replace(server.follower, links=(ANN, BOB))
    assert server.sync(ranked_board(*TEN)) == ()
    assert set(server.follower.baselines) == {5, 8}


def test_first_climb_after_a_link_is_news() -> None:
    server = FollowingServer()
    server.sync(ranked_board(*TEN))
    server.follower = replace(server.follower, links=(ANN,))
    (item,) = server.sync(ranked_board(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=submission(5, "975")))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.BEST,), 5, 3)


def test_changes_while_the_competition_was_not_followed_are_no_news() -> None:
    server = FollowingServer(ANN, BOB)
    server.sync(ranked_board(1, 2, 3, 4, 5, 6, 7))
    server.follower = replace(
        server.follower,
        skip_next_news=True,
        baselines={},
        leader_team_id=None,
        leader_announced_at=None,
    )
    assert server.sync(ranked_board(5, *range(1, 5), 8, 6, 7, t5=submission(5, "999"))) == ()
    server.follower = replace(server.follower, skip_next_news=False)
    items = server.sync(ranked_board(8, 5, *range(1, 5), 6, 7, t8=submission(8, "1001", after=2)))
    assert reasons_by_team(items) == [(8, ["leader", "best", "passed"])]


def test_new_best_score_has_ranks_and_scores() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=submission(5, "975")))
    assert item.reasons == (Reason.BEST,)
    assert (item.rank_before, item.rank) == (5, 3)
    assert (item.score_text_before, item.score_text) == ("950", "975")
    assert (item.user_ids, item.mention_ids) == ((11,), (11,))


def test_rise_below_the_servers_limit_is_no_news() -> None:
    server = FollowingServer(ANN, smallest_rise=3)
    server.sync(ranked_board(*TEN))
    assert server.sync(ranked_board(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=submission(5, "975"))) == ()


def test_better_score_follows_the_score_order() -> None:
    assert better_score(ScoreOrder.LOWER, 2.0, 1.0) == 1.0
    assert better_score(ScoreOrder.HIGHER, 2.0, 1.0) == 2.0
    assert better_score(None, 2.0, 1.0) == 2.0


def test_being_pushed_down_is_news_only_as_a_long_fall() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    order = list(TEN)
    news = []
    for newcomer in range(21, 32):
        order.insert(1, newcomer)
        news.append(reasons_by_team(server.sync(ranked_board(*order))))
    fallen = [index for index, items in enumerate(news, start=1) if items]
    assert fallen == [5, 10]
    assert news[4] == [(5, ["fall"])]


def test_fall_is_counted_from_the_rank_of_the_last_news() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 2, 3, 4, 6, 7, 8, 9, 10, 5, t5=entry(0, 5, "1")))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FALL,), 5, 10)


def test_first_appearance_is_news() -> None:
    server = FollowingServer(BOB)
    server.sync(ranked_board(1, 2, 3))
    (item,) = server.sync(ranked_board(1, 8, 2, 3))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FIRST,), None, 2)


def test_passing_another_member_is_news() -> None:
    server = FollowingServer(ANN, BOB)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 2, 3, 4, 8, 5, 6, 7, 9, 10, t8=submission(8, "955")))
    assert item.reasons == (Reason.BEST, Reason.PASSED)
    assert [(team.user_ids, team.rank) for team in item.passed] == [((11,), 6)]


def test_swapped_ranks_without_a_submission_are_no_news() -> None:
    server = FollowingServer(ANN, BOB)
    server.sync(ranked_board(*TEN))
    for score in ("955", "945", "956"):
        order = (1, 2, 3, 4, 8, 5, 6, 7, 9, 10) if score > "950" else TEN
        assert server.sync(ranked_board(*order, t8=entry(0, 8, score))) == ()


def test_new_leader_who_is_no_member_is_news() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    items = server.sync(ranked_board(2, 1, *range(3, 11), t2=submission(2, "999")))
    assert reasons_by_team(items) == [(2, ["leader"])]
    assert items[0].user_ids == ()
    assert (items[0].rank_before, items[0].rank) == (2, 1)


def test_member_who_takes_the_lead_has_one_item_with_both_reasons() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    items = server.sync(ranked_board(5, *range(1, 5), *range(6, 11), t5=submission(5, "999")))
    assert reasons_by_team(items) == [(5, ["leader", "best"])]


def test_leaders_who_swap_without_submissions_are_news_after_the_cooldown() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    swapped = ranked_board(2, 1, *range(3, 11), t2=entry(0, 2, "995"))
    assert reasons_by_team(server.sync(swapped)) == [(2, ["leader"])]
    assert server.sync(ranked_board(*TEN)) == ()
    assert server.sync(swapped) == ()
    server.sync(ranked_board(*TEN))
    assert reasons_by_team(
        server.sync(ranked_board(*TEN), hours=COOLDOWN / timedelta(hours=1))
    ) == [(1, ["leader"])]


def test_entering_and_leaving_a_medal_zone_is_news() -> None:
    server = FollowingServer(ANN, medals=True)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 2, 3, 5, 4, *range(6, 11), t5=submission(5, "965")))
    assert item.reasons == (Reason.ZONE, Reason.BEST)
    assert (item.medal_zone_before, item.medal_zone) == (None, MedalZone.BRONZE)
    assert server.sync(ranked_board(*TEN, t5=submission(5, "965"))) == ()
    (item,) = server.sync(ranked_board(*TEN, t5=submission(5, "965")), hours=6)
    assert (item.reasons, item.medal_zone_before, item.medal_zone) == (
        (Reason.ZONE,),
        MedalZone.BRONZE,
        None,
    )


def test_competition_without_medals_has_no_medal_zones() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(5, *range(1, 5), *range(6, 11), t5=submission(5, "999")))
    assert (item.medal_zone, Reason.ZONE in item.reasons) == (None, False)


def test_nobody_is_pinged_where_the_server_forbids_it() -> None:
    server = FollowingServer(ANN, mention=False)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 5, *range(2, 5), *range(6, 11), t5=submission(5, "985")))
    assert (item.user_ids, item.mention_ids) == ((11,), ())


def test_teammates_share_one_item() -> None:
    mate = Link(13, "mate", mention=False, team_id=None)
    server = FollowingServer(ANN, mate)
    row = entry(0, 5, "950", members=("user5", "Mate"))
    server.sync(ranked_board(*TEN, t5=row))
    improved = replace(submission(5, "985"), members=row.members)
    (item,) = server.sync(ranked_board(1, 5, *range(2, 5), *range(6, 11), t5=improved))
    assert item.user_ids == (11, 13)


def test_rescoring_in_simulation_competitions_is_no_news() -> None:
    """Scores of half the teams change every hour without a submission."""
    server = FollowingServer(ANN, BOB, smallest_fall=50)
    server.sync(ranked_board(*TEN))
    for hour in range(20):
        shuffled = sorted(TEN, key=lambda team: (team * 7 + hour * 3) % 5 + team)
        rows = {f"t{team}": entry(0, team, f"{900 - place}") for place, team in enumerate(shuffled)}
        items = server.sync(ranked_board(*shuffled, **rows), hours=0.25)
        assert all(item.reasons == (Reason.LEADER,) for item in items)


def test_most_important_items_come_first_and_the_rest_is_counted() -> None:
    links = [Link(100 + team, f"user{team}", mention=False, team_id=None) for team in range(1, 31)]
    server = FollowingServer(*links)
    server.sync(ranked_board(99))
    server.now += timedelta(hours=1)
    grown = replace(ranked_board(*range(1, 31), 99), taken_at=server.now)
    message = server._decide(grown).message
    assert isinstance(message, NewsMessage)
    assert (len(message.items), message.more) == (MAX_ITEMS, 30 - MAX_ITEMS)
    assert message.items[0].reasons[0] is Reason.LEADER


@pytest.mark.parametrize("message", [FollowedMessage("titanic", 3, 1)])
def test_followed_message_round_trips_as_json(message: FollowedMessage) -> None:
    assert message_from_json(message_to_json(message)) == message


def test_news_message_round_trips_as_json() -> None:
    server = FollowingServer(ANN, BOB, medals=True)
    server.sync(ranked_board(*TEN))
    server.now += timedelta(hours=1)
    changed = ranked_board(8, *range(1, 8), 9, 10, t8=submission(8, "999"))
    message = server._decide(replace(changed, taken_at=server.now)).message
    assert message is not None
    assert message_from_json(message_to_json(message)) == message


def test_each_milestone_is_reached_once() -> None:
    hundred = list(range(1, 101))
    server = FollowingServer(Link(11, "user50", mention=False, team_id=None), medals=True)

    def at(place: int, after: float) -> Board:
        order = [team for team in hundred if team != 50]
        order.insert(place - 1, 50)
        # So that only the place counts, each is a submission of their own with a better score.
        return ranked_board(*order, t50=submission(50, f"{500 + after}", after))

    server.sync(at(50, 0))
    reached = []
    for after, place in enumerate([45, 40, 42, 39, 10, 30, 9], start=1):
        (item,) = server.sync(at(place, after))
        reached.append([str(milestone) for milestone in item.milestones])
    assert reached == [
        ["best rank"],
        ["first medal zone", "best rank"],
        [],
        ["best rank"],
        ["first top 10 %", "best rank"],
        [],
        ["best rank"],
    ]


def test_top_ten_percent_is_news_when_the_board_grows() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*range(1, 50)))
    (item,) = server.sync(ranked_board(*range(1, 51)))
    assert reasons_by_team((item,)) == [(5, ["milestone"])]
    assert item.is_big
    assert server.sync(ranked_board(*range(1, 49))) == ()
    assert server.sync(ranked_board(*range(1, 51))) == ()


def test_milestones_from_before_the_link_are_known() -> None:
    past = [RankAt(START, 100, rank, 1.0, "1", 1) for rank in (20, 4, 30)]
    server = FollowingServer(ANN, histories={5: past}, medals=True)
    server.board = ranked_board(*range(1, 5), *range(6, 31), 5, *range(31, 101))
    (item,) = server.sync(ranked_board(*range(1, 101), t5=submission(5, "999")))
    assert (item.rank, item.milestones) == (5, ())
    assert server.follower.baselines[5].bests == BestResults(4, 0.04, MedalZone.GOLD)


def on(*rows: Entry, by: tuple[int, ...] = ()) -> Board:
    """A board of these rows, best first, each handed in at its own minute unless listed in `by`."""
    return board(
        *(
            replace(row, rank=rank)
            if row.team_id in by
            else replace(row, rank=rank, last_submission_at=START + timedelta(minutes=row.team_id))
            for rank, row in enumerate(rows, 1)
        )
    )


def merged_row(team_id: int, score: str, *members: str, from_team: int) -> Entry:
    """A merged team with the score and the date of one of the teams before."""
    return entry(
        0,
        team_id,
        score,
        team_name="Together",
        members=members,
        submissions=2,
        last_submission_at=START + timedelta(minutes=from_team),
    )


HUNDRED = [entry(0, team_id, f"{1000 - 10 * team_id}") for team_id in range(1, 101)]


@pytest.mark.parametrize("user_name", ["user40", "user5"])
def test_place_that_a_merger_gives_is_no_achievement(user_name: str) -> None:
    """#40 takes in the member, the score and the place of #5, which vanishes."""
    server = FollowingServer(Link(11, user_name, mention=False, team_id=None), medals=True)
    server.sync(on(*HUNDRED))
    merged = merged_row(40, "950", "user40", "user5", from_team=5)
    after = on(*HUNDRED[:4], merged, *HUNDRED[5:39], *HUNDRED[40:], by=(40,))
    (item,) = server.sync(after)
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.MERGER,), 5, 5)
    assert item.milestones == ()
    assert len(item.teammates) == 1
    assert server.sync(after) == ()


def test_members_of_both_teams_have_one_item() -> None:
    links = [Link(id_, f"user{id_}", mention=False, team_id=None) for id_ in (5, 40)]
    server = FollowingServer(*links, medals=True)
    server.sync(on(*HUNDRED))
    merged = merged_row(40, "950", "user40", "user5", from_team=5)
    (item,) = server.sync(on(*HUNDRED[:4], merged, *HUNDRED[5:39], *HUNDRED[40:], by=(40,)))
    assert (item.reasons, item.teammates) == ((Reason.MERGER,), ())
    assert set(item.user_ids) == {5, 40}


@pytest.mark.parametrize("linked", ["user1", "mate", "user50"])
def test_leader_who_returns_under_a_new_id_has_not_taken_the_lead(linked: str) -> None:
    server = FollowingServer(Link(11, linked, mention=False, team_id=None), medals=True)
    server.sync(on(*HUNDRED))
    merged = merged_row(777, "990", "user1", "mate", from_team=1)
    items = server.sync(on(merged, *HUNDRED[1:], by=(777,)), hours=24)
    assert [item.reasons for item in items] == ([] if linked == "user50" else [(Reason.MERGER,)])
    assert server.follower.leader_team_id == 777
    assert server.sync(on(merged, *HUNDRED[1:], by=(777,)), hours=24) == ()


def test_submission_after_a_merger_is_measured_from_the_place_taken_over() -> None:
    server = FollowingServer(Link(11, "user40", mention=False, team_id=None))
    server.sync(on(*HUNDRED))
    merged = replace(
        merged_row(40, "975", "user40", "user5", from_team=5),
        submissions=3,
        last_submission_at=START + timedelta(days=1),
    )
    (item,) = server.sync(
        on(*HUNDRED[:2], merged, *HUNDRED[2:4], *HUNDRED[5:39], *HUNDRED[40:], by=(40,))
    )
    assert item.reasons == (Reason.BEST, Reason.MERGER)
    assert (item.rank_before, item.rank, item.score_text_before) == (5, 3, "950")


def test_bests_and_told_ranks_go_on_after_a_merger() -> None:
    server = FollowingServer(Link(11, "user5", mention=False, team_id=None), medals=True)
    server.sync(on(*HUNDRED))
    server.sync(on(HUNDRED[4], *HUNDRED[:4], *HUNDRED[5:]))
    merged = merged_row(777, "950", "user5", "new", from_team=5)
    (item,) = server.sync(on(*HUNDRED[:4], merged, *HUNDRED[5:], by=(777,)))
    assert (item.reasons, item.rank_before) == ((Reason.MERGER,), 1)
    assert server.follower.baselines[777].bests == BestResults(1, 0.01, MedalZone.GOLD)
    climbed = replace(
        merged, score=985.0, score_text="985", last_submission_at=START + timedelta(days=1)
    )
    (item,) = server.sync(on(HUNDRED[0], climbed, *HUNDRED[1:4], *HUNDRED[5:], by=(777,)))
    assert (item.rank, item.milestones) == (2, ())


def test_member_who_joins_a_team_is_told_once() -> None:
    server = FollowingServer(Link(11, "new", mention=False, team_id=None))
    server.sync(on(*HUNDRED))
    joined = replace(HUNDRED[4], members=("user5", "new"))
    after = on(*HUNDRED[:4], joined, *HUNDRED[5:])
    (item,) = server.sync(after)
    assert (item.reasons, item.teammates) == ((Reason.MERGER,), ("user5",))
    assert server.sync(after) == ()


def test_climb_in_which_a_member_joined_a_team_is_not_theirs() -> None:
    server = FollowingServer(
        Link(11, "new", mention=False, team_id=None),
        Link(12, "user45", mention=False, team_id=None),
        medals=True,
    )
    server.sync(on(*HUNDRED))
    climbed = replace(
        submission(50, "985", after=48), members=("user50", "new"), team_name="Together"
    )
    (item,) = server.sync(on(HUNDRED[0], climbed, *HUNDRED[1:49], *HUNDRED[50:], by=(50,)))
    assert (item.reasons, item.passed, item.milestones) == ((Reason.MERGER,), (), ())
    assert (item.rank, item.rank_before, item.score_text_before) == (2, None, None)
    later = replace(climbed, score=995.0, score_text="995", last_submission_at=START + timedelta(3))
    (item,) = server.sync(on(later, *HUNDRED[:49], *HUNDRED[50:], by=(50,)))
    assert (item.reasons, item.rank_before) == ((Reason.LEADER, Reason.BEST), 2)


def test_renamed_member_has_joined_nothing() -> None:
    server = FollowingServer(Link(11, "renamed", mention=False, team_id=None))
    server.sync(on(*HUNDRED))
    renamed = replace(HUNDRED[4], members=("renamed",))
    assert server.sync(on(*HUNDRED[:4], renamed, *HUNDRED[5:])) == ()


def test_team_that_was_away_is_back_and_did_not_fall() -> None:
    server = FollowingServer(ANN, medals=True)
    server.sync(on(*HUNDRED))
    assert server.sync(on(*HUNDRED[:4], *HUNDRED[5:])) == ()
    late = replace(HUNDRED[4], score=1.0, score_text="1")
    (item,) = server.sync(on(*HUNDRED[:4], *HUNDRED[5:], late))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.RETURN,), None, 100)
    assert server.sync(on(*HUNDRED[:4], *HUNDRED[5:], late)) == ()
    better = replace(late, score=15.0, score_text="15", last_submission_at=START + timedelta(9))
    (item,) = server.sync(on(*HUNDRED[:4], *HUNDRED[5:99], better, HUNDRED[99], by=(5,)))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.BEST,), 100, 99)


def test_team_that_was_away_before_its_member_linked_is_back() -> None:
    past = [RankAt(START, 100, 3, 1.0, "1", 1), RankAt(START, 100, None, None, None, None)]
    server = FollowingServer(ANN, histories={5: past})
    server.sync(on(*HUNDRED[:4], *HUNDRED[5:]))
    (item,) = server.sync(on(*HUNDRED))
    assert (item.reasons, item.milestones) == ((Reason.RETURN,), ())


@pytest.mark.parametrize("leader_is_known", [True, False])
def test_leader_who_was_away_for_one_sync_has_not_taken_the_lead(*, leader_is_known: bool) -> None:
    """A mistake of Kaggle is no news of those who were not away."""
    past = [RankAt(START, 100, 1, 1.0, "1", 1), RankAt(START, 99, None, None, None, None)]
    server = FollowingServer(
        ANN, histories={1: past}, leader_team_id=1 if leader_is_known else None
    )
    server.sync(on(*HUNDRED))
    assert server.sync(on(*HUNDRED[1:]), hours=24) == ()
    assert server.sync(on(*HUNDRED), hours=24) == ()
    assert server.sync(on(*HUNDRED), hours=24) == ()
    assert server.follower.leader_team_id == 1


def test_leader_who_stays_away_is_followed_by_a_new_one() -> None:
    server = FollowingServer(ANN)
    server.sync(on(*HUNDRED))
    assert server.sync(on(*HUNDRED[1:])) == ()
    (item,) = server.sync(on(*HUNDRED[1:99]))
    assert reasons_by_team((item,)) == [(2, ["leader"])]
