"""`python -m tests.kaggle_versions`: each version of the Kaggle CLI against the stand-in.

Makes a virtual environment for each version, unless FOLDER/VERSION is one already, and downloads a
leaderboard, lists competitions and misses a competition in it, by the fork server and by a start as
a program.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import subprocess
import sys
import venv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.errors import CompetitionNotFound, KaggleFailed
from leaderboards.kaggle.cli_output import CompetitionInfo
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import spawn
from leaderboards.kaggle.worker import ForkServer

VERSIONS = ("1.7.4.5", "2.2.4", "2.2.5")
"""The oldest that downloads leaderboards, the pinned one, and the newest that was tried."""
_LISTS_AS_JSON = "2.0.0"
_PROJECT = Path(__file__).resolve().parents[2]
_INFO = CompetitionInfo(
    "titanic", datetime(2030, 1, 1, tzinfo=UTC), "Getting Started", "Knowledge", 15_739
)


def main() -> int:
    """Check the versions; the exit code is 1 where one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.kaggle_versions", description=__doc__)
    parser.add_argument("versions", nargs="*", default=VERSIONS, metavar="VERSION")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/podium-kaggle-versions"))  # noqa: S108
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        asyncio.run(check())
        return 0
    failed = [name for name in arguments.versions if not run(name, arguments.folder / name)]
    return 1 if failed else 0


def run(version: str, folder: Path) -> bool:
    """Check one version in its environment; return whether all of it worked."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        # kaggle does not declare six; the others are what this check needs.
        packages = (f"kaggle=={version}", "six", "aiohttp", "pytest")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)  # noqa: S603
    print(f"kaggle {version}: ", end="", flush=True)  # noqa: T201
    ended = subprocess.run(  # noqa: S603
        [python, "-m", "tests.kaggle_versions", "--inside"],
        cwd=_PROJECT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        check=False,
    )
    return ended.returncode == 0


async def check() -> None:
    """Call the CLI that is installed beside this Python."""
    server = ForkServer()
    logging.getLogger("leaderboards").addFilter(_fail)
    async with KaggleStandIn() as kaggle:
        kaggle.serve("titanic", b"PK" + bytes(100_000))
        kaggle.add_competition(_INFO)
        for start in (spawn, server):
            cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=start)
            version = await cli.load_version()
            assert await cli.download("titanic") == b"PK" + bytes(100_000)
            with pytest.raises(CompetitionNotFound):
                await cli.download("no-such-competition")
            kaggle.set_fault(None, FAULTS["500 with a sentence"])
            with pytest.raises(KaggleFailed, match=r"failed: Something went wrong\.|has trouble"):
                await cli.download("titanic")
            kaggle.clear_fault()
            if version >= _LISTS_AS_JSON:
                assert await cli.search_competitions("titanic") == [_INFO]
            cli.close()
    assert server.pid, "no call went through the fork server"
    print(f"{version} works through the fork server and as a program")  # noqa: T201


def _fail(record: logging.LogRecord) -> bool:
    raise AssertionError(record.getMessage())


if __name__ == "__main__":
    sys.exit(main())
