"""Messages to systemd: that the bot is ready, and that its event loop still runs.

The protocol of sd_notify(3): a datagram to the socket that `NOTIFY_SOCKET` names. Without systemd
nothing is sent; without `WatchdogSec=` in the unit, only that the bot is ready and that it stops.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

logger = logging.getLogger(__name__)


@asynccontextmanager
async def watchdog() -> AsyncIterator[None]:
    """Notify systemd that the start is done; then ping twice per `WatchdogSec`.

    A task of the event loop pings: if the loop hangs, systemd ends the bot and starts it again.
    """
    notify("READY=1")
    interval = watchdog_interval()
    task = None if interval is None else asyncio.create_task(_notify_each(interval / 2))
    try:
        yield
    finally:
        notify("STOPPING=1")
        if task is not None:
            task.cancel()


def watchdog_interval() -> timedelta | None:
    """Return the `WatchdogSec` that systemd set for this process; None without one."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    text = os.environ.get("WATCHDOG_USEC", "")
    microseconds = int(text) if text.isdigit() else 0
    return timedelta(microseconds=microseconds) or None


def notify(state: str) -> None:
    """Send one state to systemd, if it wants it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # A name in Linux's abstract namespace.
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(address)
            sender.sendall(state.encode())
    except OSError as error:
        logger.warning("systemd could not be notified of %s: %s", state, error)


async def _notify_each(pause: timedelta) -> None:
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(pause.total_seconds())
