"""What a digest tells of a competition, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from leaderboards.medals import MedalZone
from leaderboards.news.digest import DigestTeam, build_competition_digest, measure_activity


def team(id_: int, rank: int, before: int | None, submissions: int = 0) -> DigestTeam:
    return DigestTeam(id_, f"team {id_}", (id_,), rank, before, "0.5", submissions)


def test_each_part_of_a_digest_names_five_teams() -> None:
    teams = [
        *(team(n, 100, 100 + n) for n in range(1, 8)),
        *(team(n, 900, 900 - n) for n in range(8, 30)),
        *(team(n, n, None, submissions=40 - n) for n in range(30, 40)),
        team(50, 5, 5),
    ]
    digest = build_competition_digest("titanic", 1000, teams)
    assert digest is not None
    assert [one.team_id for one in digest.climbers] == [7, 6, 5, 4, 3]
    assert [one.team_id for one in digest.fallers] == [29, 28, 27, 26, 25]
    assert [one.team_id for one in digest.newcomers] == [30, 31, 32, 33, 34]
    assert [one.team_id for one in digest.busiest] == [30, 31, 32, 33, 34]
    assert len(digest.teams) == 15
    again = build_competition_digest("titanic", 1000, digest.teams)
    assert again == digest


def test_small_falls_are_left_out_of_a_digest() -> None:
    assert build_competition_digest("titanic", 1000, [team(1, 109, 100), team(2, 5, 5)]) is None
    assert build_competition_digest("titanic", 1000, []) is None
    fell = build_competition_digest("titanic", 1000, [team(1, 110, 100)])
    assert fell is not None
    assert (len(fell.fallers), measure_activity(fell)) == (1, 10)
    pushed_down = replace(team(1, 110, 100), team_count_before=905)
    assert build_competition_digest("titanic", 1000, [pushed_down]) is None
    small = build_competition_digest("titanic", 5, [team(1, 2, 1)])
    assert small is not None
    assert len(small.fallers) == 1


def test_fall_is_counted_exactly_beyond_the_growth_of_the_board() -> None:
    grown = replace(team(1, 56, 50), team_count_before=100)
    fell = build_competition_digest("titanic", 110, [grown])
    assert fell is not None
    assert fell.fallers == [grown]
    assert build_competition_digest("titanic", 110, [replace(grown, rank=55)]) is None


def test_teams_that_are_likely_to_leave_their_zone_are_named_soonest_first() -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    teams = [
        replace(
            team(n, 40 + n, 40 + n),
            medal_zone=MedalZone.SILVER,
            medal_zone_before=MedalZone.SILVER,
            leaves_zone_at=now + timedelta(hours=20 - n),
        )
        for n in range(1, 8)
    ]
    digest = build_competition_digest("titanic", 1000, [*teams, team(50, 500, 500)])
    assert digest is not None
    assert [one.team_id for one in digest.leaving_zone] == [7, 6, 5, 4, 3, 2, 1]
    assert digest.filter_for_time(now) == digest
    later = digest.filter_for_time(now + timedelta(hours=16))
    assert later is not None
    assert [one.team_id for one in later.leaving_zone] == [3, 2, 1]
    assert digest.filter_for_time(now + timedelta(hours=19)) is None
    # What else there is to tell of the teams stays.
    climbed = replace(teams[0], rank_before=60)
    both = build_competition_digest("titanic", 1000, [climbed])
    assert both is not None
    late = both.filter_for_time(now + timedelta(hours=19))
    assert late is not None
    assert (late.leaving_zone, len(late.climbers)) == ([], 1)


def test_changes_of_medal_zones_are_all_named_and_not_again_as_climbs() -> None:
    climbed = [
        replace(team(n, n, 300 + n), medal_zone=MedalZone.SILVER, medal_zone_before=None)
        for n in range(11, 20)
    ]
    out = replace(team(30, 101, 100), medal_zone_before=MedalZone.BRONZE)
    stayed = replace(
        team(31, 60, 61), medal_zone=MedalZone.BRONZE, medal_zone_before=MedalZone.BRONZE
    )
    digest = build_competition_digest("titanic", 1000, [out, stayed, *climbed, team(40, 500, 500)])
    assert digest is not None
    assert digest.zone_changes == [*climbed, out]
    assert digest.climbers == [stayed]
    assert digest.fallers == []
    assert build_competition_digest("titanic", 1000, [out]) is not None


def test_new_team_with_new_members_is_told_once() -> None:
    new = replace(team(1, 5, None), has_joined_members=True)
    digest = build_competition_digest("titanic", 1000, [new])
    assert digest is not None
    assert digest.joined == [new]
    assert digest.newcomers == []
