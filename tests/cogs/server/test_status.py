import re
from datetime import timedelta
from pathlib import Path

from leaderboards.errors import Forbidden
from leaderboards.news.deadlines import DeadlineMovedMessage
from records.outbox import Announcement
from storage.backup import write_backup
from storage.news.deferred_news import add_or_defer
from tests.cogs.examples import SMALL
from tests.cogs.threads import create_parent, create_thread, deny, edit_thread
from tests.cogs.world import START, World, is_private, response_text


async def test_status_without_competitions(world: World) -> None:
    result = await world.run(world.server.ada, "status")
    assert is_private(result)
    assert "This server follows no competition yet." in response_text(result)
    assert "No announcement is waiting." in response_text(result)
    assert "ms to Discord" in response_text(result)
    assert "last round of syncs ended <t:" in response_text(result)
    assert re.search(r"database \d+ kB$", response_text(result))


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
    assert any(line.startswith("**House Prices** ·") and "· next now" in line for line in lines)


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


async def test_history_of_a_channel_is_needed_only_to_announce(world: World) -> None:
    server = world.server
    await world.ask(server.manager, "announcements", channel=server.channel)
    deny(world, server.channel, "read_message_history")
    assert "please give me *Read Message History*" in await world.ask(server.ada, "status")
    await world.ask(server.manager, "announcements", enabled=False)
    assert "Not everything works" not in await world.ask(server.ada, "status")


async def test_status_in_quiet_hours_counts_what_waits_for_their_end(world: World) -> None:
    guild_id = world.server.guild.id
    world.serve("titanic", SMALL)
    await world.follow()
    await world.storage.guilds.change_settings(guild_id, quiet_from=0, quiet_to=7)
    until = int((START + timedelta(hours=7)).timestamp())
    status = await world.ask(world.server.ada, "status")
    assert f"🌙 Quiet hours until <t:{until}:t>: no announcement waits." in status
    competition = await world.storage.competitions.find("titanic")
    assert competition is not None
    moved = DeadlineMovedMessage("titanic", ())
    for server_id in (guild_id, world.add_server().guild.id):
        await world.storage.guilds.change_settings(server_id, quiet_from=0, quiet_to=7)
    async with world.storage.database.write() as connection:
        for _ in range(2):
            waiting = [Announcement(guild_id, world.server.channel.id, competition.id, moved)]
            await add_or_defer(connection, competition.id, waiting, world.env.now())
    status = await world.ask(world.server.ada, "status")
    assert f"🌙 Quiet hours until <t:{until}:t>: 2 announcements wait." in status
    assert "No announcement is waiting" not in status


async def test_status_says_when_nothing_is_announced(world: World) -> None:
    server, house = world.server, "house-prices"
    for slug in ("titanic", house):
        world.serve(slug, SMALL)
        await world.ask(server.manager, "competition add", competition=slug)
    status = await world.ask(server.ada, "status")
    assert "⚠️ No channel is chosen, so nothing is posted: `/announcements channel:`" in status
    assert "All is well" not in status
    await world.ask(server.manager, "competition add", competition=house, channel=server.channel)
    status = await world.ask(server.ada, "status")
    assert "⚠️ Competitions without a channel for news: 1; choose a channel:" in status
    await world.ask(server.manager, "announcements", enabled=False)
    status = await world.ask(server.ada, "status")
    assert status.startswith("### ▫️ Nothing is announced")
    assert "▫️ Announcements are off: `/settings` turns them on." in status
    assert "No channel" not in status
    assert "No announcement is waiting" not in status
    await world.ask(server.manager, "announcements", enabled=True, channel=server.channel)
    assert "✅ All is well" in await world.ask(server.ada, "status")


async def test_status_names_channels_without_pictures(world: World) -> None:
    server = world.server
    world.serve("titanic", SMALL)
    await world.follow()
    deny(world, server.channel, "attach_files")
    status = await world.ask(server.ada, "status")
    assert (
        f"⚠️ {server.channel.mention}: please give me *Attach Files*; until then announcements"
        " have no pictures." in status
    )
    assert "All is well" not in status


async def test_status_names_once_why_a_competition_cannot_be_read(world: World) -> None:
    server, error = world.server, Forbidden("Kaggle does not show titanic.")
    world.serve("titanic", SMALL)
    await world.follow()
    await world.ask(server.manager, "feed discussion", channel=server.channel)
    await world.ask(server.manager, "feed notebooks", channel=server.channel)
    world.kaggle.boards["titanic"] = world.kaggle.posts["titanic"] = error
    await world.pass_time(hours=2)
    status = await world.ask(server.ada, "status")
    assert status.count(str(error)) == 1
    lines = status.split("\n")
    (failure,) = (line for line in lines if str(error) in line)
    assert re.match(
        r"⚠️ \*\*Titanic\*\* · 📊 Leaderboard \(.+\) · 💬 Topics · 📓 Notebooks: ", failure
    )
    board = next(line for line in lines if line.startswith("**Titanic** · read"))
    assert lines.index(failure) < lines.index(board)
