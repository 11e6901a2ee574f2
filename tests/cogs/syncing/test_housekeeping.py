import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import add
from pathlib import Path
from typing import cast

import pytest

from cogs.syncing.housekeeping import Housekeeping
from storage.boards.history_compaction import MIN_SYNCS
from tests.cogs.examples import SMALL
from tests.cogs.world import Team, World, announced
from tests.leaderboards.boards import START, board, entry
from tests.storage.examples import commit, count
from tests.storage.histories import find_board_info


async def run_housekeeping(world: World) -> None:
    cog = cast("Housekeeping", world.bot.get_cog("Housekeeping"))
    await cog.loop.coro(cog)


async def test_old_history_is_compacted_and_old_news_deleted(world: World) -> None:
    elsewhere = world.add_server()
    world.serve("house-prices", SMALL)
    for server in (world.server, elsewhere):
        await world.follow("house-prices", server)
        assert announced(world, server)
    boards = [board(entry(1, number), hours=number / 2) for number in range(MIN_SYNCS)]
    for each in boards:
        await commit(world.storage, each)
    board_id = (await find_board_info(world.storage, boards[0])).board_id
    rows = await count(world.storage, "outbox")

    async def syncs() -> int:
        return len((await world.storage.history.load_histories(board_id, [1]))[1])

    world.bot.services.now = lambda: START + timedelta(days=29)
    await run_housekeeping(world)
    assert await syncs() == MIN_SYNCS
    assert await count(world.storage, "log_segments") == 2
    world.bot.services.now = lambda: START + timedelta(days=32)
    await run_housekeeping(world)
    assert await syncs() == MIN_SYNCS / 2 + 1
    assert await count(world.storage, "outbox") == 1 < rows


async def test_who_left_a_board_long_ago_is_forgotten(world: World) -> None:
    """Boards that forget teams after two months would otherwise keep all who were ever on them."""
    world.serve("titanic", SMALL)
    await world.follow()
    answers = []
    for rows in (SMALL[1:], SMALL[2:]):
        await world.pass_time(minutes=1)
        world.serve("titanic", rows)
        await world.pass_time(minutes=10)
    assert await count(world.storage, "former_members") == 3
    for days in (89, 91):
        world.bot.services.now = partial(add, world.env.now(), timedelta(days=days))
        await run_housekeeping(world)
        answers.append(await world.ask(world.server.bob, "rank", username="ada"))
    assert "was #1 on Titanic until" in answers[0]
    assert "is not on Titanic yet" in answers[1]
    assert await count(world.storage, "former_members") == 0


async def test_board_that_nobody_follows_is_deleted_after_some_days(world: World) -> None:
    for slug in ("titanic", "digits", "houses"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    elsewhere = world.add_server()
    await world.follow("digits", elsewhere)
    await world.ask(world.server.manager, "season create", name="Winter")
    await world.ask(world.server.manager, "season add", season="Winter", competition="houses")
    tables = ("boards", "teams", "ranks", "members", "log_segments", "keyframes")
    kept = {table: await count(world.storage, table) for table in tables}
    assert all(kept.values())
    for slug in ("titanic", "digits", "houses"):
        answer = await world.confirm(world.server.manager, "competition remove", competition=slug)
        assert (
            "If no other server follows it and no season contains it, its history is deleted after"
            " 7 days." in answer
        )

    async def run_after(**time: float) -> None:
        later = world.env.now() + timedelta(**time)
        world.bot.services.now = lambda: later
        await run_housekeeping(world)

    await run_after(days=6)
    assert {table: await count(world.storage, table) for table in tables} == kept
    await run_after(days=8)
    # The other server follows one, a season has the other.
    assert await world.storage.competitions.find("titanic") is None
    for table in tables:
        assert await count(world.storage, table) == kept[table] / 3 * 2, table


async def test_board_of_a_refused_follow_is_deleted_after_some_days(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    others = [Team(n, f"Other {n}", f"0.{n}") for n in range(71, 75)]
    world.serve("digits", others)
    manager = world.server.manager
    refused = await world.confirm(
        manager, "competition rename", competition="titanic", slug="digits"
    )
    assert "has other teams than" in refused
    # What the owner has imported stays, also when a follow of it fails.
    await world.storage.competitions.add_for_owner("imported")
    await commit(world.storage, replace(board(entry(1, 1)), slug="imported"))
    assert "Kaggle knows no competition" in await world.follow("imported")
    assert await world.storage.competitions.find("digits") is not None
    later = world.env.now() + timedelta(days=8)
    world.bot.services.now = lambda: later
    await run_housekeeping(world)
    kept = [await world.storage.competitions.find(slug) for slug in ("titanic", "imported")]
    assert None not in kept
    assert await world.storage.competitions.find("digits") is None


async def test_board_that_is_followed_again_is_kept(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    await world.confirm(world.server.manager, "competition remove", competition="titanic")
    later = world.env.now() + timedelta(days=8)
    world.bot.services.now = lambda: later
    await world.follow()
    await run_housekeeping(world)
    assert await world.storage.competitions.find("titanic") is not None
    assert await count(world.storage, "unfollowed_competitions") == 0


async def test_board_of_a_server_that_was_left_is_deleted_after_its_data(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    now, guilds = world.env.now(), world.storage.guilds
    await guilds.mark_left(world.server.guild.id, now)
    world.bot.services.now = lambda: now + timedelta(days=31)
    assert await guilds.delete_left(now + timedelta(days=1), now + timedelta(days=31))
    await run_housekeeping(world)
    assert await count(world.storage, "boards") == 1
    world.bot.services.now = lambda: now + timedelta(days=39)
    await run_housekeeping(world)
    assert await count(world.storage, "boards") == 0


async def test_failure_is_logged_and_the_loop_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr(type(world.storage.history_compaction), "step", fail)
    await run_housekeeping(world)
    assert "Housekeeping failed" in caplog.text


async def test_daily_backup_is_written_once_a_day_and_seven_are_kept(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    await asyncio.to_thread(folder.mkdir)
    world.bot.services.backup_folder = folder
    world.serve("titanic", SMALL)
    await world.follow()

    def names() -> list[str]:
        return sorted(file.name for file in folder.iterdir())

    await asyncio.to_thread((folder / "podium-until-2025.db").touch)  # not the bot's
    for day in range(9):
        for hour in (0, 5):
            now = datetime(2026, 1, 1 + day, hour, tzinfo=UTC)
            world.bot.services.now = lambda now=now: now  # type: ignore[misc]
            await cast("Housekeeping", world.bot.get_cog("Housekeeping"))._back_up()
    assert await asyncio.to_thread(names) == [
        *(f"podium-2026-01-0{day}.db" for day in range(3, 10)),
        "podium-until-2025.db",
    ]
    with closing(sqlite3.connect(folder / "podium-2026-01-09.db")) as copy:
        assert copy.execute("SELECT slug FROM competitions").fetchall() == [("titanic",)]


async def test_failed_daily_backup_is_shown_until_one_succeeds(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "not mounted"
    world.bot.services.backup_folder = folder
    await run_housekeeping(world)
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert "No backup was written to" in status
    await asyncio.to_thread(folder.mkdir)
    await run_housekeeping(world)
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_backup_folder_that_cannot_be_read_is_no_bug(world: World, tmp_path: Path) -> None:
    """Such as one on a network disk that is gone, here one with a name that is too long."""
    world.bot.services.backup_folder = tmp_path / ("x" * 300)
    await run_housekeeping(world)
    status = await world.ask(world.server.ada, "status")
    assert "No backup was written to" in status
    assert "because of a bug" not in status


async def test_old_backup_that_cannot_be_deleted_is_shown_until_it_is(
    world: World, tmp_path: Path
) -> None:
    world.bot.services.backup_folder = tmp_path

    def make_undeletable() -> Path:
        old = tmp_path / "podium-2025-01-01.db"
        old.mkdir()
        for day in range(2, 9):
            (tmp_path / f"podium-2025-01-0{day}.db").touch()
        return old

    old = await asyncio.to_thread(make_undeletable)
    for _ in range(2):
        await run_housekeeping(world)
        status = await world.ask(world.server.ada, "status")
        assert "An old backup was not deleted" in status
    await asyncio.to_thread(old.rmdir)
    await run_housekeeping(world)
    assert "All is well" in await world.ask(world.server.ada, "status")
