"""With planted tokens, no line, message, error, file or cell of a whole run holds one of them."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web
from discord.http import Route

from bot.commands import dependencies
from demo.kaggle import KaggleStandIn
from demo.kaggle_faults import GoodAnswer
from leaderboards.kaggle.client import KaggleCli
from tests.bot.conftest import FIRST, CommandLine, build_zip, clean_machine, podium
from tests.bot.discord_server import discord_server
from tests.wire.bot_process import bot_process
from tests.wire.control.client import Wire
from tests.wire.http import faults

__all__ = ["clean_machine", "podium"]

PROJECT = Path(__file__).resolve().parents[2]
DISCORD_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GplaNT.d1sc0rd-s3cr3t_t0k3n"
KAGGLE_API_TOKEN = "KGAT_pl4nted4p1t0ken0123456789abcdef"
KAGGLE_KEY = "0pl4nted0key0fedcba98765432100ff"
SECRETS = [DISCORD_TOKEN, KAGGLE_API_TOKEN, KAGGLE_KEY]


def forms(secret: str) -> set[bytes]:
    """Return the forms in which a secret may be written."""
    plain = secret.encode()
    login = base64.b64encode(b"podium:" + plain)
    return {
        *(plain, plain[:24], plain[-16:], plain.replace(b"_", b"\\_")),
        *(base64.b64encode(plain), login, quote(secret).encode()),
    }


def assert_kept(*places: bytes | str) -> None:
    """Fail where a secret stands in any of these."""
    for place in places:
        data = place.encode() if isinstance(place, str) else place
        for secret in SECRETS:
            for form in forms(secret):
                found = data.find(form)
                assert found < 0, data[max(0, found - 200) : found + 200]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def echo(answer: GoodAnswer) -> web.StreamResponse:
    """Refuse, and say with which login: what a careless server or proxy does."""
    header = answer.request.headers.get("Authorization", "")
    kind, _, login = header.partition(" ")
    if kind == "Basic":
        login = base64.b64decode(login).decode()
    said = f"bad login {header} / {login} of {DISCORD_TOKEN}"
    return web.json_response({"code": 418, "message": said}, status=418)


@asynccontextmanager
async def real_bot(
    wire: Wire, folder: Path, port: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the real bot with all that it can log, until the test ends it."""
    environment = {
        "DISCORD_TOKEN": DISCORD_TOKEN,
        "KAGGLE_API_TOKEN": KAGGLE_API_TOKEN,
        "KAGGLE_USERNAME": "podium",
        "KAGGLE_KEY": KAGGLE_KEY,
        "LOG_LEVEL": "DEBUG",
    }
    arguments = "--kaggle-port", str(port)
    with (folder / "log").open("wb") as log:
        async with bot_process(
            wire, folder, *arguments, environment=environment, stdout=log, stderr=log
        ) as bot:
            yield bot


async def test_run_with_failures_shows_no_secret(tmp_path: Path) -> None:
    async with Wire() as wire, KaggleStandIn() as kaggle:
        guild = await wire.add_guild("Kagglers")
        channel = guild.channels["general"]
        kaggle.serve("titanic", build_zip(FIRST))
        async with real_bot(wire, tmp_path, kaggle.port) as bot:
            await wire.sessions(connected=1, wait=120)

            async def manage(command: str, until: str, **options: object) -> str:
                answer = await wire.command(channel, command, options, may=["manage_guild"])
                return (await wire.answer(answer.id, wait=120, text=until)).text

            async def status(until: str) -> str:
                async with asyncio.timeout(120):
                    while True:
                        if until in (told := await manage("status", "###")):
                            return told

            said = f"not with {' or '.join(SECRETS)}"
            await wire.fault(faults.refusal(50035, said, method="POST", route=faults.MESSAGES))
            seen = [
                await manage("announcements", "Saved", channel=channel),
                await manage("competition add", "Following", competition="titanic"),
                await status("could not be delivered"),
            ]
            assert "not with \\[hidden\\] or \\[hidden\\]" in seen[-1]
            kaggle.set_fault(None, echo)
            seen += [
                await manage("competition sync", "bad login", competition="titanic"),
                await manage("competition add", "bad login", competition="house-prices"),
                await manage("status", "bad login"),
            ]
            bot.terminate()
            assert await asyncio.wait_for(bot.wait(), 120) == 0
        told = [json.dumps(request.body) for request in await wire.requests()]
        messages = [repr(message) for message in await wire.messages(channel)]
    log = (tmp_path / "log").read_bytes()
    assert b"bad login Bearer [hidden] / [hidden] of [hidden]" in log
    assert_kept(*seen, *told, *messages, *(path.read_bytes() for path in files(tmp_path)))


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCORD_TOKEN", "KAGGLE_API_TOKEN", "KAGGLE_KEY"):
        monkeypatch.setenv(name, globals()[name])
    monkeypatch.setenv("KAGGLE_USERNAME", "podium")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")


@pytest.fixture
def kaggle(planted: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[KaggleStandIn]:
    monkeypatch.delenv("KAGGLE_API_TOKEN")  # so that the user name and key are used
    with KaggleStandIn().in_thread() as stand_in:
        monkeypatch.setattr(
            dependencies, "KaggleCli", partial(KaggleCli, environment=stand_in.environment)
        )
        yield stand_in


def test_command_line_shows_no_secret(
    podium: CommandLine, kaggle: KaggleStandIn, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        kaggle.serve("titanic", build_zip(FIRST))
        said = [podium("sync", "titanic")]
        kaggle.set_fault(None, echo)
        said += [podium("sync", "titanic"), podium("backup", "copy.db")]
    finally:
        os.umask(before)
    assert [code for code, _, _ in said] == [0, 1, 0]
    assert_kept(*(text for _, out, err in said for text in (out, err)))
    assert_kept(*(path.read_bytes() for path in files(tmp_path)))
    for path in files(tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


async def _echo_discord(request: web.Request) -> web.Response:
    said = {"message": f"no: {request.headers['Authorization']}", "code": 0}
    return web.Response(
        status=400, text=json.dumps(said), headers={"Content-Type": "application/json"}
    )


@pytest.mark.parametrize("command", ["run", "doctor"])
async def test_token_in_an_answer_of_discord_is_redacted(
    planted: None,
    podium: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    class NoKaggle(KaggleCli):
        async def load_version(self) -> str:
            return "2.2.4"

        async def check_login(self) -> None:
            pass

    monkeypatch.setattr(dependencies, "KaggleCli", NoKaggle)
    async with discord_server(_echo_discord) as address:
        monkeypatch.setattr(Route, "BASE", address)
        code, out, err = await asyncio.to_thread(_without_signals, podium, command, monkeypatch)
    assert code == 1
    assert "400" in out + err
    assert_kept(out, err)


def _without_signals(
    podium: CommandLine, command: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str, str]:
    """Run a command in a thread, where no signal can be waited for."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return podium(command)


@pytest.mark.parametrize(
    "name", ["SYNC_MINUTES", "LOG_LEVEL", "KAGGLE_CONCURRENCY", "DEV_GUILD_ID"]
)
def test_secret_in_a_wrong_setting_is_not_shown(
    planted: None, podium: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, DISCORD_TOKEN)
    code, out, err = podium("sync", "titanic")
    assert code == 1
    assert f"{name} has a wrong value" in err
    assert_kept(out, err)


BROKEN = """
import sys
from bot import __main__
from bot.commands import dependencies
class Broken:
    @staticmethod
    async def open(path, *, upgrade):
        raise RuntimeError("while sending " + {secret!r})
dependencies.Storage = Broken
sys.exit(__main__.main(["sync", "titanic"]))
"""


async def test_uncaught_error_is_logged_without_secrets(planted: None, tmp_path: Path) -> None:
    secrets = " and ".join(SECRETS)
    (tmp_path / "podium.db").touch()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BROKEN.format(secret=secrets)),
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert b"RuntimeError: while sending [hidden] and [hidden] and [hidden]" in said
    assert_kept(said)
