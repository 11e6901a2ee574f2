"""The stand-in as a process of its own, and the real bot as another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.recording import read_recording
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire, WireError
from tests.wire.control.control_types import ActorOptions
from tests.wire.control.results import Answer
from tests.wire.redirect import redirected_clients

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def process() -> AsyncIterator[Wire]:
    async with Wire() as wire:
        yield wire


def running(
    wire: Wire, folder: Path, port: int, stderr: int | None = None
) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    arguments = ("--kaggle-port", str(port))
    return bot_process(wire, folder, *arguments, environment=CREDENTIALS, stderr=stderr)


async def wait_until_ready(bot: asyncio.subprocess.Process) -> None:
    """Wait for the line of the log that says so: a server that is added before is no new one."""
    assert bot.stderr is not None
    async with asyncio.timeout(60):
        while b"Ready as" not in await bot.stderr.readline():
            pass


@pytest.mark.processes
async def test_real_bot_connects_and_stops(process: Wire, tmp_path: Path) -> None:
    guild = await process.add_guild("Kagglers")
    async with KaggleStandIn() as kaggle, running(process, tmp_path, kaggle.port) as bot:
        assert len(await process.sessions(connected=1, wait=60)) == 1
        assert (await process.command(guild.channels["general"], "status")).text
        bot.terminate()
        assert await asyncio.wait_for(bot.wait(), 60) == 0
    assert await process.sessions() == []
    assert await process.violations() == []
    assert len((await process.commands())["all"]) > 3


@pytest.mark.processes
async def test_real_bot_is_set_up_with_the_controls_of_its_welcome(
    process: Wire, tmp_path: Path
) -> None:
    board = read_recording()[0]
    log = asyncio.subprocess.PIPE
    async with KaggleStandIn() as kaggle, running(process, tmp_path, kaggle.port, log) as bot:
        kaggle.serve(board.slug, board.zip)
        await wait_until_ready(bot)
        guild = await process.add_guild("Kagglers", ["general", "news"])
        general, news = guild.channels["general"], guild.channels["news"]
        (welcome,) = await process.messages(general, count=1, wait=60)
        manager: ActorOptions = {"may": ["manage_guild"]}

        refused = await process.use(welcome, "setup:follow")
        assert refused.ephemeral
        assert "You need the permission *Manage Server*" in refused.text

        opened = await process.use(welcome, "setup:follow", **manager)
        opened = await process.submit(general, opened, {field_of(opened): board.slug}, **manager)
        followed = await process.answer(opened.id, wait=60, text="✅ Following")
        assert followed.ephemeral
        assert followed.original is not None
        chosen = await process.use(followed.original, "setup:channel", [str(news)], **manager)
        chosen = await process.answer(chosen.id, wait=60, text="Everything is set up")
        assert f"News is posted in <#{news}>" in chosen.text

        opened = await process.use(welcome, "link:modal")
        linked = await process.submit(general, opened, {field_of(opened): "amberheron73"})
        assert "You are [amberheron73]" in linked.text
        assert linked.ephemeral
    assert await process.violations() == []


def field_of(opened: Answer) -> str:
    """Return the custom id of a modal's only field."""
    assert opened.modal is not None
    (field,) = opened.modal["components"]
    return str(field["component"]["custom_id"])


async def test_process_ends_with_its_parent() -> None:
    stand_in = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.wire"),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert stand_in.stdin is not None
    assert stand_in.stdout is not None
    assert b'"port"' in await stand_in.stdout.readline()
    stand_in.stdin.close()
    assert await asyncio.wait_for(stand_in.wait(), 60) == 0


async def test_impossible_requests_raise(wire: Wire) -> None:
    with pytest.raises(WireError, match="KeyError"):
        await wire.messages(1)
    with pytest.raises(WireError, match="Unknown Channel"):
        await wire.command(1, "status")


async def test_redirect_is_undone() -> None:
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415
    from discord.http import Route  # noqa: PLC0415

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with redirected_clients("http://127.0.0.1:1/api/v10", "ws://127.0.0.1:1/"):
        assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    assert Route.BASE.startswith("https://discord.com")
