"""Metrics for Prometheus."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.board_worker import WorkerFailed
from bot.metrics import serve_metrics
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.errors import CompetitionNotFound, EmptyBoard, RateLimited
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import select_start
from leaderboards.outcomes import format_outcome
from storage.errors import DatabaseMoved, StaleBoardDiff
from tests.bot.conftest import CommandLine
from tests.cogs.examples import SMALL
from tests.cogs.world import World, open_world
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire

PROJECT = Path(__file__).parent.parent.parent
_LATENCY = "podium_gateway_latency_seconds 0"


@pytest.fixture
async def world(tmp_path: Path, empty_database: Path) -> AsyncIterator[World]:
    async with open_world(Path(shutil.copy(empty_database, tmp_path))) as world:
        yield world


@pytest.fixture
def port() -> int:
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number: int = server.getsockname()[1]
    return number


async def read(port: int) -> dict[str, float]:
    """Return the samples that Prometheus reads, by name and label."""
    async with aiohttp.ClientSession() as session:
        response = await session.get(f"http://127.0.0.1:{port}/metrics")
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        text = await response.text()
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_prometheus_reads_what_the_bot_did(world: World, port: int) -> None:
    kaggle = KaggleCli(credentials={})
    async with serve_metrics(f"127.0.0.1:{port}", world.bot, kaggle):
        samples = await read(port)
        assert samples["podium_syncs_total stored"] == 0
        assert samples["podium_kaggle_calls_total rate_limited"] == 0
        for kind in (RateLimited, EmptyBoard, WorkerFailed, DatabaseMoved, StaleBoardDiff):
            assert samples[f"podium_syncs_total {format_outcome(kind)}"] == 0
        assert "podium_kaggle_calls_total empty_board" not in samples
        assert samples["podium_oldest_board_age_seconds"] == 0
        assert samples["podium_outbox_waiting"] == 0
        assert samples["podium_gateway_disconnected_seconds"] == 0

        world.serve("titanic", SMALL)
        await world.follow()
        world.kaggle.boards["titanic"] = RateLimited("Kaggle asks for fewer calls (429); wait.")
        await world.pass_time(minutes=6)
        samples = await read(port)
        assert samples["podium_syncs_total stored"] == 1
        assert samples["podium_syncs_total rate_limited"] == 1
        assert samples["podium_announcements_total delivered"] == 1
        assert samples["podium_oldest_board_age_seconds"] == 6 * 60
        assert samples["podium_outbox_waiting"] == 0
        assert samples["podium_outbox_oldest_wait_seconds"] == 0
    kaggle.close()


async def test_documents_name_every_metric_and_no_other(world: World, port: int) -> None:
    kaggle = KaggleCli(credentials={})
    async with serve_metrics(f"127.0.0.1:{port}", world.bot, kaggle):
        samples = await read(port)
    kaggle.close()
    page = (PROJECT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    # SimCord sends no heartbeats.
    served = {name.split()[0] for name in samples} | {"podium_gateway_latency_seconds"}
    assert set(re.findall(r"podium_\w+", page)) == served
    for metric, outcomes in re.findall(r'(podium_\w+)\{outcome=~?"([\w|]+)"', page):
        assert {f"{metric} {outcome}" for outcome in outcomes.split("|")} <= set(samples)


async def test_announcement_that_cannot_be_sent_waits(world: World, port: int) -> None:
    world.serve("titanic", SMALL)
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=503, times=None)
    kaggle = KaggleCli(credentials={})
    async with serve_metrics(f"127.0.0.1:{port}", world.bot, kaggle):
        await world.follow()
        await world.pass_time(minutes=1)
        samples = await read(port)
        assert samples["podium_announcements_total failed"] >= 1
        assert samples["podium_announcements_total delivered"] == 0
        assert samples["podium_outbox_waiting"] == 1
        assert samples["podium_outbox_oldest_wait_seconds"] == 60
    kaggle.close()


@pytest.mark.processes
async def test_calls_to_kaggle_are_counted_by_outcome() -> None:
    with KaggleStandIn().in_thread() as stand_in:
        kaggle = KaggleCli(
            credentials=CREDENTIALS, environment=stand_in.environment, start=select_start()
        )
        assert await kaggle.search_competitions("titanic") == []
        with pytest.raises(CompetitionNotFound):
            await kaggle.download("titanic")
        kaggle.close()
    # The download that fails looks into the list, whether the competition is there.
    assert kaggle.outcomes == {"answered": 2, "competition_not_found": 1}


@pytest.mark.processes
async def test_running_bot_serves_the_latency_of_its_shard(tmp_path: Path, port: int) -> None:
    environment = {**CREDENTIALS, "METRICS_ADDRESS": f"127.0.0.1:{port}"}
    async with Wire() as wire, bot_process(wire, tmp_path, environment=environment):
        await wire.sessions(connected=1, wait=60)
        async with asyncio.timeout(60):
            while _LATENCY not in (samples := await read(port)):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.1)
    assert 0 < samples[_LATENCY] < 60


def test_port_that_is_in_use_ends_the_start_with_a_sentence(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("METRICS_ADDRESS", address)
        code, _, err = podium("run")
    assert code == 1
    assert re.fullmatch(
        rf"METRICS_ADDRESS {address} cannot be used \([^()]+\): choose a port that no other program"
        r" uses, and an address of this machine\.",
        err.splitlines()[-1],
    )


def test_without_an_address_the_package_is_not_needed(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['prometheus_client'] = None; import discord.http;"
        " discord.http.Route.BASE = 'http://127.0.0.1:1/api/v10';"
        " from bot.__main__ import main; sys.exit(main(['run']))"
    )
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "DISCORD_TOKEN": "s3cret"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "Discord cannot be reached" in ended.stderr
