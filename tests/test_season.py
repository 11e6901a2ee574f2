"""Whole recorded seasons through the real sync into a real database, and back out of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.season import ARCHIVE, RecordedBoard, read_season
from leaderboards.board import Kind
from leaderboards.history import board_at, of_team
from leaderboards.reading import read_board
from leaderboards.sync import Outcome, sync
from storage.storage import Storage

BOARDS = Path(__file__).parent / "boards"


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    storage = await Storage.open(tmp_path / "podium.db")
    yield storage
    await storage.close()


async def bring_in(storage: Storage, season: list[RecordedBoard]) -> None:
    await storage.competitions.add(season[0].slug)
    for recorded in season:

        async def download(_slug: str, archive: bytes = recorded.zip) -> bytes:
            return archive

        report = await sync(
            recorded.slug, download=download, store=storage.board_writer, announce=False
        )
        assert report.outcome is Outcome.STORED


@pytest.mark.parametrize(
    ("archive", "most_bytes_a_board"),
    [(ARCHIVE, 3_000), (BOARDS / "kaggriculture.tar.xz", 60_000)],
    ids=["playground", "simulation"],
)
async def test_every_past_board_and_every_team_come_back_as_the_files_have_them(
    storage: Storage, archive: Path, most_bytes_a_board: int
) -> None:
    season = read_season(archive)
    await bring_in(storage, season)
    slug = season[0].slug
    stored = await storage.board_writer.stored(slug, Kind.PUBLIC)
    current = await storage.board_writer.current(slug, Kind.PUBLIC)
    assert stored is not None
    assert current is not None
    log = await storage.boards.snapshots(stored.board_id)
    assert sum(len(part.moves) + len(part.rows) for part in log[1:]) < most_bytes_a_board * len(log)

    plain = [read_board(recorded.csv, taken_at=recorded.taken_at) for recorded in season]
    assert list(current.entries()) == list(plain[-1].entries())
    for board in plain:
        assert board.taken_at is not None
        rebuilt = board_at(log, current, board.taken_at)
        assert rebuilt is not None
        assert list(rebuilt.entries()) == list(board.entries())

    rows = [{row.team_id: row for row in board.entries() if row.rank} for board in plain]
    team_ids = sorted({team_id for board in rows for team_id in board})
    for team_id in team_ids[:: max(1, len(team_ids) // 150)]:
        now = rows[-1].get(team_id)
        for at, then in zip(of_team(log, team_id, now.rank if now else None), rows, strict=True):
            row = then.get(team_id)
            assert (at.rank, at.score_text, at.submissions) == (
                (row.rank, row.score_text, row.submissions) if row else (None, None, None)
            )
