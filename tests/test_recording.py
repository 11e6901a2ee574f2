"""Whole recordings through the real sync into a real database, and back out of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from demo.recording import ARCHIVE, RecordedBoard, read_recording
from leaderboards.board import BoardKind
from leaderboards.parsing.reader import read_board
from leaderboards.sync import Outcome, SyncOptions, sync_board
from storage.storage import Storage
from tests.board_files import BOARDS
from tests.leaderboards.boards import all_values
from tests.storage.histories import assert_log


async def bring_in(storage: Storage, recording: list[RecordedBoard]) -> None:
    await storage.competitions.add_for_owner(recording[0].slug)
    options = SyncOptions(announce=False)
    for recorded in recording:
        report = await sync_board(
            recorded.slug, recorded.zip, store=storage.board_writer, options=options
        )
        assert report.outcome is Outcome.STORED


@pytest.mark.parametrize(
    ("archive", "most_bytes_a_board"),
    [(ARCHIVE, 1_500), (BOARDS / "kaggriculture.tar.xz", 40_000)],
    ids=["playground", "simulation"],
)
async def test_history_returns_every_past_board_and_team_of_the_files(
    storage: Storage, archive: Path, most_bytes_a_board: int
) -> None:
    recording = read_recording(archive)
    await bring_in(storage, recording)
    slug = recording[0].slug
    current = await storage.board_writer.load_board(slug, BoardKind.PUBLIC)
    assert current is not None
    assert await log_bytes(storage) < most_bytes_a_board * len(recording)

    plain = [
        replace(read_board(recorded.csv, taken_at=recorded.taken_at), slug=slug)
        for recorded in recording
    ]
    assert all_values(current) == all_values(plain[-1])
    team_ids = sorted({int(team_id) for board in plain for team_id in board.teams.team_id})
    await assert_log(storage, plain, team_ids[:: max(1, len(team_ids) // 150)])


async def log_bytes(storage: Storage) -> int:
    async with storage.database.read() as connection:
        rows = await connection.execute_fetchall(
            "SELECT sum(length(moves) + length(row_changes)) FROM log_segments"
        )
    return sum(size for (size,) in rows)
