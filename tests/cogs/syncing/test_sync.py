import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import TimedOut
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import START, Team, World, announced, drop_column
from tests.storage.examples import count


async def test_competition_is_synced_every_five_minutes(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(hours=2)
    # One more when it is added.
    assert 2 * 12 <= len(world.kaggle.downloads) <= 2 * 12 + 1
    status = await world.ask(world.server.ada, "status")
    assert "All is well" in status


async def test_quiet_boards_are_synced_less_often_with_the_setting(world: World) -> None:
    now = START

    async def read_in(hours: int) -> int:
        """Run the loop for each hour: SimCord is slow for whole days."""
        nonlocal now
        world.kaggle.downloads.clear()
        for _ in range(hours):
            now += timedelta(hours=1)
            await world.sync_loop()
        return len(world.kaggle.downloads)

    world.serve("titanic", SMALL)
    # With a deadline, no private board is looked for meanwhile.
    deadline = START + timedelta(days=60)
    world.list_competition(deadline=deadline)
    await world.follow()
    world.sync_every(minutes=60)
    world.sync_loop.cancel()
    world.bot.services.now = lambda: now
    assert await read_in(hours=30) == 30, "off by default"
    world.bot.services.quiet_sync_minutes = 10
    assert await read_in(hours=12) == 12, "never more often than the others"
    world.bot.services.quiet_sync_minutes = 240
    assert await read_in(hours=12) in {3, 4}
    world.serve("titanic", crowd(9), at=now)
    await read_in(hours=4)
    assert "of 9 teams" in await world.ask(world.server.ada, "rank", username="user9")
    assert await read_in(hours=12) == 12, "it moves again"


async def test_competition_info_is_read_again_after_a_failure(world: World) -> None:
    world.kaggle.listed["titanic"] = TimedOut("Kaggle did not answer.")
    world.serve("titanic", SMALL)
    await world.follow()
    world.list_competition()
    await world.pass_time(minutes=65)
    assert "bronze, 3 places up" in await world.ask(world.server.ada, "rank", username="dave")


async def test_two_followers_cause_one_sync(world: World) -> None:
    elsewhere = world.add_server()
    world.serve("titanic", SMALL)
    await world.follow()
    await world.follow(server=elsewhere)
    downloads = len(world.kaggle.downloads)
    await world.pass_time(hours=1)
    assert len(world.kaggle.downloads) - downloads == 12


async def test_failing_competition_backs_off_alone_and_recovers(world: World) -> None:
    world.sync_every(minutes=15)
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    world.kaggle.boards["titanic"] = TimedOut("Kaggle did not answer.")
    world.kaggle.downloads.clear()
    await world.pass_time(hours=6)
    tried = world.kaggle.downloads.count("titanic")
    assert 4 <= tried <= 6
    assert 23 <= world.kaggle.downloads.count("house-prices") <= 25
    status = await world.ask(world.server.ada, "status")
    assert "⚠️ **Titanic** · 📊 Leaderboard (<t:" in status
    assert ":R>): Kaggle did not answer." in status
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    assert competition.failures == tried
    assert competition.next_sync_at <= world.env.now() + timedelta(hours=2)
    world.serve("titanic", SMALL)
    await world.pass_time(hours=2, minutes=15)
    world.kaggle.downloads.clear()
    await world.pass_time(hours=1)
    assert world.kaggle.downloads.count("titanic") == 4
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_unexpected_error_is_logged_and_the_loop_goes_on(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    world.kaggle.boards["titanic"] = OSError("disk full")
    await world.pass_time(minutes=6)
    assert "titanic was not synced" in caplog.text
    assert "disk full" in caplog.text
    assert "An internal error of the bot" in await world.ask(world.server.ada, "status")
    world.serve("titanic", SMALL)
    await world.pass_time(hours=1)
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_long_round_is_not_followed_by_a_burst(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    real = world.kaggle.download

    async def slow(slug: str) -> bytes:
        await asyncio.sleep(27 * 60)
        return await real(slug)

    monkeypatch.setattr(world.kaggle, "download", slow)
    await world.pass_time(minutes=10)
    monkeypatch.setattr(world.kaggle, "download", real)
    world.kaggle.downloads.clear()
    await world.pass_time(minutes=30)
    # The slow one ended after 22 minutes; what is left is two or three rounds.
    assert 2 <= len(world.kaggle.downloads) <= 3


async def test_concurrent_syncs_of_a_competition_run_one_after_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    real, at_once, most = world.kaggle.download, 0, 0

    async def count_concurrent(slug: str) -> bytes:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(1)
        at_once -= 1
        return await real(slug)

    monkeypatch.setattr(world.kaggle, "download", count_concurrent)
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    both = asyncio.gather(
        world.sync_service.sync(competition), world.sync_service.sync(competition)
    )
    await both
    assert most == 1


async def test_sync_that_ends_after_its_competition_was_deleted_stores_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", SMALL)
    world.list_competition()
    await world.follow()
    competitions, guild_id = world.storage.competitions, world.server.guild.id
    download, find = world.kaggle.download, world.kaggle.find_competition

    async def delete() -> None:
        await world.storage.guilds.unfollow(guild_id, "titanic", START)
        assert await competitions.delete_one_unfollowed_before(START + timedelta(days=1))

    async def delete_and_download(slug: str) -> bytes:
        await delete()
        return await download(slug)

    async def delete_and_find(slug: str) -> CompetitionInfo | None:
        await delete()
        return await find(slug)

    with monkeypatch.context() as patch:
        patch.setattr(world.kaggle, "download", delete_and_download)
        await world.pass_time(minutes=10)
    assert "titanic was not synced: titanic was deleted or renamed meanwhile" in caplog.text
    assert await competitions.find("titanic") is None
    assert await count(world.storage, "boards") == 0

    # The same in the moment in which Kaggle's list is read.
    await world.follow()
    followed = await competitions.find("titanic")
    assert followed is not None
    await competitions.schedule_info(followed.id, START)
    downloads = len(world.kaggle.downloads)
    with monkeypatch.context() as patch:
        patch.setattr(world.kaggle, "find_competition", delete_and_find)
        await world.pass_time(minutes=10)
    assert await competitions.find("titanic") is None
    assert len(world.kaggle.downloads) == downloads


async def test_anomalous_board_is_held_and_shown_in_status(world: World) -> None:
    world.serve("titanic", crowd(40))
    await world.follow()
    await world.env.advance_time(60)
    world.serve("titanic", crowd(10))
    told = await world.ask(world.server.manager, "competition sync", competition="titanic")
    assert "the new board is held. A third of the teams or more are gone." in told
    assert "It is stored if the next board looks wrong for the same reason" in told
    status = await world.ask(world.server.ada, "status")
    assert "is held. A third of the teams or more are gone" in status
    assert "40 teams" in await world.ask(world.server.ada, "leaderboard")
    await world.pass_time(minutes=10)
    assert "10 teams" in await world.ask(world.server.ada, "leaderboard")


_MEMBERS = "The members of the teams are missing."
_COUNTS = "The numbers of submissions are missing."


@pytest.mark.parametrize(
    ("column", "values_only", "sentence"),
    [
        ("TeamMemberUserNames", False, f"is held. {_MEMBERS}"),
        ("TeamMemberUserNames", True, f"is held. {_MEMBERS}"),
        ("SubmissionCount", False, f"is held. {_COUNTS}"),
        ("SubmissionCount", True, f"is held. {_COUNTS}"),
        ("LastSubmissionDate", False, "the header names neither LastSubmissionDate nor"),
        ("LastSubmissionDate", True, "is held. The dates of the submissions are missing."),
        ("Rank", False, "is held. Kaggle's ranks are missing."),
        ("Rank", True, "rank '' is no whole number"),
        ("Score", False, "Its header must name TeamId, TeamName and Score"),
        ("Score", True, "the score '' is no number"),
    ],
)
async def test_column_that_is_missing_once_changes_nothing(
    world: World, column: str, values_only: bool, sentence: str
) -> None:
    def serve_next(*, complete: bool) -> None:
        teams = crowd(40)
        teams[0].score = f"1.0{world.env.now():%H%M}"
        world.serve("titanic", teams)
        if not complete:
            whole = world.kaggle.boards["titanic"]
            assert isinstance(whole, bytes)
            world.kaggle.boards["titanic"] = drop_column(whole, column, values_only=values_only)

    world.sync_every(minutes=30)
    world.serve("titanic", crowd(40))
    await world.follow()
    ada = world.server.ada
    await world.ask(ada, "link", username="user5")
    rank, told = await world.ask(ada, "rank"), announced(world)
    await world.pass_time(minutes=31)
    serve_next(complete=False)
    # The same file again does not confirm itself.
    await world.pass_time(minutes=90)
    status = await world.ask(ada, "status")
    assert sentence in status
    assert rank.splitlines()[:7] == (await world.ask(ada, "rank")).splitlines()[:7]
    assert announced(world) == told
    serve_next(complete=True)
    await world.pass_time(hours=2, minutes=31)
    assert "All is well" in await world.ask(ada, "status")
    assert announced(world) == told
    assert "#5" in await world.ask(ada, "rank")


async def test_column_that_stays_away_is_believed_with_another_file(world: World) -> None:
    world.serve("titanic", crowd(40))
    await world.follow()
    for score in ("1.1", "1.2"):
        assert "#5" in await world.ask(world.server.ada, "rank", username="user5")
        await world.pass_time(minutes=5)
        world.serve("titanic", [Team(1, "Team 1", score, "user1"), *crowd(40)[1:]])
        whole = world.kaggle.boards["titanic"]
        assert isinstance(whole, bytes)
        world.kaggle.boards["titanic"] = drop_column(whole, "TeamMemberUserNames")
        await world.pass_time(minutes=5)
    assert "All is well" in await world.ask(world.server.ada, "status")
    answer = await world.ask(world.server.ada, "rank", username="user5")
    assert "was #5 on Titanic until" in answer


async def test_loop_stops_when_its_cog_is_unloaded(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    for cog in ("SyncLoop", "CompetitionEndCheck", "HealthCheck", "Announcer", "Leaderboard"):
        assert await world.bot.remove_cog(cog) is not None
    world.kaggle.downloads.clear()
    await world.pass_time(hours=1)
    assert world.kaggle.downloads == []


async def test_many_competitions_are_spread_over_the_round(world: World) -> None:
    world.sync_every(minutes=10)
    await world.pass_time(minutes=1)
    asked: dict[str, list[datetime]] = {}
    real = world.kaggle.download

    async def record_time(slug: str) -> bytes:
        asked.setdefault(slug, []).append(world.env.now())
        return await real(slug)

    world.kaggle.download = record_time  # type: ignore[method-assign]
    for number in range(32):
        world.serve(f"c-{number:02}", SMALL)
        competition = await world.storage.competitions.add_for_owner(f"c-{number:02}")
        server = world.server
        await world.storage.guilds.follow(
            server.guild.id, competition.id, server.channel.id, 1, START, None
        )
    await world.pass_time(minutes=45)
    assert len(asked) == 32
    first = [times[0] for times in asked.values()]
    assert first == sorted(first)
    assert max(map(first.count, first)) == 1
    assert timedelta(minutes=7) < first[-1] - first[0] < timedelta(minutes=9)
    for times in asked.values():
        pauses = [after - before for before, after in pairwise(times)]
        assert pauses
        assert all(abs(pause - timedelta(minutes=10)) < timedelta(seconds=20) for pause in pauses)
