"""Messages to systemd, received by a socket of the test."""

import asyncio
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.systemd import notify, watchdog, watchdog_interval

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no systemd")
HOSTING = Path(__file__).parent.parent.parent / "docs" / "hosting.md"


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield receiver


def received(receiver: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(receiver.recv(100).decode())
        except BlockingIOError:
            return found


async def test_systemd_hears_that_the_bot_is_ready_runs_and_stops(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "40000")
    messages: list[str] = []
    async with watchdog(), asyncio.timeout(60):
        while messages.count("WATCHDOG=1") < 3:
            await asyncio.sleep(0.01)
            messages += received(systemd)
    first, *middle, last = messages + received(systemd)
    assert (first, last) == ("READY=1", "STOPPING=1")
    assert set(middle) == {"WATCHDOG=1"}
    await asyncio.sleep(0.05)
    assert received(systemd) == []


async def test_hanging_event_loop_sends_nothing(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "40000")
    async with watchdog():
        await asyncio.sleep(0)
        received(systemd)
        hang(0.1)
        assert received(systemd) == []


def hang(seconds: float) -> None:
    time.sleep(seconds)


async def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    async with watchdog():
        assert watchdog_interval() is None
    monkeypatch.setenv("WATCHDOG_USEC", "0")
    assert watchdog_interval() is None


def test_watchdog_of_another_process_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert watchdog_interval() == timedelta(seconds=2)
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_interval() is None


def test_missing_socket_is_logged_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")
    assert "systemd could not be notified of READY=1" in caplog.text


def test_unit_of_the_documents_limits_and_watches_the_bot() -> None:
    text = HOSTING.read_text("utf-8")
    unit = text[text.index("    [Unit]") : text.index("WantedBy=")]
    settings = dict(re.findall(r"^    (\w+)=(.*)$", unit, re.MULTILINE))
    assert settings["Type"] == "notify"
    assert settings["WatchdogSec"] == "2min"
    assert settings["UMask"] == "0077"
    assert settings["ProtectSystem"] == "strict"
    assert {"StartLimitIntervalSec", "StartLimitBurst", "MemoryMax"} <= settings.keys()
