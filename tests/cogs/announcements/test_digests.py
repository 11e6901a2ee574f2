"""Digests: once a day or week, at the server's own hour, with what happened to its members."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from cogs.announcements.scheduled_announcements import ScheduledAnnouncements
from cogs.announcements.screens.digest_screen import digest_view
from cogs.framework.layout import CHARACTERS
from cogs.members.privacy_screen import build_export_file
from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.digest import (
    DigestKind,
    DigestMessage,
    DigestTeam,
    EndedCompetition,
    FinalTeam,
    UpcomingDeadline,
    build_competition_digest,
)
from leaderboards.news.messages import message_from_json
from tests.cogs.examples import crowd, take_rank
from tests.cogs.steady_board import newcomers
from tests.cogs.world import Server, Team, World, announced, build_zip, text_of

HOUR = timedelta(hours=1)


class Calendar:
    """Moves the clock of the bot, and of Kaggle, by hours and days."""

    def __init__(self, world: World, start: datetime) -> None:
        self.world = world
        self.teams = crowd(200)
        self.now = start
        world.bot.services.now = lambda: self.now

    async def serve(self, teams: list[Team]) -> None:
        self.teams = teams
        self.world.kaggle.boards["titanic"] = build_zip("titanic", teams, at=self.now)
        await self.world.sync_service.sync(
            await self.world.storage.competitions.add_for_owner("titanic")
        )

    async def queue_due(self) -> None:
        cog = self.world.bot.get_cog("ScheduledAnnouncements")
        await cast("ScheduledAnnouncements", cog).queue_due()

    async def submit(self, number: int, place: int) -> None:
        """Submit for a team, which moves to a rank."""
        await self.serve(take_rank(self.teams, number, place, self.now))

    async def digests(self, server: Server) -> list[tuple[datetime, DigestMessage]]:
        async with self.world.storage.database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT created_at, message FROM outbox WHERE guild_id = ? ORDER BY id",
                (server.guild.id,),
            )
        read = [(datetime.fromtimestamp(at, UTC), message_from_json(text)) for at, text in rows]
        return [(at, message) for at, message in read if isinstance(message, DigestMessage)]


async def begin(world: World, start: datetime) -> Calendar:
    calendar = Calendar(world, start)
    await calendar.serve(calendar.teams)
    return calendar


async def follow(world: World, server: Server, **settings: object) -> None:
    await world.run(server.ada, "link", username="user150")
    await world.run(server.bob, "link", username="user20")
    await world.follow(server=server)
    await world.storage.channels.set_mode(server.guild.id, server.channel.id, ChannelMode.DIGEST)
    await world.storage.guilds.change_settings(server.guild.id, **settings)  # type: ignore[arg-type]


async def test_each_local_day_has_one_digest_at_its_hour(world: World) -> None:
    berlin, new_york = world.server, world.add_server("New York")
    silent = world.add_server("Silent")
    calendar = await begin(world, datetime(2026, 3, 5, 12, tzinfo=UTC))
    await follow(world, berlin, time_zone="Europe/Berlin", daily_digest=True, weekly_digest_day=0)
    await follow(world, new_york, time_zone="America/New_York", daily_digest=True, digest_hour=2)
    await follow(world, silent)
    await calendar.queue_due()
    for day in range(1, 27):
        calendar.now = datetime(2026, 3, 5, tzinfo=UTC) + timedelta(days=day)
        await calendar.submit(150, 140 - day)
        for hour in (5, 6, 7, 8):  # In all but the first something is due.
            calendar.now = calendar.now.replace(hour=hour)
            await calendar.queue_due()
    # The clocks went forward on March 8 in New York, where 2:00 was skipped, and on 29 in Berlin.
    mondays = {date(2026, 3, day) for day in (9, 16, 23, 30)}
    for server, time_zone, hours, weekly_days in (
        (berlin, "Europe/Berlin", {9: 22}, mondays),
        (new_york, "America/New_York", {2: 25, 3: 1}, set[date]()),
    ):
        digests = await calendar.digests(server)
        moments = [
            at.astimezone(ZoneInfo(time_zone))
            for at, digest in digests
            if digest.kind is DigestKind.DAILY
        ]
        days = [date(2026, 3, 5) + timedelta(days=day) for day in range(1, 27)]
        assert [moment.date() for moment in moments] == [
            day for day in days if day not in weekly_days
        ]
        assert Counter(moment.hour for moment in moments) == hours
        for (_, earlier), (_, later) in pairwise(digests):
            assert later.since == earlier.until or later.kind is DigestKind.WEEKLY
    weekly = [
        at.astimezone(ZoneInfo("Europe/Berlin"))
        for at, digest in await calendar.digests(berlin)
        if digest.kind is DigestKind.WEEKLY
    ]
    assert [f"{moment:%d.%m. %H:%M}" for moment in weekly] == [
        "09.03. 09:00",
        "16.03. 09:00",
        "23.03. 09:00",
        "30.03. 09:00",
    ]
    assert await calendar.digests(silent) == []


async def test_digest_lists_changes_and_is_not_sent_without_any(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True)
    other = world.add_server()
    await world.follow(server=other)
    await world.storage.guilds.change_settings(other.guild.id, daily_digest=True)
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.queue_due()
    await calendar.world.wait_until_delivered()
    followed = announced(world)
    assert "Now following" in followed[-1]
    assert "What this server announces about it comes here." in followed[-1]

    for place in (100, 60):
        calendar.now += HOUR
        await calendar.submit(150, place)
    calendar.now += HOUR
    await calendar.serve([*calendar.teams[:19], *crowd(220)[200:], *calendar.teams[19:]])
    calendar.now += 20 * HOUR
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.queue_due()
    await calendar.world.wait_until_delivered()
    ada, bob = world.server.ada.mention, world.server.bob.mention
    (digest,) = announced(world)[len(followed) :]
    assert digest.split("\n") == [
        "## 🗞️ Daily digest",
        "-# <t:1772701200:f> to <t:1772787600:f>",
        "### [Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)",
        "-# 220 teams",
        f"📈 {ada} **#80** ▲70",
        f"📉 {bob} **#40** ▼20",
        f"⌨️ Most submissions: {ada} 2",
    ]
    assert len(announced(world, other)) == 1

    kept = await world.storage.privacy.delete_member_data(world.server.ada.id)
    (exported,) = json.loads(build_export_file(kept, calendar.now))["announcements"]
    assert (exported["digest"], exported["of_your_teams"][0]["rank_before"]) == ("daily", 150)
    ((_, left),) = await calendar.digests(world.server)
    assert [team.user_ids for team in left.competitions[0].teams] == [(world.server.bob.id,)]
    await world.storage.privacy.delete_member_data(world.server.bob.id)
    assert await calendar.digests(world.server) == []


async def test_digest_names_first_who_is_in_another_medal_zone(world: World) -> None:
    world.list_competition()
    calendar = await begin(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True)
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.submit(150, 30)
    calendar.now += HOUR
    # Silver ends at #46 of 230 teams.
    await calendar.serve([*crowd(230)[200:], *calendar.teams])
    calendar.now += 25 * HOUR
    await calendar.queue_due()
    await world.wait_until_delivered()
    ada, bob = world.server.ada.mention, world.server.bob.mention
    lines = announced(world)[-1].split("\n")
    assert lines[4:6] == [
        f"💨 {bob} **#50** ▼30 · down to the bronze zone",
        f"🥉 {ada} **#60** ▲90 · into the bronze zone",
    ]
    assert sum(bob in line for line in lines) == 1


async def test_first_digest_begins_with_the_first_board(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True, weekly_digest_day=3, digest_hour=20)
    await calendar.queue_due()
    calendar.now += 3 * HOUR
    await calendar.submit(150, 60)
    calendar.now += 12 * HOUR
    await calendar.queue_due()
    await world.wait_until_delivered()
    began = int(datetime(2026, 3, 5, 8, tzinfo=UTC).timestamp())
    digest = announced(world)[-1]
    assert f"-# <t:{began}:f> (tracking began) to <t:" in digest
    assert digest.count("tracking began") == 1


async def test_missed_digest_is_sent_later_unless_it_is_too_late(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True)
    await calendar.queue_due()
    for hours in (6, 24 + 8, 24 - 8):
        calendar.now += hours * HOUR
        await calendar.submit(150, calendar.now.day + calendar.now.hour)
        await world.restart()
        world.bot.services.now = lambda: calendar.now
        await calendar.queue_due()
    digests = await calendar.digests(world.server)
    assert [(at.day, at.hour, digest.since.day) for at, digest in digests] == [
        (5, 14, 4),
        (7, 14, 6),
    ]
    assert "is skipped" in caplog.text


async def test_digest_within_quiet_hours_is_sent_when_they_end(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 12, tzinfo=UTC))
    quiet = {"quiet_from": 18, "quiet_to": 8}
    await follow(world, world.server, daily_digest=True, digest_hour=19, **quiet)
    await calendar.queue_due()
    for hours in (7, 12, 1, 11, 13):  # 19:00, 7:00, 8:00, 19:00, 8:00
        calendar.now += hours * HOUR
        await calendar.submit(150, calendar.now.day + calendar.now.hour)
        await calendar.queue_due()
    digests = await calendar.digests(world.server)
    assert [(at.day, at.hour) for at, _ in digests] == [(6, 8), (7, 8)]


async def test_changed_settings_reschedule_the_digest(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True)
    guilds, home = world.storage.guilds, world.server.guild.id
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.submit(150, 100)
    await calendar.queue_due()
    # The day's digest was given at 9; at 11 the hour becomes 12: the next one is tomorrow's.
    calendar.now += 2 * HOUR
    await guilds.change_settings(home, digest_hour=12)
    for _ in range(26):
        await calendar.queue_due()
        await calendar.submit(150, 101)
        calendar.now += HOUR
    assert [at.hour for at, _ in await calendar.digests(world.server)] == [9, 12]
    # Turned off and on again after its hour: it begins with the next day.
    await guilds.change_settings(home, daily_digest=False)
    calendar.now += 25 * HOUR
    await calendar.queue_due()
    await guilds.change_settings(home, daily_digest=True, quiet_from=10, quiet_to=14)
    await calendar.queue_due()
    # A digest within quiet hours comes when they end.
    for _ in range(25):
        calendar.now += HOUR
        await calendar.submit(150, 100)
        await calendar.queue_due()
    assert [at.hour for at, _ in await calendar.digests(world.server)] == [9, 12, 14]


async def test_hour_that_is_changed_twice_leaves_out_no_digest(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 19, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True, digest_hour=20)
    guilds, home = world.storage.guilds, world.server.guild.id
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.submit(150, 100)
    await calendar.queue_due()
    # At 10 of the next day: first to an hour that is over, then to one that is ahead.
    calendar.now += 14 * HOUR
    for hour in (8, 12):
        await guilds.change_settings(home, digest_hour=hour)
        await calendar.queue_due()
    for _ in range(5):
        await calendar.submit(150, 100)
        calendar.now += HOUR
        await calendar.queue_due()
    assert [at.hour for at, _ in await calendar.digests(world.server)] == [20, 12]


async def test_digest_whose_hour_is_chosen_after_it_is_turned_on_comes_the_same_day(
    world: World,
) -> None:
    calendar = await begin(world, datetime(2026, 3, 4, 10, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True, weekly_digest_day=2)  # A Wednesday.
    await calendar.queue_due()
    await world.storage.guilds.change_settings(world.server.guild.id, digest_hour=18)
    calendar.now += HOUR
    await calendar.submit(150, 100)
    for _ in range(15):
        await calendar.queue_due()
        calendar.now += HOUR
    digests = await calendar.digests(world.server)
    assert [(at.day, at.hour, digest.kind) for at, digest in digests] == [
        (4, 18, DigestKind.WEEKLY)
    ]
    assert {digest.since.day for _, digest in digests} == {25}


async def test_digests_tell_who_is_likely_to_leave_their_medal_zone(world: World) -> None:
    home, other = world.server, world.add_server()
    world.list_competition()
    calendar = Calendar(world, datetime(2026, 3, 5, 8, tzinfo=UTC))
    await calendar.serve(crowd(1000))
    # Silver ends at #50; one team an hour comes in above it.
    for actor, number in ((home.ada, 24), (home.bob, 8), (other.ada, 22)):
        await world.ask(actor, "link", username=f"user{number}")
    for server in (home, other):
        await world.follow(server=server)
        weekday = 4 if server is other else None
        await world.storage.guilds.change_settings(
            server.guild.id, daily_digest=True, weekly_digest_day=weekday, digest_hour=6
        )
    await calendar.queue_due()
    for hour in range(1, 23):
        calendar.now += HOUR
        await calendar.serve([*newcomers(hour), *crowd(1000)])
    await calendar.queue_due()
    await world.wait_until_delivered()
    assert "# 🥈 #46" in await world.ask(home.ada, "rank")
    (daily,) = (text for text in announced(world) if "digest" in text)
    lines = [line for line in daily.split("\n") if line.startswith("⏳")]
    leaves = f"<t:{int((calendar.now + 6 * HOUR).timestamp())}:t>"
    ada = home.ada.mention
    assert lines == [
        f"⏳ {ada} **#46** likely leaves 🥈 silver around {leaves}, if the team submits nothing"
    ]
    (elsewhere,) = (text for text in announced(world, other) if "digest" in text)
    assert "Weekly digest" in elsewhere
    assert home.ada.mention not in elsewhere
    assert f"{other.ada.mention} **#44** likely leaves 🥈 silver" in elsewhere


def test_digest_counts_further_teams_that_are_likely_to_leave_their_zone() -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    teams = [
        DigestTeam(
            n, f"team {n}", (n, 100 + n), 40 + n, 40 + n, "0.5", 0, MedalZone.GOLD, MedalZone.GOLD
        )
        for n in range(1, 6)
    ]
    leaving = [replace(team, leaves_zone_at=now + team.team_id * HOUR) for team in teams]
    competition = build_competition_digest("titanic", 1000, leaving)
    assert competition is not None
    view = digest_view(1, DigestMessage(DigestKind.DAILY, now, now, (competition,)), {})
    text = text_of(view.to_components())  # type: ignore[no-untyped-call]
    assert text.count("⏳") == 3
    assert "<@1> and <@101> **#41** likely leave 🥇 gold around <t:" in text
    assert (
        "-# 2 more teams likely leave their medal zone within 24 hours, if they submit nothing"
        in text
    )


def test_new_team_in_a_medal_zone_is_called_new() -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    team = DigestTeam(1, "team 1", (1,), 13, None, "0.5", 1, MedalZone.SILVER)
    competition = build_competition_digest("titanic", 1000, [team])
    assert competition is not None
    view = digest_view(1, DigestMessage(DigestKind.WEEKLY, now, now, (competition,)), {})
    text = text_of(view.to_components())  # type: ignore[no-untyped-call]
    assert "🥈 <@1> **#13**, new · into the silver zone" in text


def test_largest_digest_fits_into_one_message() -> None:
    def team(number: int, rank: int, before: int | None) -> DigestTeam:
        users = tuple(2**63 - 10 * number - n for n in range(5))
        return DigestTeam(number, "x" * 300, users, rank, before, "0.5", 1_000_000 + number)

    teams = [
        *(team(n, 10_000, 1_000_000) for n in range(5)),
        *(team(n, 1_000_000, 10_000) for n in range(5, 10)),
        *(team(n, 1_000_000, None) for n in range(10, 15)),
    ]
    now = datetime(2026, 3, 5, tzinfo=UTC)
    teams = [replace(one, medal_zone=MedalZone.BRONZE, leaves_zone_at=now) for one in teams]
    competition = build_competition_digest("x" * 100, 1_000_000, teams)
    assert competition is not None
    ahead = UpcomingDeadline("x" * 100, DeadlineKind.MERGER, now)
    finals = tuple(FinalTeam(n, "W" * 60, (), n) for n in range(1, 40))
    ended = EndedCompetition("x" * 100, finals)
    for count in (1, 40):
        message = DigestMessage(
            DigestKind.WEEKLY,
            now,
            now,
            (competition,) * count,
            (ahead,) * 40,
            ended=(ended,) * count,
        )
        view = digest_view(2**31 - 1, message, {})
        assert view.content_length() <= CHARACTERS
        assert len(list(view.walk_children())) <= 40
        text = text_of(view.to_components())  # type: ignore[no-untyped-call]
        assert "Most submissions" in text
        assert ("and news of 39 more competitions" in text) is (count == 40)


async def archive_now(world: World, calendar: Calendar) -> None:
    await world.storage.database.change(
        "UPDATE competitions SET ended_at = ?1, archived_at = ?1 WHERE slug = 'titanic'",
        (int(calendar.now.timestamp()),),
    )


async def test_weekly_digest_names_the_final_ranks_of_the_week(world: World) -> None:
    calendar = await begin(world, datetime(2026, 3, 5, 12, tzinfo=UTC))
    await follow(world, world.server, weekly_digest_day=0, digest_hour=9)
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await world.storage.guilds.change_settings(elsewhere.guild.id, weekly_digest_day=0)
    await calendar.queue_due()
    calendar.now += HOUR
    await calendar.submit(150, 90)
    calendar.now = datetime(2026, 3, 7, 12, tzinfo=UTC)
    await archive_now(world, calendar)
    calendar.now = datetime(2026, 3, 9, 10, tzinfo=UTC)
    await calendar.queue_due()
    await world.wait_until_delivered()
    link = "[Titanic](https://www.kaggle.com/competitions/titanic/leaderboard)"
    ada, bob = world.server.ada.mention, world.server.bob.mention
    assert f"\n🏁 {link} has ended: {bob} **#20**, {ada} **#90**" in announced(world)[-1]
    told = announced(world, elsewhere)[-1]
    assert (
        f"\n🏁 {link} has ended: `/leaderboard competition:titanic` shows its final board" in told
    )
    calendar.now += timedelta(days=7)
    await calendar.queue_due()
    assert len(await calendar.digests(world.server)) == 1, "it ended a week before"


def test_digest_forgets_a_member_in_final_ranks_too() -> None:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    teams = (FinalTeam(1, "Alpha", (11,), 4, MedalZone.GOLD), FinalTeam(2, "Bravo", (11, 12), 90))
    message = DigestMessage(
        DigestKind.WEEKLY, now, now, (), ended=(EndedCompetition("titanic", teams),)
    )
    assert message.user_ids() == {11, 12}
    left, own = message.redact(11), message.extract(11)
    assert left is not None
    assert left.user_ids() == {12}
    assert [team.team_name for team in left.ended[0].teams] == ["Bravo"]
    assert own is not None
    assert own.user_ids() == {11}
    assert message.extract(13) is None


async def test_digest_leaves_out_a_competition_with_its_final_result(world: World) -> None:
    """Its public ranks would contradict the announcement of the end above it."""
    calendar = await begin(world, datetime(2026, 3, 5, 12, tzinfo=UTC))
    await follow(world, world.server, daily_digest=True)
    await calendar.queue_due()
    for day, count in ((6, 1), (7, 1)):
        calendar.now = datetime(2026, 3, day, 8, tzinfo=UTC)
        await calendar.submit(150, 100 - day)
        if day == 7:
            await archive_now(world, calendar)
        calendar.now += 2 * HOUR
        await calendar.queue_due()
        assert len(await calendar.digests(world.server)) == count
