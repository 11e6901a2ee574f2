"""What a server is told about a sync, and what it is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.board import Board, Entry, ScoreOrder
from leaderboards.board_diff import BoardDiff
from leaderboards.history import RankAt
from leaderboards.medals import MedalZone
from leaderboards.news.items import MAX_ITEMS, Item, NewsMessage, Reason
from leaderboards.news.messages import FollowedMessage, message_from_json, message_to_json
from leaderboards.news.milestones import Bests
from leaderboards.news.rules import (
    COOLDOWN,
    Follower,
    Link,
    NewsDecision,
    better_score,
    decide_news,
)
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
        "last_announced": {},
    }
    return Follower(**(values | more))  # type: ignore[arg-type]


class Season:
    """A server that follows a competition from sync to sync."""

    def __init__(self, *links: Link, medals: bool = False, **more: object) -> None:
        self.follower = follower(*links, **more)
        self.medals = medals
        self.board: Board | None = None
        self.now = START

    def sync(self, new: Board, hours: float = 1) -> tuple[Item, ...]:
        self.now += timedelta(hours=hours)
        told = self._tell(replace(new, taken_at=self.now))
        self.follower = replace(
            self.follower,
            last_announced=self.follower.last_announced
            | {known.team_id: known for known in told.last_announced},
            leader_team_id=told.leader_team_id,
            leader_announced_at=told.leader_announced_at,
        )
        self.board = new
        return told.message.items if isinstance(told.message, NewsMessage) else ()

    def _tell(self, new: Board) -> NewsDecision:
        return decide_news(
            BoardDiff.between(self.board, new),
            replace(self.follower, links=_placed(self.follower.links, new)),
            medals=self.medals,
            now=self.now,
        )


def _placed(links: tuple[Link, ...], new: Board) -> tuple[Link, ...]:
    """Find each link's team, as storage does."""
    team_ids = {
        user_name.casefold(): row.team_id for row in new.entries() for user_name in row.members
    }
    return tuple(replace(link, team_id=team_ids.get(link.user_name.casefold())) for link in links)


def standing(*order: int, **rows: Entry) -> Board:
    """A board of these teams from the first on, scores falling; rows replace those of a team."""
    entries = []
    for rank, team_id in enumerate(order, start=1):
        given = rows.get(f"t{team_id}")
        row = given or entry(rank, team_id, f"{1000 - 10 * team_id}")
        entries.append(replace(row, rank=rank))
    return board(*entries)


def handed_in(team_id: int, score: str, after: float = 1) -> Entry:
    return entry(
        0, team_id, score, submissions=2, last_submission_at=START + timedelta(hours=after)
    )


TEN = range(1, 11)


def reasons(items: tuple[Item, ...]) -> list[tuple[int, list[str]]]:
    return [(item.team_id, [str(reason) for reason in item.reasons]) for item in items]


def test_the_first_board_and_a_late_link_are_no_news() -> None:
    season = Season(ANN)
    assert season.sync(standing(*TEN)) == ()
    season.follower = replace(season.follower, links=(ANN, BOB))
    assert season.sync(standing(*TEN)) == ()
    assert set(season.follower.last_announced) == {5, 8}


def test_the_first_climb_after_a_link_is_told() -> None:
    season = Season()
    season.sync(standing(*TEN))
    season.follower = replace(season.follower, links=(ANN,))
    (item,) = season.sync(standing(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=handed_in(5, "975")))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.BEST,), 5, 3)


def test_what_happened_while_it_was_not_followed_is_no_news() -> None:
    season = Season(ANN, BOB)
    season.sync(standing(1, 2, 3, 4, 5, 6, 7))
    season.follower = replace(
        season.follower,
        silent=True,
        last_announced={},
        leader_team_id=None,
        leader_announced_at=None,
    )
    assert season.sync(standing(5, *range(1, 5), 8, 6, 7, t5=handed_in(5, "999"))) == ()
    season.follower = replace(season.follower, silent=False)
    items = season.sync(standing(8, 5, *range(1, 5), 6, 7, t8=handed_in(8, "1001", after=2)))
    assert reasons(items) == [(8, ["leader", "best", "passed"])]


def test_a_new_best_score_tells_ranks_and_scores() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    (item,) = season.sync(standing(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=handed_in(5, "975")))
    assert item.reasons == (Reason.BEST,)
    assert (item.rank_before, item.rank) == (5, 3)
    assert (item.score_text_before, item.score_text) == ("950", "975")
    assert (item.user_ids, item.mention_ids) == ((11,), (11,))


def test_a_rise_smaller_than_the_server_set_is_not_told() -> None:
    season = Season(ANN, smallest_rise=3)
    season.sync(standing(*TEN))
    assert season.sync(standing(1, 2, 5, 3, 4, 6, 7, 8, 9, 10, t5=handed_in(5, "975"))) == ()


def test_lower_scores_can_be_the_better_ones() -> None:
    assert better_score(ScoreOrder.LOWER, 2.0, 1.0) == 1.0
    assert better_score(ScoreOrder.HIGHER, 2.0, 1.0) == 2.0
    assert better_score(None, 2.0, 1.0) == 2.0


def test_being_pushed_down_by_strangers_is_told_only_as_a_long_fall() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    order = list(TEN)
    told = []
    for newcomer in range(21, 32):
        order.insert(1, newcomer)
        told.append(reasons(season.sync(standing(*order))))
    fallen = [index for index, items in enumerate(told, start=1) if items]
    assert fallen == [5, 10]
    assert told[4] == [(5, ["fall"])]


def test_a_fall_counts_from_where_the_member_was_last_told() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    (item,) = season.sync(standing(1, 2, 3, 4, 6, 7, 8, 9, 10, 5, t5=entry(0, 5, "1")))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FALL,), 5, 10)


def test_a_first_appearance() -> None:
    season = Season(BOB)
    season.sync(standing(1, 2, 3))
    (item,) = season.sync(standing(1, 8, 2, 3))
    assert (item.reasons, item.rank_before, item.rank) == ((Reason.FIRST,), None, 2)


def test_one_member_passes_another() -> None:
    season = Season(ANN, BOB)
    season.sync(standing(*TEN))
    (item,) = season.sync(standing(1, 2, 3, 4, 8, 5, 6, 7, 9, 10, t8=handed_in(8, "955")))
    assert item.reasons == (Reason.BEST, Reason.PASSED)
    assert [(team.user_ids, team.rank) for team in item.passed] == [((11,), 6)]


def test_members_who_swap_places_without_a_submission_are_no_news() -> None:
    season = Season(ANN, BOB)
    season.sync(standing(*TEN))
    for score in ("955", "945", "956"):
        order = (1, 2, 3, 4, 8, 5, 6, 7, 9, 10) if score > "950" else TEN
        assert season.sync(standing(*order, t8=entry(0, 8, score))) == ()


def test_a_new_number_one_is_told_even_if_a_stranger() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    items = season.sync(standing(2, 1, *range(3, 11), t2=handed_in(2, "999")))
    assert reasons(items) == [(2, ["leader"])]
    assert items[0].user_ids == ()
    assert (items[0].rank_before, items[0].rank) == (2, 1)


def test_a_member_as_number_one_is_one_item_with_both_reasons() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    items = season.sync(standing(5, *range(1, 5), *range(6, 11), t5=handed_in(5, "999")))
    assert reasons(items) == [(5, ["leader", "best"])]


def test_leaders_who_swap_without_submissions_are_told_after_a_rest() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    swapped = standing(2, 1, *range(3, 11), t2=entry(0, 2, "995"))
    assert reasons(season.sync(swapped)) == [(2, ["leader"])]
    assert season.sync(standing(*TEN)) == ()
    assert season.sync(swapped) == ()
    season.sync(standing(*TEN))
    assert reasons(season.sync(standing(*TEN), hours=COOLDOWN / timedelta(hours=1))) == [
        (1, ["leader"])
    ]


def test_medal_zones_entered_and_left() -> None:
    season = Season(ANN, medals=True)
    season.sync(standing(*TEN))
    (item,) = season.sync(standing(1, 2, 3, 5, 4, *range(6, 11), t5=handed_in(5, "965")))
    assert item.reasons == (Reason.ZONE, Reason.BEST)
    assert (item.medal_zone_before, item.medal_zone) == (None, MedalZone.BRONZE)
    assert season.sync(standing(*TEN, t5=handed_in(5, "965"))) == ()
    (item,) = season.sync(standing(*TEN, t5=handed_in(5, "965")), hours=6)
    assert (item.reasons, item.medal_zone_before, item.medal_zone) == (
        (Reason.ZONE,),
        MedalZone.BRONZE,
        None,
    )


def test_without_medals_there_are_no_zones() -> None:
    season = Season(ANN)
    season.sync(standing(*TEN))
    (item,) = season.sync(standing(5, *range(1, 5), *range(6, 11), t5=handed_in(5, "999")))
    assert (item.medal_zone, Reason.ZONE in item.reasons) == (None, False)


def test_nobody_is_pinged_where_the_server_does_not_allow_it() -> None:
    season = Season(ANN, mention=False)
    season.sync(standing(*TEN))
    (item,) = season.sync(standing(1, 5, *range(2, 5), *range(6, 11), t5=handed_in(5, "985")))
    assert (item.user_ids, item.mention_ids) == ((11,), ())


def test_team_mates_share_one_item() -> None:
    mate = Link(13, "mate", mention=False, team_id=None)
    season = Season(ANN, mate)
    row = entry(0, 5, "950", members=("user5", "Mate"))
    season.sync(standing(*TEN, t5=row))
    improved = replace(handed_in(5, "985"), members=row.members)
    (item,) = season.sync(standing(1, 5, *range(2, 5), *range(6, 11), t5=improved))
    assert item.user_ids == (11, 13)


def test_a_simulation_competition_stays_quiet() -> None:
    """Scores of half the teams change every hour without a submission."""
    season = Season(ANN, BOB, smallest_fall=50)
    season.sync(standing(*TEN))
    for hour in range(20):
        shuffled = sorted(TEN, key=lambda team: (team * 7 + hour * 3) % 5 + team)
        rows = {f"t{team}": entry(0, team, f"{900 - place}") for place, team in enumerate(shuffled)}
        items = season.sync(standing(*shuffled, **rows), hours=0.25)
        assert all(item.reasons == (Reason.LEADER,) for item in items)


def test_more_than_fits_is_counted_and_the_important_come_first() -> None:
    links = [Link(100 + team, f"user{team}", mention=False, team_id=None) for team in range(1, 31)]
    season = Season(*links)
    season.sync(standing(99))
    season.now += timedelta(hours=1)
    grown = replace(standing(*range(1, 31), 99), taken_at=season.now)
    message = season._tell(grown).message
    assert isinstance(message, NewsMessage)
    assert (len(message.items), message.more) == (MAX_ITEMS, 30 - MAX_ITEMS)
    assert message.items[0].reasons[0] is Reason.LEADER


@pytest.mark.parametrize("message", [FollowedMessage("titanic", 3, 1)])
def test_messages_survive_the_outbox(message: FollowedMessage) -> None:
    assert message_from_json(message_to_json(message)) == message


def test_news_survive_the_outbox() -> None:
    season = Season(ANN, BOB, medals=True)
    season.sync(standing(*TEN))
    season.now += timedelta(hours=1)
    changed = standing(8, *range(1, 8), 9, 10, t8=handed_in(8, "999"))
    message = season._tell(replace(changed, taken_at=season.now)).message
    assert message is not None
    assert message_from_json(message_to_json(message)) == message


def test_what_is_reached_for_the_first_time_is_marked_once() -> None:
    hundred = list(range(1, 101))
    season = Season(Link(11, "user50", mention=False, team_id=None), medals=True)

    def at(place: int, after: float) -> Board:
        order = [team for team in hundred if team != 50]
        order.insert(place - 1, 50)
        # So that only the place counts, each is a submission of their own with a better score.
        return standing(*order, t50=handed_in(50, f"{500 + after}", after))

    season.sync(at(50, 0))
    reached = []
    for after, place in enumerate([45, 40, 42, 39, 10, 30, 9], start=1):
        (item,) = season.sync(at(place, after))
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


def test_the_top_ten_percent_is_news_even_when_others_made_it_so() -> None:
    season = Season(ANN)
    season.sync(standing(*range(1, 50)))
    (item,) = season.sync(standing(*range(1, 51)))
    assert reasons((item,)) == [(5, ["milestone"])]
    assert item.is_big
    assert season.sync(standing(*range(1, 49))) == ()
    assert season.sync(standing(*range(1, 51))) == ()


def test_what_was_reached_before_the_link_counts() -> None:
    past = [RankAt(START, 100, rank, 1.0, "1", 1) for rank in (20, 4, 30)]
    season = Season(ANN, histories={5: past}, medals=True)
    season.board = standing(*range(1, 5), *range(6, 31), 5, *range(31, 101))
    (item,) = season.sync(standing(*range(1, 101), t5=handed_in(5, "999")))
    assert (item.rank, item.milestones) == (5, ())
    assert season.follower.last_announced[5].bests == Bests(4, 0.04, MedalZone.GOLD)
