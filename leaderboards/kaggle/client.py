"""Kaggle through its own CLI: each request is one bounded call in a process of its own."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from leaderboards.competition_info import CompetitionInfo, CompetitionPage
from leaderboards.errors import (
    CliMissing,
    CliTooOld,
    CompetitionNotFound,
    DiskFull,
    Forbidden,
    KaggleError,
    KaggleFailed,
    LeaderboardNotShown,
    NotALeaderboard,
    RulesNotAccepted,
    TimedOut,
)
from leaderboards.feeds.posts import PostKind, PostList
from leaderboards.kaggle import process
from leaderboards.kaggle.cli_errors import classify_failure, sanitize_line
from leaderboards.kaggle.cli_output import (
    parse_competition_page,
    parse_competitions,
    parse_notebook_titles,
    parse_posts,
)
from leaderboards.kaggle.environment import (
    INSTALL,
    build_environment,
    find_cli,
    has_login,
    has_package,
)
from leaderboards.kaggle.orphan_cleanup import folder_prefix
from leaderboards.kaggle.pages import PAGE_SIZE, BoardPage, parse_page
from leaderboards.kaggle.process import CommandResult, CommandStarter, spawn
from leaderboards.kaggle_ids import parse_competition, parse_user_name
from leaderboards.outcomes import OutcomeCounts
from leaderboards.parsing.zip_file import is_zip, looks_like_web_page
from leaderboards.secret_redaction import redact_secrets

MIN_VERSION = "1.7.4.5"
"""Earlier versions cannot download leaderboards."""

ANSWERED = "answered"
"""The outcome of a call that did what it should."""

_LIST_PROGRAM = "competition_list.py"
_MAX_BYTES = 128 << 20
"""Files and output of one call together."""
_NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})

_DISK_FULL = (
    "What Kaggle sends has no room here: the disk of the temporary folder is full. Make room there,"
    " or set TMPDIR to another folder and start the bot again."
)

T = TypeVar("T")
ResultParser = Callable[[CommandResult, Path], T]


class _Subject(NamedTuple):
    """What a call asks for, of one competition."""

    content: Literal["leaderboard", "topics or notebooks"]
    slug: str


class KaggleCli:
    """Kaggle's CLI, with a limited number of calls at a time.

    All methods raise `KaggleError`, whose text can be shown to anyone. Cancelling a call kills its
    process and removes its files. `start` starts the processes: cheapest is
    `fork_server.ForkServer`.
    """

    def __init__(
        self,
        *,
        credentials: Mapping[str, str],
        timeout: float = 120,
        concurrency: int = 2,
        environment: Mapping[str, str] = _NO_ENVIRONMENT,
        start: CommandStarter = spawn,
    ) -> None:
        self._credentials = {name: value for name, value in credentials.items() if value}
        self._timeout = timeout
        # A copy: `ForkServer` empties `os.environ` for the moment in which it starts.
        self._inherited = dict(os.environ)
        self._environment = dict(environment)
        self._start = start
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="kaggle")
        self._running: set[threading.Event] = set()
        self._closed = False
        self._version_lock = asyncio.Lock()
        self._version_checked = False
        self._spellings: dict[str, str] = {}
        """Kaggle's own spelling by slug, of those that have capitals."""
        self.outcomes = OutcomeCounts()
        """Of the calls: `ANSWERED`, and kinds of errors."""

    async def download(self, slug: str) -> bytes:
        """Download the zip file with a competition's leaderboard, as Kaggle sends it."""
        slug = parse_competition(slug)
        await self.check_version()
        spelling = self._spellings.get(slug, slug)
        try:
            return await self._download(slug, spelling)
        except (CompetitionNotFound, Forbidden) as error:
            if isinstance(error, RulesNotAccepted) or not await self._is_listed(slug):
                raise
            found = self._spellings.get(slug, slug)
            if found != spelling:
                return await self._download(slug, found)
            raise LeaderboardNotShown(
                f"{slug} has no leaderboard on Kaggle that the bot's account can see: hackathons"
                " and papers have none. If its page shows one, accept the rules at"
                f" https://www.kaggle.com/competitions/{slug}/rules."
            ) from error

    async def _download(self, slug: str, spelling: str) -> bytes:
        return await self._call(
            ("competitions", "leaderboard", spelling, "--download", "--path", ".", "-q"),
            lambda _, folder: _read_zip(folder / f"{spelling}.zip", slug),
            subject=_Subject("leaderboard", slug),
        )

    async def _is_listed(self, slug: str) -> bool:
        with suppress(KaggleError):
            return await self.find_competition(slug) is not None
        return False

    async def load_page(self, slug: str, token: str | None = None) -> BoardPage:
        """Load a page of a competition's leaderboard: the private one as soon as there is one."""
        slug = parse_competition(slug)
        await self.check_version()
        after = () if token is None else (f"--page-token={token}",)
        show = ("--show", "--format", "json", f"--page-size={PAGE_SIZE}", *after)
        return await self._call(
            ("competitions", "leaderboard", self._spellings.get(slug, slug), *show),
            lambda result, _: parse_page(result.stdout),
            subject=_Subject("leaderboard", slug),
        )

    async def find_competition(self, slug: str) -> CompetitionInfo | None:
        """Return what Kaggle lists about a competition; None if no page of its search has it."""
        found = await self._list_competitions(slug, slug)
        return next((info for info in found if info.slug == slug), None)

    async def search_competitions(self, words: str) -> list[CompetitionInfo]:
        """Return the first page of competitions that Kaggle finds for these words."""
        return await self._list_competitions(words)

    async def _list_competitions(
        self, words: str, slug: str | None = None
    ) -> list[CompetitionInfo]:
        await self.check_version()
        # An argument cannot hold NUL or lone surrogates.
        words = "".join(character for character in words if character.isprintable())[:100]
        found = await self._call(
            ("competitions", "list", f"--search={words}", "--format", "json"),
            lambda result, _: parse_competitions(result.stdout),
            program=_build_command(_LIST_PROGRAM, "find" if slug else "search", words),
        )
        self._spellings |= {info.slug: info.spelling for info in found if info.spelling}
        return found

    async def list_newest_competitions(self, token: str | None = None) -> CompetitionPage:
        """Return a page of all competitions, the newest first."""
        await self.check_version()
        after = () if token is None else (f"--page-token={token}",)
        newest = ("--sort-by", "recentlyCreated", "--format", "json", "--page-size=100", *after)
        return await self._call(
            ("competitions", "list", *newest),
            lambda result, _: parse_competition_page(result.stdout),
            program=_build_command(_LIST_PROGRAM, "newest", token or ""),
        )

    async def list_notebooks(self, user_name: str) -> list[str]:
        """Return the titles of a user's public notebooks, newest first, at most a hundred."""
        user_name = parse_user_name(user_name)
        await self.check_version()
        # A hundred is the most that the CLI asks for.
        newest = ("--sort-by", "dateCreated", "--page-size", "100", "--format", "json")
        return await self._call(
            ("kernels", "list", f"--user={user_name}", *newest),
            lambda result, _: parse_notebook_titles(result.stdout, user_name),
        )

    async def list_posts(self, slug: str, kinds: Iterable[PostKind], since: datetime) -> PostList:
        """Return a competition's newest and hot topics, or newest and most voted notebooks.

        Topics are all those since a moment, up to a hundred. Raises `CliTooOld` if the CLI cannot
        list topics.
        """
        slug = parse_competition(slug)
        if not has_package():
            raise CliMissing(f"The kaggle package is not installed; {INSTALL}")
        asked = self._spellings.get(slug, slug), since.isoformat(), *sorted(kinds)
        return await self._call(
            ("competitions", "topics", "list", slug),
            lambda result, _: parse_posts(result.stdout, slug),
            subject=_Subject("topics or notebooks", slug),
            program=_build_command("post_list.py", *asked),
        )

    async def check_login(self) -> None:
        """Call Kaggle once, cheaply, in a way that needs the login."""
        await self.check_version()
        await self._call(("competitions", "list"), lambda *_: None)

    async def check_version(self) -> None:
        """Raise `CliMissing` or `CliTooOld` if the CLI cannot be used."""
        # Only success is kept: a broken CLI may be repaired before the next call.
        async with self._version_lock:
            if self._version_checked:
                return
            version = await self.load_version()
            if _split_version(version) < _split_version(MIN_VERSION):
                raise CliTooOld(
                    f"The Kaggle CLI is version {version}, but leaderboards need {MIN_VERSION} or"
                    f" newer; {INSTALL}"
                )
            self._version_checked = True

    async def load_version(self) -> str:
        """Return the version of the CLI."""
        # Some versions require a login even for this, and try a token that they find.
        dummy_login = {"KAGGLE_USERNAME": "anybody", "KAGGLE_KEY": "none"}
        # Spawned, not forked: this checks that the `kaggle` program itself exists and starts.
        return await self._run(
            ("--version",), lambda result, _: _parse_version(result), dummy_login, start=spawn
        )

    def has_login(self) -> bool:
        """Return whether there is a login, valid or not, without calling Kaggle."""
        return has_login(self._credentials, self._inherited)

    def close(self) -> None:
        """Stop all running calls; later ones raise `KaggleFailed`."""
        self._closed = True
        for stop in self._running:
            stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _call(
        self,
        arguments: tuple[str, ...],
        parse: ResultParser[T],
        *,
        subject: _Subject | None = None,
        program: tuple[str, ...] | None = None,
    ) -> T:
        def parse_or_raise(result: CommandResult, folder: Path) -> T:
            if result.code != 0:
                slug = None if subject is None else subject.slug
                raise classify_failure(result, slug, has_login=self.has_login())
            return parse(result, folder)

        with self.outcomes.count_errors():
            answer = await self._run(
                arguments,
                parse_or_raise,
                self._credentials,
                start=self._start,
                subject=subject,
                program=program,
            )
        self.outcomes[ANSWERED] += 1
        return answer

    async def _run(
        self,
        arguments: tuple[str, ...],
        parse: ResultParser[T],
        credentials: Mapping[str, str],
        *,
        start: CommandStarter,
        subject: _Subject | None = None,
        program: tuple[str, ...] | None = None,
    ) -> T:
        """Run the CLI, or `program` if this Python has the kaggle package."""
        stop = threading.Event()

        def run_call() -> T:
            try:
                with tempfile.TemporaryDirectory(prefix=folder_prefix()) as name:
                    folder = Path(name)
                    command = program
                    if command is None or not has_package():
                        command = (find_cli(self._inherited.get("PATH")), *arguments)
                    result = process.run(
                        command,
                        folder=folder,
                        environment=build_environment(
                            credentials, self._inherited, self._environment, folder
                        ),
                        timeout=self._timeout,
                        max_bytes=_MAX_BYTES,
                        stop=stop,
                        start=start,
                    )
                    redacted = replace(
                        result,
                        stdout=redact_secrets(result.stdout),
                        stderr=redact_secrets(result.stderr),
                    )
                    return parse(redacted, folder)
            except process.CommandFailed as error:
                raise _convert_failure(error, subject, self._timeout) from None
            except OSError as error:
                raise _convert_os_error(error) from error

        if self._closed:
            raise _stopped_error()
        job = self._pool.submit(run_call)
        future = asyncio.wrap_future(job)
        # After a cancellation nobody retrieves the exception.
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        self._running.add(stop)
        try:
            await asyncio.wait({future})
        except asyncio.CancelledError:
            stop.set()
            if not job.cancel():
                await asyncio.wait({future})
            raise
        finally:
            self._running.discard(stop)
        if future.cancelled():
            raise _stopped_error()
        return future.result()


def _build_command(program: str, *arguments: str) -> tuple[str, ...]:
    return sys.executable, "-P", str(Path(__file__).with_name(program)), *arguments


def _stopped_error() -> KaggleFailed:
    return KaggleFailed("The bot was stopped before Kaggle answered; start it again.")


def _convert_failure(
    error: process.CommandFailed, subject: _Subject | None, timeout: float
) -> KaggleError:
    match error:
        case process.CommandTimeout():
            what = "answer"
            if subject is not None:
                what = f"send the {subject.content} of {subject.slug}"
            return TimedOut(
                f"Kaggle did not {what} within {timeout:g} seconds; try again in some minutes, or"
                " set KAGGLE_TIMEOUT_SECONDS higher."
            )
        case process.OutputTooLarge():
            if subject is None or subject.content != "leaderboard":
                return KaggleFailed(
                    "What Kaggle sends is far too large; try again in some minutes."
                )
            return NotALeaderboard(
                f"What Kaggle sends for {subject.slug} is far too large for a leaderboard; look"
                " whether its leaderboard page is in order."
            )
        case process.NoRoomLeft():
            return DiskFull(_DISK_FULL)
    return _stopped_error()


def _convert_os_error(error: OSError) -> KaggleError:
    if error.errno == errno.ENOSPC:
        return DiskFull(_DISK_FULL)
    reason = error.strerror or type(error).__name__
    return KaggleFailed(
        f"The Kaggle CLI could not be run ({reason}); look whether this machine has room left on"
        " its disk, and free files and memory."
    )


def _read_zip(saved: Path, slug: str) -> bytes:
    data = saved.read_bytes() if saved.exists() else b""
    if is_zip(data):
        return data
    if not data:
        what = f"Kaggle sent nothing as the leaderboard of {slug}"
    elif looks_like_web_page(data):
        what = f"Kaggle sent a web page instead of the leaderboard of {slug}"
    else:
        what = f"Kaggle sent something that is no zip file as the leaderboard of {slug}"
    raise NotALeaderboard(f"{what}; try again in some minutes.")


def _parse_version(result: CommandResult) -> str:
    found = re.search(r"^Kaggle \w+ (\d+(?:\.\d+)*)", result.stdout, re.MULTILINE)
    if result.code == 0 and found is not None:
        return found[1]
    lines = (result.stderr or result.stdout).strip().splitlines() or [f"exit code {result.code}"]
    raise CliMissing(f"The Kaggle CLI does not start ({sanitize_line(lines[-1])}); {INSTALL}")


def _split_version(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
