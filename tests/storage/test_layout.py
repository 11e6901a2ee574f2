"""Boards that were stored when ranks and teams were still one table."""

from pathlib import Path

import aiosqlite

from leaderboards.board import Kind
from storage.migrations import FOLDER, migrate
from storage.storage import Storage
from tests.storage.examples import count

ROWS = """
INSERT INTO competitions (id, slug) VALUES (1, 'titanic');
INSERT INTO boards VALUES (5, 1, 'public', 'higher', 0, 1000, 1000, x'00', 2);
INSERT INTO standings VALUES (5, 20, 1, 'two', 0.9, '0.90', 3, 900);
INSERT INTO standings VALUES (5, 10, 2, 'one', 0.8, '0.8', NULL, NULL);
INSERT INTO members VALUES (5, 20, 0, 'Zoe'), (5, 20, 1, 'ada'), (5, 10, 0, 'bob');
"""


async def test_they_are_as_they_were(tmp_path: Path) -> None:
    first, folder = FOLDER / "0001_initial.sql", tmp_path / "migrations"
    folder.mkdir()
    (folder / first.name).write_bytes(first.read_bytes())
    async with aiosqlite.connect(tmp_path / "podium.db", isolation_level=None) as connection:
        await migrate(connection, folder)
        await connection.executescript(ROWS)
    storage = await Storage.open(tmp_path / "podium.db")
    board = await storage.board_writer.current("titanic", Kind.PUBLIC)
    assert board is not None
    assert [(e.rank, e.team_id, e.score_text, e.members) for e in board.entries()] == [
        (1, 20, "0.90", ("Zoe", "ada")),
        (2, 10, "0.8", ("bob",)),
    ]
    assert [team.team_name for team in await storage.boards.page(5, 1, 2)] == ["two", "one"]
    assert (await storage.boards.of_users(5, ["ADA"]))["ada"].submissions == 3
    async with storage.database.write() as connection:
        await connection.execute("DELETE FROM competitions")
    for table in ("teams", "places", "ranks", "members", "standings"):
        assert await count(storage, table) == 0
    await storage.close()
