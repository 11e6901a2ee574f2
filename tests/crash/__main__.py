"""`python -m tests.crash`: kill the bot again and again, and see whether anything is lost."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.crash.measure import Measured, measure


def main() -> int:
    """Print progress and the figures; 0 when nothing was lost, doubled or damaged."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--boards", type=int, help="only the first so many (default: all 35)")
    parser.add_argument("--minutes", type=float, default=45, help="it is given up after so many")
    chosen = parser.parse_args()
    folder = Path(mkdtemp(prefix="podium-crash-"))
    try:
        measured = asyncio.run(_measure(folder, chosen))
    except BaseException:
        _say(f"What the bot wrote is kept in {folder}")
        raise
    for line in measured.lines():
        _say(line)
    if not measured.good:
        _say(f"NOT GOOD. What the bot wrote is kept in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


async def _measure(folder: Path, chosen: argparse.Namespace) -> Measured:
    async with asyncio.timeout(chosen.minutes * 60):
        return await measure(
            folder,
            kills=chosen.kills,
            seed=chosen.seed,
            boards=chosen.boards,
            progress=_say,
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
