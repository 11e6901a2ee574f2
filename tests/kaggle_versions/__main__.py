"""`python -m tests.kaggle_versions`: versions of the kaggle package against the stand-in.

`oldest`, `locked` and `newest` are the oldest version that `pyproject.toml` allows, the one of the
lock file and the newest that pip finds. Each is installed into a virtual environment of its own,
unless FOLDER/VERSION is one already, and meets all calls of the bot and all errors of Kaggle, by
the fork server and by a start as a program.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import io
import logging
import os
import platform
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import (
    CliTooOld,
    CompetitionNotFound,
    Forbidden,
    KaggleError,
    KaggleFailed,
    NoNetwork,
    NotLoggedIn,
    RateLimited,
    RulesNotAccepted,
)
from leaderboards.feeds.posts import Post, PostKind
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import ForkServer
from leaderboards.kaggle.process import spawn

VERSIONS = ("1.7.4.5", "oldest", "locked", "newest")
"""1.7.4.5 can still download leaderboards, and no more."""
_READS_LISTS = (2, 2, 3)
"""The version since which the CLI prints all lists as JSON."""
_PROJECT = Path(__file__).resolve().parents[2]
_INFO = CompetitionInfo(
    "titanic",
    datetime(2030, 1, 1, tzinfo=UTC),
    "Getting Started",
    "Knowledge",
    15_739,
    title="Titanic",
    merger_deadline=datetime(2029, 12, 1, tzinfo=UTC),
    entry_deadline=datetime(2029, 12, 2, tzinfo=UTC),
    awards_points=True,
    metric="Accuracy",
    daily_submissions=10,
    team_size=5,
    host="Kaggle",
)
_POSTED_AT = datetime(2026, 8, 9, 14, 23, 20, tzinfo=UTC)
_POSTS = (
    Post(
        PostKind.TOPIC,
        "7",
        "Data was updated",
        "Ada",
        3,
        "https://www.kaggle.com/competitions/titanic/discussion/7",
        _POSTED_AT,
        is_pinned=True,
        is_by_host=True,
    ),
    Post(
        PostKind.NOTEBOOK,
        "8",
        "EDA",
        "Ada",
        5,
        "https://www.kaggle.com/code/ada/eda",
        _POSTED_AT,
        author_user_name="ada",
    ),
)
_CSV = (
    "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"
    '1,7,Ada,"2026-08-09 14:23:20",0.5,3,ada\n'
)
_ERRORS: dict[str, tuple[type[KaggleError], type[KaggleError]]] = {
    "401": (NotLoggedIn, NotLoggedIn),
    "403": (RulesNotAccepted, Forbidden),
    "403 private": (Forbidden, Forbidden),
    "403 bare": (Forbidden, Forbidden),
    "404": (CompetitionNotFound, KaggleFailed),
    "404 bare": (CompetitionNotFound, KaggleFailed),
    "429": (RateLimited, RateLimited),
    "429 with a sentence": (RateLimited, RateLimited),
    "500": (KaggleFailed, KaggleFailed),
    "502": (KaggleFailed, KaggleFailed),
    "closed": (NoNetwork, NoNetwork),
}
"""What each error of Kaggle is for a call about a competition, and for a list."""


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
    failed = [name for name in arguments.versions if not run(name, arguments.folder)]
    return 1 if failed else 0


def run(name: str, folder: Path) -> bool:
    """Check one version in its environment; return whether all of it worked."""
    requirement = find_requirement(name)
    version = requirement.removeprefix("kaggle").strip("=")
    # An environment made by another Python does not work.
    python = folder / platform.python_version() / version / "bin" / "python"
    if name == "newest" or not python.exists():
        venv.create(python.parents[1], with_pip=True)
        # kaggle does not declare six; the others are what this check and the bot's client import.
        packages = ("--upgrade", requirement, "six", "aiohttp", "numpy")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)  # noqa: S603
    print(f"{name}: ", end="", flush=True)  # noqa: T201
    ended = subprocess.run(  # noqa: S603
        [python, "-m", "tests.kaggle_versions", "--inside"],
        cwd=_PROJECT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        check=False,
    )
    return ended.returncode == 0


def find_requirement(name: str) -> str:
    """Return what pip is to install for the name of a version."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    allowed = next(line for line in project["dependencies"] if line.startswith("kaggle"))
    if name == "newest":
        return str(allowed)
    if name == "oldest":
        oldest = re.search(r">=([\d.]+)", allowed)
        assert oldest is not None, allowed
        return f"kaggle=={oldest[1]}"
    if name == "locked":
        lines = (_PROJECT / "requirements.txt").read_text("utf-8").splitlines()
        pin = next(line for line in lines if line.startswith("kaggle=="))
        return pin.removesuffix(" \\")  # Its hashes are on the next lines.
    return f"kaggle=={name}"


async def check() -> None:
    """Run all calls with the version that is installed beside this Python."""
    version = importlib.metadata.version("kaggle")
    reads_lists = tuple(map(int, version.split(".")[:3])) >= _READS_LISTS
    server = ForkServer()
    logging.getLogger("leaderboards").addFilter(_fail)
    zip_file = _build_zip()
    async with KaggleStandIn() as kaggle:
        kaggle.newest_version = "99.0"
        kaggle.serve("titanic", zip_file)
        for number in range(150):
            kaggle.add_competition(CompetitionInfo(f"other-{number}", team_count=1))
        kaggle.add_competition(_INFO)
        kaggle.add_notebook("ada", "Mine")
        kaggle.serve_posts("titanic", _POSTS)
        for start in (spawn, server):
            cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=start)
            assert await cli.load_version() == version
            assert await cli.download("titanic") == zip_file
            posts = cli.list_posts("titanic", list(PostKind), _POSTED_AT)
            if reads_lists:
                assert {post.id: post for post in (await posts).posts} == {
                    post.id: post for post in _POSTS
                }
            else:
                await _expect("without topics", CliTooOld, posts)
            if reads_lists:
                assert await cli.search_competitions("titanic") == [_INFO]
                found = await cli.find_competition("titanic")
                assert found == _INFO
                assert await cli.list_notebooks("ada") == ["Mine"]
                assert [row.team_id for row in (await cli.load_page("titanic")).rows] == [7]
            for name, (of_board, of_list) in _ERRORS.items():
                kaggle.set_fault(None, FAULTS[name])
                if of_board is RulesNotAccepted and not reads_lists:
                    of_board = Forbidden  # noqa: PLW2901 - it does not print why Kaggle refuses
                await _expect(name, of_board, cli.download("titanic"))
                if reads_lists:
                    await _expect(name, of_list, cli.search_competitions("titanic"))
                    await _expect(name, of_list, cli.list_notebooks("ada"))
                    await _expect(name, of_board, cli.load_page("titanic"))
            kaggle.clear_fault()
            cli.close()
    assert server.pid, "no call went through the fork server"
    what = "everything" if reads_lists else "downloads"
    print(f"{version}: {what} works through the fork server and as a program")  # noqa: T201


async def _expect(name: str, kind: type[KaggleError], call: Awaitable[object]) -> None:
    (error,) = await asyncio.gather(call, return_exceptions=True)
    assert type(error) is kind, (name, error)
    assert "The Kaggle CLI failed" not in str(error), (name, error)


def _build_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("titanic-publicleaderboard-2026-08-09T17:27:46.csv", _CSV)
    return buffer.getvalue()


def _fail(record: logging.LogRecord) -> bool:
    raise AssertionError(record.getMessage())


if __name__ == "__main__":
    sys.exit(main())
