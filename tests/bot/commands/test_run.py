"""Starting and stopping the bot itself."""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from discord.ext import commands
from discord.http import Route

from bot import shutdown_timeout
from bot.client import Podium
from bot.commands import run as run_command
from leaderboards import run_id
from storage.connections import finish_despite_cancel
from storage.storage import Storage
from tests.bot.conftest import CommandLine


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a bot that runs until it is stopped, with what happened to it."""
    happened: list[str] = []

    async def start(self: Podium, token: str, *, reconnect: bool = True) -> None:
        happened.append(f"started with {token}")
        await asyncio.Event().wait()

    close = Podium.close

    async def closing(self: Podium) -> None:
        happened.append("closed")
        await close(self)

    monkeypatch.setattr(Podium, "start", start)
    monkeypatch.setattr(Podium, "close", closing)
    return happened


@pytest.mark.skipif(sys.platform == "win32", reason="there it would end the tests themselves")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("of_ctrl_c", [signal.default_int_handler, signal.SIG_IGN])
def test_signal_stops_the_bot_cleanly(
    podium: CommandLine, running: list[str], number: signal.Signals, of_ctrl_c: signal.Handlers
) -> None:
    """Also one that a script started in the background, where Ctrl-C is ignored."""
    before = signal.getsignal(signal.SIGTERM)
    ctrl_c = signal.signal(signal.SIGINT, of_ctrl_c)

    def signal_when_it_runs() -> None:
        deadline = time.monotonic() + 30
        while not running and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(os.getpid(), number)

    sender = threading.Thread(target=signal_when_it_runs)
    sender.start()
    try:
        code, out, err = podium()
        assert signal.getsignal(signal.SIGINT) is of_ctrl_c
    finally:
        signal.signal(signal.SIGINT, ctrl_c)
    sender.join()
    assert (code, out) == (0, "")
    assert running == ["started with s3cret", "closed"]
    assert err.splitlines()[-1].endswith("INFO    bot.commands.run: Stopped")
    assert signal.getsignal(signal.SIGTERM) is before
    assert run_id.VARIABLE not in os.environ


@pytest.mark.skipif(sys.platform == "win32", reason="there it would end the tests themselves")
def test_stop_during_a_slow_migration_is_bounded(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    in_time: list[bool] = []

    def migrate() -> None:
        time.sleep(0.2)  # By then the event loop waits.
        os.kill(os.getpid(), signal.SIGTERM)
        in_time.append(ended.wait(10))

    async def open_slowly(*_: object, **__: object) -> None:
        await finish_despite_cancel(asyncio.to_thread(migrate))

    monkeypatch.setattr(shutdown_timeout, "TIMEOUT", 0.1)
    monkeypatch.setattr(shutdown_timeout, "_end_process", ended.set)
    monkeypatch.setattr(Storage, "open", open_slowly)
    podium()
    assert in_time == [True]


def test_backup_folder_that_does_not_answer_does_not_delay_the_start(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = threading.Event()
    in_time: list[bool] = []

    async def start(self: Podium, token: str, *, reconnect: bool = True) -> None:
        started.set()

    def remove(folders: list[Path]) -> None:
        if Path("backups") in folders:
            in_time.append(started.wait(10))

    monkeypatch.setenv("BACKUP_FOLDER", "backups")
    monkeypatch.setattr(run_command, "remove_orphaned_drafts", remove)
    monkeypatch.setattr(Podium, "start", start)
    podium()
    assert in_time == [True]


def test_unreachable_discord_ends_the_bot_with_a_sentence(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    code, out, err = podium("run")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == (
        "Discord cannot be reached: look at the network of this machine."
    )
    assert "Traceback" not in err
    assert "voice" not in err
    assert "s3cret" not in err


def test_error_of_an_extension_is_not_blamed_on_discord(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: Podium, token: str, *, reconnect: bool = True) -> None:
        raise commands.ExtensionFailed("cogs.ranks.rank", ValueError("odd"))

    monkeypatch.setattr(Podium, "start", fail)
    with pytest.raises(commands.ExtensionFailed):
        podium("run")


@pytest.mark.skipif(sys.platform != "linux", reason="the others know only process ids")
def test_next_start_removes_the_half_backup_of_a_killed_bot(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if that day's backup is there, so that none is written."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    folder = Path("backups")
    folder.mkdir()
    monkeypatch.setenv("BACKUP_FOLDER", str(folder))
    name = f".podium-2026-01-01.db.podium-{os.getpid()}-7-0a1b2c3d"
    for half in (name, f"{name}-journal"):
        (folder / half).touch()
    (folder / "podium-2026-01-01.db").touch()
    podium("run")
    deadline = time.monotonic() + 30  # It is done beside the start.
    while len(list(folder.iterdir())) > 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [path.name for path in folder.iterdir()] == ["podium-2026-01-01.db"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o640, 1), (0o604, 1)])
def test_env_file_that_others_can_read_is_mentioned_at_the_start(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch, mode: int, told: int
) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    Path(".env").write_text("SYNC_MINUTES=7\n")
    Path(".env").chmod(mode)
    _, _, err = podium("run")
    assert err.count("Others on this machine can read .env and its secrets: chmod 600 .env") == told


def test_misspelt_setting_is_mentioned_at_the_start(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    Path(".env").write_text("SYNC_MINTES=7\n")
    assert podium("run")[2].count("SYNC_MINTES in .env is not a setting and has no effect") == 1
    monkeypatch.delenv("DISCORD_TOKEN")
    Path(".env").write_text("DISCORD_TOKN=a\n")
    lines = podium("run")[2].splitlines()
    assert [line.split()[0] for line in lines] == ["DISCORD_TOKEN", "DISCORD_TOKN"]


@pytest.mark.parametrize(("kaggle_token", "told"), [("", 1), ("KGAT_0123456789", 0)])
def test_missing_kaggle_login_is_told_at_the_start(
    podium: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kaggle_token: str,
    told: int,
) -> None:
    """Else only the first `/competition add` would tell, in Discord."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("KAGGLE_API_TOKEN", kaggle_token)
    _, _, err = podium("run")
    assert err.count("The bot has no Kaggle login; make a token at https://www.kaggle.com") == told


def test_log_can_be_json(podium: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    monkeypatch.setenv("LOG_FORMAT", "JSON")
    Path(".env").touch(0o644)
    _, _, err = podium("run")
    assert json.loads(err.splitlines()[0])["logger"] == "bot.commands.run"
