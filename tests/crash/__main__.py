"""`python -m tests.crash`: kill the bot, or cut its power, hundreds of times; nothing is lost."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp

from tests.crash.measure import CrashReport, measure


def main() -> int:
    """Print progress and figures; return 0 if nothing was lost, repeated or damaged.

    Return 1 also if losses of power took back no commit at all.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--power-losses", type=int, default=70)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--boards", type=int, help="use only the first boards (default: all 35)")
    parser.add_argument("--minutes", type=float, default=45, help="abort after this many minutes")
    chosen = parser.parse_args()
    folder = Path(mkdtemp(prefix="podium-crash-"))
    try:
        report = asyncio.run(_measure(folder, chosen))
    except BaseException:
        _say(f"What the bot wrote is kept in {folder}")
        raise
    for line in report.lines():
        _say(line)
    is_good = report.is_good
    if report.power_losses.count and not report.power_losses.commits:
        _say("No loss of power took back a commit, so that they show nothing.")
        is_good = False
    if not is_good:
        _say(f"FAILED. What the bot wrote is kept in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


async def _measure(folder: Path, chosen: argparse.Namespace) -> CrashReport:
    async with asyncio.timeout(chosen.minutes * 60):
        return await measure(
            folder,
            kills=chosen.kills,
            power_losses=chosen.power_losses,
            seed=chosen.seed,
            boards=chosen.boards,
            progress=_say,
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
