"""Client of the fork server: starts the bot's process and kills it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

from tests.crash.kill_switch import Statement

_PROJECT = Path(__file__).resolve().parents[2]


class BotProcess:
    """A running process of the bot."""

    def __init__(self, process: int, exit_code: asyncio.Task[int]) -> None:
        self._process = process
        self._exit_code = exit_code

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._exit_code.done()

    async def kill(self) -> int:
        """Kill it with SIGKILL if it still runs; return its exit code."""
        # The process may have ended already, without its exit code being read.
        with suppress(ProcessLookupError):
            if not self.ended:
                os.kill(self._process, signal.SIGKILL)
        return await asyncio.shield(self._exit_code)


class ForkServer:
    """A process that forks the bot's processes; see `tests.crash.fork_server`."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "bot.log"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._bot: BotProcess | None = None

    async def __aenter__(self) -> Self:
        environment = {k: v for k, v in os.environ.items() if "PROXY" not in k.upper()}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.crash.fork_server"),
            cwd=self._folder,
            env={**environment, "PYTHONPATH": str(_PROJECT), "TMPDIR": str(self._folder)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._bot is not None:
            await self._bot.kill()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        kill_at: Statement | None = None,
    ) -> BotProcess:
        """Start the bot; with `kill_at`, it is killed when it reaches that statement."""
        assert self._process is not None
        assert self._process.stdin is not None
        request = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "log": str(self.log),
            "kill_at": None if kill_at is None else asdict(kill_at),
        }
        self._process.stdin.write(f"{json.dumps(request)}\n".encode())
        process = await self._read_number()
        self._bot = BotProcess(process, asyncio.create_task(self._read_number()))
        return self._bot

    async def _read_number(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())
