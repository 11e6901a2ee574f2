import re
from pathlib import Path

from storage.backup import write_backup
from storage.migrations import FOLDER
from tests.cogs.examples import SMALL
from tests.cogs.threads import create_parent, create_thread, deny, edit_thread
from tests.cogs.world import World, is_private, response_text


async def test_status_without_competitions(world: World) -> None:
    result = await world.run(world.server.ada, "status")
    assert is_private(result)
    assert "This server follows no competition yet." in response_text(result)
    assert "No announcement is waiting." in response_text(result)
    assert "ms to Discord" in response_text(result)
    newest = max(FOLDER.glob("*.sql")).stem
    assert re.search(rf"database \d+ kB, schema {newest}, up to date", response_text(result))


async def test_status_shows_paused_and_due_competitions(world: World) -> None:
    for slug in ("titanic", "house-prices"):
        world.serve(slug, SMALL)
        await world.follow(slug)
    await world.ask(world.server.manager, "competition pause", competition="titanic")
    competition = await world.storage.competitions.find("house-prices")
    assert competition is not None
    await world.storage.competitions.schedule(competition.id, world.env.now())
    lines = (await world.ask(world.server.ada, "status")).split("\n")
    assert any(line.startswith("**Titanic** ·") and line.endswith("· paused") for line in lines)
    assert any(line.startswith("**House Prices** ·") and "· due now" in line for line in lines)


async def test_status_shows_free_pages_and_a_backup_has_none(world: World, tmp_path: Path) -> None:
    database = world.storage.database
    async with database.write() as connection:
        await connection.execute("CREATE TABLE gone AS SELECT zeroblob(3000000)")
    async with database.write() as connection:
        await connection.execute("DROP TABLE gone")
    shown = await world.ask(world.server.ada, "status")
    assert re.search(r"database 3\.\d MB, 3\.\d MB of it free", shown)
    await write_backup(database.path, tmp_path / "backup.db")
    assert (tmp_path / "backup.db").stat().st_size < 1_000_000


async def test_status_names_channels_that_take_no_messages_before_any_is_sent(
    world: World,
) -> None:
    server = world.server
    threads = [create_thread(world, create_parent(world), name) for name in ("open", "closed")]
    feed = server.guild.create_text_channel("feed")
    for thread, slug in zip(threads, ("titanic", "house-prices"), strict=True):
        world.serve(slug, SMALL)
        await world.ask(server.manager, "competition add", competition=slug, channel=thread)
    await world.ask(server.manager, "announcements", channel=server.channel)
    await world.ask(server.manager, "feed competitions", channel=feed)
    assert "✅ All is well" in await world.ask(server.ada, "status")
    edit_thread(world, threads[0], locked=True)
    # discord.py does not cache it.
    edit_thread(world, threads[1], locked=True, archived=True)
    deny(world, server.channel, "send_messages")
    deny(world, feed, "view_channel")
    status = await world.ask(server.ada, "status")
    assert "⚠️ Not everything works" in status
    for thread in threads:
        assert (
            f"⚠️ {thread.mention} is locked. Please unlock it, or give me *Manage Threads* there."
        ) in status
    assert (
        f"⚠️ I can't write in {server.channel.mention}. Please give me *Send Messages* there."
    ) in status
    assert f"⚠️ I can't write in {feed.mention}. Please give me *View Channel*" in status
    assert "Read Message History" not in status, "with the view it may come back"
    await world.ask(server.manager, "announcements", enabled=False)
    assert "is locked" not in await world.ask(server.ada, "status")
