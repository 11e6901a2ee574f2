"""`python -m tests.wire`: the stand-in for Discord as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from pathlib import Path

from tests.wire.http.schema import DESCRIPTION, Schema
from tests.wire.server import Server


def main() -> None:
    """Print the port as JSON, and serve until standard input is closed."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 is a free one")
    parser.add_argument("--schema", type=Path, default=DESCRIPTION, help="Discord's OpenAPI file")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.schema))


async def _serve(port: int, schema: Path) -> None:
    async with Server(port, Schema(schema)) as server:
        sys.stdout.write(json.dumps({"port": server.port}) + "\n")
        sys.stdout.flush()
        await _end_of_input()


async def _end_of_input() -> None:
    """Wait until whoever started the process is gone, or has had enough."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def read() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    main()
