"""What a server is told about a sync, and what it is not."""

from dataclasses import replace
from datetime import timedelta

from leaderboards.board import Board, ScoreOrder
from leaderboards.history import RankPoint
from leaderboards.medals import MedalZone
from leaderboards.news.follower import Link
from leaderboards.news.items import MAX_ITEMS, NewsMessage, Reason
from leaderboards.news.milestones import BestResults
from leaderboards.news.rules import better_score
from leaderboards.news.schedules import COOLDOWN
from tests.leaderboards.boards import START, entry
from tests.leaderboards.news.following import (
    ANN,
    BOB,
    TEN,
    FollowingServer,
    ranked_board,
    reasons_by_team,
    submission,
)


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


def test_slide_by_the_growth_of_the_board_is_no_fall() -> None:
    """Newcomers push everybody down, half of them those in the middle; that is nobody's fall."""
    member = Link(31, "user800", wants_ping=False, team_id=None)
    server = FollowingServer(member, smallest_fall=50)
    order = list(range(1, 1_601))
    server.sync(ranked_board(*order))
    news = []
    for hour in range(1, 5):
        order[1:1] = range(2_000 + 60 * hour, 2_030 + 60 * hour)
        order += range(2_030 + 60 * hour, 2_060 + 60 * hour)
        news.append(reasons_by_team(server.sync(ranked_board(*order))))
    assert news == [[]] * 4
    place = order.index(800)
    order = [*order[:place], *order[place + 1 : place + 101], 800, *order[place + 101 :]]
    (item,) = server.sync(ranked_board(*order))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FALL,), 800, 1_020)


def test_fall_by_exactly_a_tenth_of_the_rank_is_news() -> None:
    member = Link(31, "user700", wants_ping=False, team_id=None)
    server = FollowingServer(member, smallest_fall=50)
    order = list(range(1, 801))
    server.sync(ranked_board(*order))
    order = [*order[:699], *order[700:770], 700, *order[770:]]
    (item,) = server.sync(ranked_board(*order))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FALL,), 700, 770)


def test_fall_is_counted_from_the_rank_of_the_last_news() -> None:
    server = FollowingServer(ANN)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 2, 3, 4, 6, 7, 8, 9, 10, 5, t5=entry(0, 5, "1")))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FALL,), 5, 10)


def test_first_appearance_is_news() -> None:
    server = FollowingServer(BOB)
    server.sync(ranked_board(1, 2, 3))
    (item,) = server.sync(ranked_board(1, 8, 2, 3))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.ARRIVAL,), None, 2)


def test_passing_another_member_is_news() -> None:
    server = FollowingServer(ANN, BOB)
    server.sync(ranked_board(*TEN))
    (item,) = server.sync(ranked_board(1, 2, 3, 4, 8, 5, 6, 7, 9, 10, t8=submission(8, "955")))
    assert item.reasons == (Reason.BEST, Reason.PASSED)
    assert [(team.user_ids, team.rank) for team in item.passed] == [((11,), 6)]


def test_team_that_went_down_itself_has_passed_nobody() -> None:
    """In a simulation a submission can lower the score; the other one fell further."""
    server = FollowingServer(ANN, BOB, smallest_fall=50)
    server.sync(ranked_board(*TEN))
    order = (1, 2, 3, 4, 6, 7, 9, 10, 8, 5)
    assert server.sync(ranked_board(*order, t8=submission(8, "895"), t5=entry(0, 5, "890"))) == ()


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
    mate = Link(13, "mate", wants_ping=False, team_id=None)
    server = FollowingServer(ANN, mate)
    row = entry(0, 5, "950", members=("user5", "Mate"))
    server.sync(ranked_board(*TEN, t5=row))
    improved = replace(submission(5, "985"), members=row.members)
    (item,) = server.sync(ranked_board(1, 5, *range(2, 5), *range(6, 11), t5=improved))
    assert item.user_ids == (11, 13)


def test_score_drift_of_a_simulation_is_no_news() -> None:
    """Scores of half the teams change every hour without a submission."""
    server = FollowingServer(ANN, BOB, smallest_fall=50)
    server.sync(ranked_board(*TEN))
    for hour in range(20):
        shuffled = sorted(TEN, key=lambda team: (team * 7 + hour * 3) % 5 + team)
        rows = {f"t{team}": entry(0, team, f"{900 - place}") for place, team in enumerate(shuffled)}
        items = server.sync(ranked_board(*shuffled, **rows), hours=0.25)
        assert all(item.reasons == (Reason.LEADER,) for item in items)


def test_most_important_items_come_first_and_the_rest_is_counted() -> None:
    links = [
        Link(100 + team, f"user{team}", wants_ping=False, team_id=None) for team in range(1, 31)
    ]
    server = FollowingServer(*links)
    server.sync(ranked_board(99))
    server.now += timedelta(hours=1)
    grown = replace(ranked_board(*range(1, 31), 99), taken_at=server.now)
    (message,) = server.decide(grown).messages
    assert isinstance(message, NewsMessage)
    assert (len(message.items), message.more) == (MAX_ITEMS, 30 - MAX_ITEMS)
    assert message.items[0].reasons[0] is Reason.LEADER


def test_each_milestone_is_reached_once() -> None:
    hundred = list(range(1, 101))
    server = FollowingServer(Link(11, "user50", wants_ping=False, team_id=None), medals=True)

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
    past = [RankPoint(START, 100, rank, 1.0, "1", 1) for rank in (20, 4, 30)]
    server = FollowingServer(ANN, histories={5: past}, medals=True)
    server.board = ranked_board(*range(1, 5), *range(6, 31), 5, *range(31, 101))
    (item,) = server.sync(ranked_board(*range(1, 101), t5=submission(5, "999")))
    assert (item.rank, item.milestones) == (5, ())
    assert server.follower.baselines[5].bests == BestResults(4, 0.04, MedalZone.GOLD)
