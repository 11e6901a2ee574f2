"""The way to Kaggle: its own command-line tool, run aside and within bounds."""

from __future__ import annotations

import asyncio
import re
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from leaderboards.errors import (
    CliMissing,
    CliTooOld,
    KaggleFailed,
    NotALeaderboard,
    TimedOut,
)
from leaderboards.kaggle import process
from leaderboards.kaggle.cli_errors import classify_failure, presentable
from leaderboards.kaggle.environment import INSTALL, environment, find_cli
from leaderboards.kaggle.kaggle_lists import parse_list, parse_notebook_titles
from leaderboards.kaggle.orphan_cleanup import folder_prefix
from leaderboards.kaggle.pages import PAGE_SIZE, Page, parse_page
from leaderboards.kaggle.process import Finished, Start, spawn
from leaderboards.kaggle_ids import competition_slug, kaggle_user_name
from leaderboards.secret_redaction import redact_secrets

OLDEST = "1.7.4.5"
"""Versions before this one cannot download leaderboards."""

_SPACE = 128 << 20
_NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})

T = TypeVar("T")
Read = Callable[[Finished, Path], T]


@dataclass(frozen=True, slots=True)
class CompetitionInfo:
    """What Kaggle's list of competitions tells about one of them."""

    slug: str
    deadline: datetime | None = None
    category: str | None = None
    reward: str | None = None
    team_count: int | None = None


class KaggleCli:
    """Asks Kaggle through its own command-line tool, a bounded number of calls at a time.

    What goes wrong is a `KaggleError` whose text can be shown to anyone. A call that is cancelled
    takes its process and its files with it. `start` is the way in which calls become processes;
    `fork_server.ForkServer` is the one for many of them.
    """

    def __init__(
        self,
        *,
        credentials: Mapping[str, str],
        timeout: float = 120,
        concurrency: int = 2,
        environment: Mapping[str, str] = _NO_ENVIRONMENT,
        start: Start = spawn,
    ) -> None:
        self._credentials = {name: value for name, value in credentials.items() if value}
        self._timeout = timeout
        self._environment = dict(environment)
        self._start = start
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="kaggle")
        self._under_way: set[threading.Event] = set()
        self._closed = False
        self._checking = asyncio.Lock()
        self._checked = False

    async def download(self, slug: str) -> bytes:
        """Bring the archive with a competition's leaderboard, as Kaggle sends it."""
        slug = competition_slug(slug)
        await self.check()
        return await self._ask(
            ("competitions", "leaderboard", slug, "--download", "--path", ".", "-q"),
            lambda _, folder: _archive(folder / f"{slug}.zip", slug),
            slug=slug,
        )

    async def page(self, slug: str, token: str | None = None) -> Page:
        """Show a page of a competition's leaderboard: the private one as soon as there is one."""
        slug = competition_slug(slug)
        await self.check()
        after = () if token is None else (f"--page-token={token}",)
        show = ("--show", "--format", "json", f"--page-size={PAGE_SIZE}", *after)
        return await self._ask(
            ("competitions", "leaderboard", slug, *show),
            lambda ended, _: parse_page(ended.stdout),
            slug=slug,
        )

    async def details(self, slug: str) -> CompetitionInfo | None:
        """Tell what Kaggle lists about a competition; None where it does not list it."""
        return next((found for found in await self.search(slug) if found.slug == slug), None)

    async def search(self, words: str) -> list[CompetitionInfo]:
        """List the first competitions that Kaggle finds for these words."""
        await self.check()
        # A process cannot be given every character there is.
        words = "".join(character for character in words if character.isprintable())[:100]
        return await self._ask(
            ("competitions", "list", f"--search={words}", "--format", "json"),
            lambda ended, _: _competitions(ended.stdout),
        )

    async def notebooks(self, user_name: str) -> list[str]:
        """List the titles of a user's public notebooks, newest first."""
        user_name = kaggle_user_name(user_name)
        await self.check()
        newest = ("--sort-by", "dateCreated", "--format", "json")
        return await self._ask(
            ("kernels", "list", f"--user={user_name}", *newest),
            lambda ended, _: parse_notebook_titles(ended.stdout, user_name),
        )

    async def check_login(self) -> None:
        """Make one cheap call that needs the login; raises what is wrong with it."""
        await self.check()
        await self._ask(("competitions", "list"), lambda *_: None)

    async def check(self) -> None:
        """Raise where the CLI is missing, broken or too old."""
        # A good answer is kept; a bad one may be mended before the next call.
        async with self._checking:
            if self._checked:
                return
            version = await self.version()
            if _numbers(version) < _numbers(OLDEST):
                raise CliTooOld(
                    f"The Kaggle CLI is version {version}, but leaderboards need {OLDEST} or"
                    f" newer; {INSTALL}"
                )
            self._checked = True

    async def version(self) -> str:
        """Tell the version of the CLI."""
        # Some versions want a login even for this, and try a token that they find.
        anybody = {"KAGGLE_USERNAME": "anybody", "KAGGLE_KEY": "none"}
        # Asked of the program itself: it may be missing or broken.
        return await self._run(
            ("--version",), lambda ended, _: _version(ended), anybody, start=spawn
        )

    def close(self) -> None:
        """Stop every call that is under way; none can be made afterwards."""
        self._closed = True
        for stop in self._under_way:
            stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _ask(
        self, arguments: tuple[str, ...], read: Read[T], *, slug: str | None = None
    ) -> T:
        def read_or_fail(ended: Finished, folder: Path) -> T:
            if ended.code != 0:
                raise classify_failure(ended, slug)
            return read(ended, folder)

        return await self._run(
            arguments, read_or_fail, self._credentials, start=self._start, slug=slug
        )

    async def _run(
        self,
        arguments: tuple[str, ...],
        read: Read[T],
        credentials: Mapping[str, str],
        *,
        start: Start,
        slug: str | None = None,
    ) -> T:
        stop = threading.Event()

        def call() -> T:
            try:
                with tempfile.TemporaryDirectory(prefix=folder_prefix()) as name:
                    folder = Path(name)
                    ended = process.run(
                        (find_cli(), *arguments),
                        folder=folder,
                        environment=environment(credentials, self._environment, folder),
                        timeout=self._timeout,
                        space=_SPACE,
                        stop=stop,
                        start=start,
                    )
                    said = replace(
                        ended,
                        stdout=redact_secrets(ended.stdout),
                        stderr=redact_secrets(ended.stderr),
                    )
                    return read(said, folder)
            except process.Stopped:
                raise _closing() from None
            except process.ProcessTimeout:
                what = "answer" if slug is None else f"send the leaderboard of {slug}"
                raise TimedOut(
                    f"Kaggle did not {what} within {self._timeout:g} seconds; try again in some"
                    " minutes, or set KAGGLE_TIMEOUT_SECONDS higher."
                ) from None
            except process.DiskFull:
                raise NotALeaderboard(
                    f"What Kaggle sends for {slug or 'this'} is far too large for a leaderboard;"
                    " look whether its leaderboard page is in order."
                ) from None
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise KaggleFailed(
                    f"The Kaggle CLI could not be run ({reason}); look whether this machine has"
                    " room left on its disk, and free files and memory."
                ) from error

        if self._closed:
            raise _closing()
        job = self._pool.submit(call)
        ending = asyncio.wrap_future(job)
        # Nobody may be left to hear of it when the call is cancelled.
        ending.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        self._under_way.add(stop)
        try:
            await asyncio.wait({ending})
        except asyncio.CancelledError:
            stop.set()
            if not job.cancel():
                await asyncio.wait({ending})
            raise
        finally:
            self._under_way.discard(stop)
        if ending.cancelled():
            raise _closing()
        return ending.result()


def _closing() -> KaggleFailed:
    return KaggleFailed("The bot was stopped before Kaggle answered; start it again.")


def _archive(saved: Path, slug: str) -> bytes:
    data = saved.read_bytes() if saved.exists() else b""
    if data.startswith(b"PK"):
        return data
    if not data:
        what = f"Kaggle sent nothing as the leaderboard of {slug}"
    elif data.lstrip().startswith(b"<"):
        what = f"Kaggle sent a web page instead of the leaderboard of {slug}"
    else:
        what = f"Kaggle sent something that is no zip archive as the leaderboard of {slug}"
    raise NotALeaderboard(f"{what}; try again in some minutes.")


def _version(ended: Finished) -> str:
    found = re.search(r"^Kaggle \w+ (\d+(?:\.\d+)*)", ended.stdout, re.MULTILINE)
    if ended.code == 0 and found is not None:
        return found[1]
    said = (ended.stderr or ended.stdout).strip().splitlines() or [f"exit code {ended.code}"]
    raise CliMissing(f"The Kaggle CLI does not start ({presentable(said[-1])}); {INSTALL}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _competitions(printed: str) -> list[CompetitionInfo]:
    if "No competitions found" in printed:
        return []
    try:
        return [
            CompetitionInfo(
                slug=competition["ref"].rstrip("/").rpartition("/")[2].lower(),
                deadline=_utc(competition.get("deadline")),
                category=competition.get("category") or None,
                reward=competition.get("reward") or None,
                team_count=competition.get("teamCount"),
            )
            for competition in parse_list(printed)
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise KaggleFailed(
            f"The Kaggle CLI lists competitions in a way that is not understood; {INSTALL}"
        ) from error


def _utc(text: str | None) -> datetime | None:
    if not text:
        return None
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
