"""The real bot as a process of its own, against the stand-in for Discord."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from tests.wire.control.client import Wire

_PROJECT = Path(__file__).resolve().parents[2]
_TOKEN = "a-token-for-nothing"
_RUN = "import sys; from tests.wire.run_bot import main; sys.exit(main())"
"""Run with `-m`, the module would be imported by the board worker and for the CLI's calls too."""


@asynccontextmanager
async def bot_process(
    wire: Wire,
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdout: IO[bytes] | None = None,
    stderr: IO[bytes] | int | None = None,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot, with its database in a folder, until it is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN, *arguments),
        *("--base-url", wire.base_url, "--gateway-url", wire.gateway_url),
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if "PROXY" not in name.upper()},
            "PYTHONPATH": str(_PROJECT),
            "DISCORD_TOKEN": _TOKEN,
            "DATABASE_PATH": str(folder / "podium.db"),
            **(environment or {}),
        },
        stdout=stdout,
        stderr=stderr,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
