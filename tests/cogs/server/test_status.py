import re
from pathlib import Path

from storage.backup import write_backup
from storage.migrations import FOLDER
from tests.cogs.examples import SMALL
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
