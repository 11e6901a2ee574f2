"""What a loss of power takes back, and one right after Discord has got an announcement."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from demo.recording import read_recording
from storage.database import Database
from tests.crash import servers
from tests.crash.environment import open_environment, wait_until
from tests.crash.outcome import load_outcome
from tests.crash.power_loss import cut_power
from tests.wire.http import faults

pytestmark = pytest.mark.processes

PROJECT = Path(__file__).resolve().parents[2]
KILLED_AFTER_A_COMMIT = """
import asyncio, os, sys
from pathlib import Path
from storage.database import Database
from tests.crash.power_loss import record_synced_commits
async def commit():
    record_synced_commits()
    database = await Database.open(Path(sys.argv[1]), blocking=sys.argv[2] == "blocking")
    async with database.write() as connection:
        await connection.execute("INSERT INTO key_values VALUES ('row', 'here')")
    os._exit(0)
asyncio.run(commit())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it has other locks")
@pytest.mark.parametrize(
    ("connection", "taken_back", "rows"), [("blocking", True, []), ("the bot's", False, [("row",)])]
)
async def test_only_commits_that_were_not_synced_are_taken_back(
    connection: str, taken_back: bool, rows: list[tuple[str]], tmp_path: Path
) -> None:
    database = tmp_path / "podium.db"
    await (await Database.open(database)).close()
    subprocess.run(  # noqa: ASYNC221, S603
        [sys.executable, "-c", KILLED_AFTER_A_COMMIT, database, connection], cwd=PROJECT, check=True
    )
    commits = await cut_power(database, random.Random(0), worst=True)  # noqa: S311
    assert (commits > 0) is taken_back
    with closing(sqlite3.connect(database)) as left:
        assert left.execute("SELECT key FROM key_values").fetchall() == rows


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes of the bot are forks of one")
@pytest.mark.parametrize("seconds", [30, 400])
async def test_announcement_is_sent_once_if_power_fails_before_the_answer(
    seconds: int, tmp_path: Path
) -> None:
    async with open_environment(tmp_path / "crash", read_recording()[:1]) as environment:
        await environment.serve(0)
        held = await environment.wire.fault(
            faults.hold("after", method="POST", route=faults.MESSAGES, count=None)
        )
        bot = await environment.start_bot(own_worker=True)
        await environment.wire.rule(held, hits=1, wait=240)
        await bot.kill()
        await environment.wire.clear_faults()
        await cut_power(environment.database, random.Random(0), worst=True)  # noqa: S311

        await environment.advance(timedelta(seconds=seconds))
        bot = await environment.start_bot(own_worker=True)
        await wait_until(lambda: environment.settled, "the board is stored and announced")
        await bot.kill()
        messages = (await load_outcome(environment)).messages
        # All lists are the first, of which nothing is told.
        assert {name for name, texts in messages.items() if texts} == {
            f"{guild} #news" for guild in servers.GUILDS.values()
        }
        assert max(map(len, messages.values())) == 1
