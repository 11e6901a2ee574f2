"""Boards that were stored when ranks and teams were still one table."""

from pathlib import Path

import aiosqlite

from leaderboards.board import BoardKind
from storage.migrations import FOLDER, migrate
from storage.storage import Storage
from tests.storage.examples import count

BOARD = """
INSERT INTO competitions (id, slug) VALUES (1, 'titanic');
INSERT INTO boards VALUES (5, 1, 'public', 'higher', 0, 1000, 1000, x'00', 2);
"""
ROWS = """
INSERT INTO standings VALUES (5, 20, 1, 'two', 0.9, '0.90', 3, 900);
INSERT INTO standings VALUES (5, 10, 2, 'one', 0.8, '0.8', NULL, NULL);
INSERT INTO members VALUES (5, 20, 0, 'Zoe'), (5, 20, 1, 'ada'), (5, 10, 0, 'bob');
"""


async def test_they_are_as_they_were(tmp_path: Path) -> None:
    await write_first_form(tmp_path, BOARD + ROWS)
    storage = await Storage.open(tmp_path / "podium.db")
    board = await storage.board_writer.current("titanic", BoardKind.PUBLIC)
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


async def test_every_rank_of_a_large_board_leads_to_its_team_and_back(tmp_path: Path) -> None:
    ranks = [rank for rank in range(1, 353) if rank not in (1, 120, 333)]
    team_ids = [7919 * rank % 1009 for rank in ranks]
    teams = "".join(
        f"INSERT INTO standings VALUES (5, {team_id}, {rank}, 'x', 0.9, '0.90', 3, 900);"  # noqa: S608
        for team_id, rank in zip(team_ids, ranks, strict=True)
    )
    await write_first_form(tmp_path, BOARD + teams)
    storage = await Storage.open(tmp_path / "podium.db")
    page = await storage.boards.page(5, 1, 400)
    assert [(team.rank, team.team_id) for team in page] == list(zip(ranks, team_ids, strict=True))
    for rank, team_id in zip(ranks, team_ids, strict=True):
        team = await storage.boards.team(5, team_id)
        assert team is not None
        assert team.rank == rank
    assert list(await storage.boards.at_ranks(5, [1, 120, 121, 352])) == [121, 352]
    await storage.close()


async def write_first_form(folder: Path, rows: str) -> None:
    first, migrations = FOLDER / "0001_initial.sql", folder / "migrations"
    migrations.mkdir()
    (migrations / first.name).write_bytes(first.read_bytes())
    async with aiosqlite.connect(folder / "podium.db", isolation_level=None) as connection:
        await migrate(connection, migrations)
        await connection.executescript(rows)
