"""What comes of the news of several syncs."""

from dataclasses import replace
from datetime import timedelta

from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.items import MAX_ITEMS, MAX_PASSED, Item, NewsMessage, PassedTeam, Reason
from leaderboards.news.milestones import Milestone
from tests.leaderboards.boards import START


def item(team_id: int, *reasons: Reason, **more: object) -> Item:
    values: dict[str, object] = {
        "team_name": f"team {team_id}",
        "user_ids": (team_id * 10,),
        "mention_ids": (),
        "rank": 40,
        "rank_before": 50,
        "score_text": "0.9",
        "score_text_before": "0.8",
        "medal_zone": None,
        "medal_zone_before": None,
        "passed": (),
    }
    return Item(reasons=reasons, team_id=team_id, **(values | more))  # type: ignore[arg-type]


def message(hours: float, *items: Item, more: int = 0) -> NewsMessage:
    return NewsMessage("titanic", START + timedelta(hours=hours), 1000, items, more)


def merge_news(messages: list[NewsMessage]) -> NewsMessage:
    (merged,) = NewsMessage.merge(messages)
    return merged


def test_merging_one_message_changes_nothing() -> None:
    one = message(1, item(1, Reason.BEST))
    assert merge_news([one]) == one


def test_merged_item_spans_from_the_first_to_the_last_board() -> None:
    first = item(1, Reason.BEST, mention_ids=(10,), milestones=(Milestone.BEST_RANK,))
    last = item(
        1,
        Reason.ZONE,
        Reason.BEST,
        rank=20,
        rank_before=40,
        score_text="0.95",
        score_text_before="0.9",
        medal_zone=MedalZone.BRONZE,
        milestones=(Milestone.FIRST_MEDAL_ZONE, Milestone.BEST_RANK),
    )
    merged = merge_news([message(1, first, more=1), message(2), message(3, last, more=2)])
    assert merged == replace(
        message(3),
        since=START + timedelta(hours=1),
        more=2,
        items=(
            replace(
                last,
                mention_ids=(10,),
                rank_before=50,
                score_text_before="0.8",
            ),
        ),
    )
    later = message(4, item(1, Reason.BEST, rank=19, rank_before=20, medal_zone=MedalZone.BRONZE))
    again = merge_news([merged, later])
    assert (again.since, again.items[0].rank_before, again.items[0].rank) == (merged.since, 50, 19)
    assert again.items[0].reasons == (Reason.ZONE, Reason.BEST)


def test_merging_drops_what_was_undone() -> None:
    entered = item(1, Reason.ZONE, medal_zone=MedalZone.BRONZE)
    left = item(1, Reason.ZONE, medal_zone_before=MedalZone.BRONZE)
    fell = item(2, Reason.FALL, rank=200)
    rose = item(2, Reason.BEST, rank=30, rank_before=200)
    ahead = item(3, Reason.PASSED, rank=30, passed=(PassedTeam((20,), "team 2", 31),))
    led = item(4, Reason.LEADER, rank=1)
    took = item(5, Reason.LEADER, rank=1)
    merged = merge_news([message(1, led, entered, fell, ahead), message(2, took, left, rose)])
    assert [(one.team_id, one.reasons) for one in merged.items] == [
        (5, (Reason.LEADER,)),
        (2, (Reason.BEST,)),
    ]


def test_lead_that_was_lost_without_news_is_left_out() -> None:
    """Another team drifted to the top within the cooldown, which is no news."""
    leads = item(1, Reason.LEADER, Reason.BEST, rank=1)
    second = item(1, Reason.BEST, rank=2, rank_before=1)
    merged = merge_news([message(1, leads), message(2, second)])
    assert [(one.reasons, one.rank) for one in merged.items] == [((Reason.BEST,), 2)]
    back = item(1, Reason.BEST, rank=1, rank_before=2)
    again = merge_news([message(1, leads), message(2, second), message(3, back)])
    assert again.items[0].reasons == (Reason.LEADER, Reason.BEST)


def test_new_best_score_of_the_night_is_that_of_its_submission() -> None:
    """In a simulation the score goes on falling and rising without one."""
    best = item(1, Reason.BEST, score_text="950.0", score_text_before="920.0", rank=30)
    left = item(1, Reason.ZONE, score_text="905.0", score_text_before="910.0", rank=60)
    left = replace(left, medal_zone_before=MedalZone.BRONZE)
    entered = replace(best, reasons=(Reason.ZONE, Reason.BEST), medal_zone=MedalZone.BRONZE)
    for first in (best, entered):
        (merged,) = merge_news([message(1, first), message(2, left)]).items
        assert Reason.BEST in merged.reasons
        assert (merged.score_text, merged.score_text_before) == ("950.0", "920.0")
        assert merged.rank == 60


def test_milestone_that_was_lost_again_is_left_out() -> None:
    every = tuple(Milestone)
    reached = item(1, Reason.BEST, rank=30, medal_zone=MedalZone.BRONZE, milestones=every)
    kept = item(1, Reason.BEST, rank=29, medal_zone=MedalZone.BRONZE)
    lower = item(1, Reason.BEST, rank=35, medal_zone=MedalZone.BRONZE)
    outside = item(1, Reason.BEST, rank=60)
    for last, milestones in ((kept, every), (lower, every[:1]), (outside, ())):
        (merged,) = merge_news([message(1, reached), message(2, last)]).items
        assert merged.milestones == milestones
    top = item(1, Reason.MILESTONE, rank=100, milestones=(Milestone.TOP_TEN_PERCENT,))
    fell = item(1, Reason.FALL, rank=190, rank_before=100)
    (merged,) = merge_news([message(1, top), message(2, fell)]).items
    assert merged.reasons == (Reason.FALL,)


def test_member_who_left_the_team_meanwhile_is_not_pinged_nor_kept() -> None:
    both = item(1, Reason.BEST, user_ids=(10, 11), mention_ids=(10, 11))
    merged = merge_news([message(1, both), message(2, item(1, Reason.BEST, user_ids=(11,)))])
    assert merged.mention_ids() == merged.user_ids() == {11}


def test_passed_teams_have_their_last_rank() -> None:
    ahead = item(
        3, Reason.PASSED, passed=(PassedTeam((20,), "team 2", 41), PassedTeam((70,), "7", 43))
    )
    fell = item(2, Reason.FALL, rank=200)
    (merged, _) = merge_news([message(1, ahead), message(2, fell)]).items
    assert [(team.user_ids, team.rank) for team in merged.passed] == [((70,), 43), ((20,), 200)]


def test_passed_teams_without_members_are_told_apart_by_their_names() -> None:
    """As in direct messages, which have no other members."""
    passed = PassedTeam((), "A", 7), PassedTeam((), "B", 8)
    first = item(3, Reason.PASSED, rank=6, passed=passed)
    second = item(3, Reason.PASSED, rank=5, passed=(PassedTeam((), "C", 6),))
    (merged,) = merge_news([message(1, first), message(2, second)]).items
    assert [(team.team_name, team.rank) for team in merged.passed] == [("C", 6), ("A", 7), ("B", 8)]


def test_team_that_sank_without_news_before_it_was_passed_is_named() -> None:
    earlier = item(2, Reason.BEST, rank=3)
    passing = item(
        3, Reason.PASSED, rank=5, rank_before=10, passed=(PassedTeam((20,), "team 2", 8),)
    )
    merged = merge_news([message(1, earlier), message(2, passing)])
    (again,) = (one for one in merged.items if one.team_id == 3)
    assert again == passing


def test_merged_item_names_no_more_passed_teams_than_one_sync_does() -> None:
    def pass_five(rank: int) -> Item:
        passed = [PassedTeam((n,), f"team {n}", n) for n in range(rank + 1, rank + 1 + MAX_PASSED)]
        return item(3, Reason.PASSED, rank=rank, passed=tuple(passed))

    (merged,) = merge_news([message(1, pass_five(40)), message(2, pass_five(30))]).items
    assert [team.rank for team in merged.passed] == [31, 32, 33, 34, 35]


def test_team_that_merged_in_the_night_goes_on_from_the_place_taken_over() -> None:
    own = item(2, Reason.BEST, rank=80, rank_before=90)
    took = item(1, Reason.LEADER, Reason.BEST, rank=1, rank_before=9, continues_team_id=1)
    together = item(
        2, Reason.MERGER, rank=1, rank_before=1, continues_team_id=1, teammates=("carol",)
    )
    (merged,) = merge_news([message(1, took, own), message(2, together)]).items
    assert merged.team_id == 2
    assert merged.reasons == (Reason.LEADER, Reason.BEST, Reason.MERGER)
    assert (merged.rank_before, merged.rank, merged.teammates) == (9, 1, ("carol",))


def test_team_that_is_back_is_not_measured_from_before() -> None:
    before = item(1, Reason.BEST, rank=5, rank_before=9, continues_team_id=1)
    back = item(1, Reason.RETURN, rank=97, rank_before=None, score_text_before=None)
    (merged,) = merge_news([message(1, before), message(2, back)]).items
    assert merged == back


def test_merged_item_of_a_new_team_has_no_rank_before() -> None:
    came = item(1, Reason.ARRIVAL, rank_before=None, score_text_before=None)
    (merged,) = merge_news([message(1, came), message(2, item(1, Reason.BEST, rank=30))]).items
    assert (merged.reasons, merged.rank, merged.rank_before, merged.score_text_before) == (
        (Reason.ARRIVAL, Reason.BEST),
        30,
        None,
        None,
    )


def test_merging_counts_items_that_do_not_fit() -> None:
    merged = merge_news(
        [message(n, *(item(n * 10 + t, Reason.BEST) for t in range(10))) for n in (1, 2)]
    )
    assert (len(merged.items), merged.more) == (MAX_ITEMS, 20 - MAX_ITEMS)


def test_items_are_filtered_for_the_channel_mode() -> None:
    big, small = item(1, Reason.LEADER), item(2, Reason.BEST, milestones=(Milestone.BEST_RANK,))
    both = message(1, big, small, more=3)
    assert both.filter_for_mode(ChannelMode.EVERYTHING) == both
    assert both.filter_for_mode(ChannelMode.BIG) == message(1, big)
    assert message(1, small).filter_for_mode(ChannelMode.BIG) is None
    assert both.filter_for_mode(ChannelMode.DIGEST) is None


def test_news_from_before_a_correction_of_the_metric_are_left_out() -> None:
    first = message(1, item(1, Reason.BEST, rank=40), item(2, Reason.LEADER, rank=1), more=3)
    later = (
        message(3, item(1, Reason.BEST, rank=260, rank_before=300)),
        message(4, item(1, Reason.BEST, rank=250, rank_before=260)),
    )
    anew = [replace(each, rescored_at=START + timedelta(hours=2)) for each in later]
    merged = merge_news([first, *anew])
    (only,) = merged.items
    assert (only.rank_before, only.rank) == (300, 250)
    assert (merged.since, merged.more) == (START + timedelta(hours=3), 0)
    assert merge_news([first, anew[0]]) == anew[0]
    assert merge_news([merge_news([first, anew[0]]), anew[1]]) == merged
