"""What a server is told of teams that merge, leave the board or come back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.board import Board, Entry
from leaderboards.history import RankPoint
from leaderboards.medals import MedalZone
from leaderboards.news.follower import Link
from leaderboards.news.items import Reason
from leaderboards.news.milestones import BestResults
from tests.leaderboards.boards import START, board, entry
from tests.leaderboards.news.following import (
    ANN,
    FollowingServer,
    reasons_by_team,
    submission,
)


def on(*rows: Entry, by: tuple[int, ...] = ()) -> Board:
    """Return a board of these rows, best first, each from its own minute unless listed in `by`."""
    return board(
        *(
            replace(row, rank=rank)
            if row.team_id in by
            else replace(row, rank=rank, last_submission_at=START + timedelta(minutes=row.team_id))
            for rank, row in enumerate(rows, 1)
        )
    )


def merged_row(team_id: int, score: str, *members: str, from_team: int) -> Entry:
    """Return a merged team with the score and the date of one of the teams before."""
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
    server = FollowingServer(Link(11, user_name, wants_ping=False, team_id=None), medals=True)
    server.sync(on(*HUNDRED))
    merged = merged_row(40, "950", "user40", "user5", from_team=5)
    after = on(*HUNDRED[:4], merged, *HUNDRED[5:39], *HUNDRED[40:], by=(40,))
    (item,) = server.sync(after)
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.MERGER,), 5, 5)
    assert item.milestones == ()
    assert len(item.teammates) == 1
    assert server.sync(after) == ()


def test_members_of_both_teams_have_one_item() -> None:
    links = [Link(id_, f"user{id_}", wants_ping=False, team_id=None) for id_ in (5, 40)]
    server = FollowingServer(*links, medals=True)
    server.sync(on(*HUNDRED))
    merged = merged_row(40, "950", "user40", "user5", from_team=5)
    (item,) = server.sync(on(*HUNDRED[:4], merged, *HUNDRED[5:39], *HUNDRED[40:], by=(40,)))
    assert (item.reasons, item.teammates) == ((Reason.MERGER,), ())
    assert set(item.user_ids) == {5, 40}


@pytest.mark.parametrize("linked", ["user1", "mate", "user50"])
def test_leader_who_returns_under_a_new_id_has_not_taken_the_lead(linked: str) -> None:
    server = FollowingServer(Link(11, linked, wants_ping=False, team_id=None), medals=True)
    server.sync(on(*HUNDRED))
    merged = merged_row(777, "990", "user1", "mate", from_team=1)
    items = server.sync(on(merged, *HUNDRED[1:], by=(777,)), hours=24)
    assert [item.reasons for item in items] == ([] if linked == "user50" else [(Reason.MERGER,)])
    assert server.follower.leader_team_id == 777
    assert server.sync(on(merged, *HUNDRED[1:], by=(777,)), hours=24) == ()


def test_submission_after_a_merger_is_measured_from_the_place_taken_over() -> None:
    server = FollowingServer(Link(11, "user40", wants_ping=False, team_id=None))
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


def test_bests_and_announced_ranks_go_on_after_a_merger() -> None:
    server = FollowingServer(Link(11, "user5", wants_ping=False, team_id=None), medals=True)
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
    server = FollowingServer(Link(11, "new", wants_ping=False, team_id=None))
    server.sync(on(*HUNDRED))
    joined = replace(HUNDRED[4], members=("user5", "new"))
    after = on(*HUNDRED[:4], joined, *HUNDRED[5:])
    (item,) = server.sync(after)
    assert (item.reasons, item.teammates) == ((Reason.MERGER,), ("user5",))
    assert server.sync(after) == ()


def test_climb_in_which_a_member_joined_a_team_is_not_theirs() -> None:
    server = FollowingServer(
        Link(11, "new", wants_ping=False, team_id=None),
        Link(12, "user45", wants_ping=False, team_id=None),
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
    server = FollowingServer(Link(11, "renamed", wants_ping=False, team_id=None))
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
    past = [RankPoint(START, 100, 3, 1.0, "1", 1), RankPoint(START, 100, None, None, None, None)]
    server = FollowingServer(ANN, histories={5: past})
    server.sync(on(*HUNDRED[:4], *HUNDRED[5:]))
    (item,) = server.sync(on(*HUNDRED))
    assert (item.reasons, item.milestones) == ((Reason.RETURN,), ())


@pytest.mark.parametrize("leader_is_known", [True, False])
def test_leader_who_was_away_for_one_sync_has_not_taken_the_lead(*, leader_is_known: bool) -> None:
    """A mistake of Kaggle is no news of those who were not away."""
    past = [RankPoint(START, 100, 1, 1.0, "1", 1), RankPoint(START, 99, None, None, None, None)]
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
