"""`python -m bot health`, and what the running bot records for it."""

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

import bot.commands.health
from bot.client import Podium
from bot.health_recorder import record_health
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards import run_id
from leaderboards.kaggle.client import KaggleCli
from records.health import HealthReport
from storage.key_values import HEALTH
from storage.storage import Storage
from tests.bot.conftest import CommandLine
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire

PROJECT = Path(__file__).parents[3]

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WELL = HealthReport(
    run_id=run_id.run_id(),
    recorded_at=NOW,
    started_at=NOW - timedelta(hours=5),
    sync_minutes=5,
    last_round_at=NOW - timedelta(minutes=2),
    disconnected_at=None,
    oldest_waiting_at=None,
)


class Clock(datetime):
    """The clock of the command, at the time of the reports."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Clock":
        return cls.fromtimestamp(NOW.timestamp(), tz)


@pytest.fixture
def process_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate that the process of the reports runs: some systems deny it of the test's own."""
    monkeypatch.setattr(run_id, "is_running", lambda _: True)
    monkeypatch.setattr(bot.commands.health, "datetime", Clock)


def record(report: HealthReport) -> None:
    async def write() -> None:
        storage = await Storage.open(Path("podium.db"))
        try:
            await storage.key_values.set(HEALTH, report.to_json())
        finally:
            await storage.close()

    asyncio.run(write())


def ago(**duration: float) -> datetime:
    return NOW - timedelta(**duration)


@pytest.mark.usefixtures("process_runs")
def test_bot_in_time_is_well(podium: CommandLine) -> None:
    record(WELL)
    code, out, err = podium("health")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"ok    syncs         the last round of syncs ended at {ago(minutes=2):%Y-%m-%dT%H:%M:%SZ}",
        "ok    gateway       connected to Discord",
        "ok    outbox        no announcement waits",
    ]


@pytest.mark.usefixtures("process_runs")
def test_what_has_just_begun_is_well(podium: CommandLine) -> None:
    record(
        replace(
            WELL,
            started_at=ago(seconds=20),
            last_round_at=None,
            disconnected_at=ago(seconds=20),
            oldest_waiting_at=ago(minutes=5),
        )
    )
    code, out, _ = podium("health")
    assert code == 0
    assert "no round of syncs has ended yet" in out
    assert "connecting to Discord since " in out
    assert "the oldest announcement has waited since " in out


@pytest.mark.usefixtures("process_runs")
@pytest.mark.parametrize(
    ("report", "line"),
    [
        (
            replace(WELL, last_round_at=ago(minutes=16)),
            "FAIL  syncs         No round of syncs has ended for 16 minutes.",
        ),
        (
            replace(WELL, last_round_at=None),
            "FAIL  syncs         No round of syncs has ended for 300 minutes.",
        ),
        (
            replace(WELL, disconnected_at=ago(minutes=6)),
            "FAIL  gateway       There has been no connection to Discord for 6 minutes.",
        ),
        (
            replace(WELL, oldest_waiting_at=ago(minutes=20)),
            "FAIL  outbox        An announcement has waited for 20 minutes.",
        ),
    ],
)
def test_what_is_late_is_named(podium: CommandLine, report: HealthReport, line: str) -> None:
    record(report)
    code, out, err = podium("health")
    assert (code, err) == (1, "")
    assert line in out.splitlines()
    assert out.count("FAIL") == 1
    record(replace(report, sync_minutes=600, disconnected_at=None, oldest_waiting_at=None))
    assert podium("health")[0] == 0


@pytest.mark.usefixtures("process_runs")
def test_bot_that_records_nothing_any_more_hangs(podium: CommandLine) -> None:
    record(replace(WELL, recorded_at=ago(minutes=4)))
    assert podium("health") == (
        1,
        "",
        (
            "The bot hangs, or cannot write its database: what it recorded last is from"
            f" {ago(minutes=4):%Y-%m-%dT%H:%M:%SZ}.\n"
        ),
    )


def test_bot_that_was_never_started_is_not_well(podium: CommandLine) -> None:
    assert podium("health")[0] == 1
    assert not Path("podium.db").exists()

    async def create() -> None:
        await (await Storage.open(Path("podium.db"))).close()

    asyncio.run(create())
    assert podium("health") == (1, "", "The bot has recorded nothing yet: it was never started.\n")


@pytest.mark.skipif(sys.platform != "linux", reason="the others know only process ids")
def test_bot_that_has_ended_does_not_run(podium: CommandLine) -> None:
    record(replace(WELL, run_id=f"{os.getpid()}-1"))
    code, _, err = podium("health")
    assert code == 1
    assert err.startswith("The bot does not run: what it recorded last is from ")


async def test_health_is_recorded_again_and_again(tmp_path: Path) -> None:
    storage = await Storage.open(tmp_path / "podium.db")
    bot = Podium(storage, KaggleCli(credentials={}))
    try:
        async with record_health(bot, interval=0.01), asyncio.timeout(60):
            for _ in range(2):
                await storage.key_values.set(HEALTH, "")
                text = ""
                while not text:
                    await asyncio.sleep(0.01)
                    text = await storage.key_values.get(HEALTH) or ""
        report = HealthReport.from_json(text)
        assert report.run_id == run_id.run_id()
        assert report.disconnected_at is not None
        assert report.find_gateway_problem() is None
        await storage.key_values.set(HEALTH, "")
        await asyncio.sleep(0.05)
        assert await storage.key_values.get(HEALTH) == ""
    finally:
        bot.services.plot_renderer.close()
        await storage.close()


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="the others know only process ids")
async def test_running_bot_is_well_and_a_killed_one_is_not(tmp_path: Path) -> None:
    async def health() -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "health"),
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        return process.returncode, out.decode()

    async with Wire() as wire, KaggleStandIn() as kaggle, asyncio.timeout(120):
        await wire.add_guild("Kagglers")
        port = str(kaggle.port)
        async with bot_process(
            wire, tmp_path, "--kaggle-port", port, environment=CREDENTIALS
        ) as bot:
            assert len(await wire.sessions(connected=1, wait=60)) == 1
            code, text = await health()
            while "connected to Discord" not in text:
                await asyncio.sleep(0.1)
                code, text = await health()
            assert code == 0
            bot.kill()
            await bot.wait()
            code, text = await health()
    assert code == 1
    assert text.startswith("The bot does not run: ")
