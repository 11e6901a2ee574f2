"""Health: what fails without an error is shown in `/status` and told to the bot's owner."""

import asyncio
import sys
from typing import NoReturn

import pytest
import simcord

from cogs.syncing import health_service
from cogs.syncing.health_service import HealthService
from leaderboards.errors import TimedOut
from storage.storage import Storage
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import World, direct_messages


async def stall(*_arguments: object, **_options: object) -> NoReturn:
    await asyncio.sleep(10**6)
    raise AssertionError


async def test_sync_that_never_ends_is_shown_and_told_to_the_owner_once(
    world: World, owner: simcord.MemberActor, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.pass_time(minutes=11)
    assert "All is well" in await world.ask(world.server.ada, "status")
    works, world.bot.services.sync_board = world.bot.services.sync_board, stall
    await world.pass_time(minutes=25)
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert "⚠️ No round of syncs has ended for 2" in status
    assert "· ⚠️ due " in status
    assert "No round of syncs has ended for " in caplog.text
    await world.pass_time(hours=2)
    (message,) = direct_messages(owner)
    assert "No round of syncs has ended for " in message
    assert "titanic should have been read by now." in message

    world.bot.services.sync_board = works
    world.sync_loop.restart()
    await world.pass_time(minutes=6)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert len(direct_messages(owner)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files")
async def test_database_file_that_is_deleted_or_replaced_is_shown_and_told(
    world: World, owner: simcord.MemberActor
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    path = world.storage.database.path
    kept = path.rename(path.with_name("elsewhere"))
    for _ in ("deleted", "replaced"):
        status = await world.ask(world.server.ada, "status")
        assert "Not everything works" in status
        assert "⚠️ The database file was deleted, moved or replaced while the bot runs" in status
        world.serve("titanic", crowd(40))
        answer = await world.ask(world.server.manager, "competition sync", competition="titanic")
        assert "The database file was deleted, moved or replaced" in answer
        await world.pass_time(minutes=30)
        (rescued,) = path.parent.glob("podium-rescued-*.db")
        assert f"A copy of it is {rescued.name}." in status
        path.write_bytes(b"")
    (message,) = direct_messages(owner)
    assert "The database file was deleted, moved or replaced" in message
    assert "of 4 teams" in await world.ask(world.server.ada, "rank", username="dave")
    copy = await Storage.open(rescued)
    assert [one.slug for one in await copy.competitions.load_followed()] == ["titanic"]
    await copy.close()

    kept.rename(path)
    world.sync_every(minutes=30)
    await world.pass_time(hours=2, minutes=10)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert "of 40 teams" in await world.ask(world.server.ada, "rank", username="user9")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files")
async def test_write_ahead_log_that_is_deleted_is_shown(world: World) -> None:
    path = world.storage.database.path
    path.with_name(f"{path.name}-wal").unlink()
    status = await world.ask(world.server.ada, "status")
    assert "⚠️ The database file was deleted, moved or replaced while the bot runs" in status


async def test_database_that_does_not_answer_is_a_problem(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = world.bot.services.get(HealthService)
    with monkeypatch.context() as patch:
        patch.setattr(health_service, "_WRITE_SECONDS", 0.1)
        async with world.storage.database.write():
            for _ in range(2):
                (problem,) = await health.find_problems()
                assert problem == "The database has not answered a write for 0 seconds."
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_failure_that_could_not_be_stored_is_shown(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    async with world.storage.database.write() as connection:
        await connection.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE OF failures ON competitions"
            " WHEN new.failures > 0 BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    world.kaggle.boards["titanic"] = TimedOut("Kaggle did not answer.")
    await world.pass_time(minutes=11)
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert "⚠️ **Titanic** · 📊 Leaderboard (<t:" in status
    assert ":R>): Kaggle did not answer." in status
    assert "⚠️" in await world.ask(world.server.manager, "competition list")
    assert "⚠️" in await world.ask(world.server.ada, "leaderboard")
    world.serve("titanic", crowd(40))
    await world.pass_time(minutes=11)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert "⚠️" not in await world.ask(world.server.manager, "competition list")


async def test_competition_that_was_just_resumed_is_not_late(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.ask(world.server.manager, "competition pause", competition="titanic")
    world.sync_every(minutes=15)
    await world.pass_time(hours=5)
    assert "All is well" in await world.ask(world.server.ada, "status")
    await world.ask(world.server.manager, "competition resume", competition="titanic")
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_lost_connection_to_discord_is_told_to_the_owner(
    world: World, owner: simcord.MemberActor
) -> None:
    health = world.bot.services.get(HealthService)
    world.bot.dispatch("shard_disconnect", 0)
    await world.pass_time(minutes=3)
    assert (await health.build_report()).find_gateway_problem() is None
    world.bot.dispatch("shard_disconnect", 0)  # The next attempt to connect failed, too.
    await world.pass_time(minutes=20)
    problem = (await health.build_report()).find_gateway_problem()
    assert problem == "There has been no connection to Discord for 23 minutes."
    (message,) = direct_messages(owner)
    assert "There has been no connection to Discord for " in message
    world.bot.dispatch("shard_resumed", 0)
    await world.pass_time(minutes=6)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert (await health.build_report()).disconnected_at is None


@pytest.mark.parametrize("world", [60], indirect=True)
async def test_lost_connection_is_told_in_time_where_boards_are_read_hourly(
    world: World, owner: simcord.MemberActor
) -> None:
    world.bot.dispatch("shard_disconnect", 0)
    await world.pass_time(minutes=20)
    (message,) = direct_messages(owner)
    assert "There has been no connection to Discord for " in message


async def test_announcement_that_is_not_sent_is_told_to_the_owner(
    world: World, owner: simcord.MemberActor
) -> None:
    world.serve("titanic", SMALL)
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=503, times=None)
    await world.follow()
    await world.pass_time(minutes=30)
    (message,) = direct_messages(owner)
    assert "An announcement has waited for " in message


async def test_announcement_for_a_closed_channel_is_not_late(
    world: World, owner: simcord.MemberActor
) -> None:
    world.serve("titanic", SMALL)
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    await world.follow()
    health = world.bot.services.get(HealthService)
    await world.pass_time(minutes=30)
    assert await world.storage.outbox.count_waiting() == 1
    assert (await health.build_report()).oldest_waiting_at is None
    world.sync_every(minutes=240)
    await world.pass_time(hours=30)  # By then what waits is merged.
    assert (await health.build_report()).oldest_waiting_at is None
    assert direct_messages(owner) == []
