"""One sync of one competition, from the download to the commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import perf_counter

from leaderboards.anomalies import Anomaly
from leaderboards.board import Board, BoardKind
from leaderboards.board_diff import BoardDiff
from leaderboards.board_store import BoardStore, StoredBoard
from leaderboards.errors import BoardRefused, PrivateServed
from leaderboards.history import Snapshot, build_snapshot
from leaderboards.news.rules import decide_news
from leaderboards.parsing.archive import FileLabel, Packed, open_archive
from leaderboards.parsing.reader import read_board

logger = logging.getLogger(__name__)

CLOCK_TOLERANCE = timedelta(hours=1)
"""A board from further in the future than this has a wrong time: the time of reading is taken."""


class Outcome(StrEnum):
    """How a sync ended, when it did not fail."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    HELD = "held"
    STALE = "stale"
    """Kaggle served an older board than the one that is kept."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync read and changed."""

    slug: str
    outcome: Outcome
    teams: int
    new: int = 0
    """Teams that were not there before."""
    moved: int = 0
    """Teams that were there before and have another rank or score."""
    gone: int = 0
    """Teams that are no longer there."""
    benchmarks: int = 0
    announcements: int = 0
    doubt: str | None = None
    taken_at: datetime | None = None
    changes: BoardDiff | None = None
    """None where nothing was stored, and where another process took the board in."""
    unknown_columns: tuple[str, ...] = ()
    """Columns of the file that were ignored."""
    milliseconds: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        """Say it all in one line."""
        times = ", ".join(f"{step} {spent:.0f} ms" for step, spent in self.milliseconds.items())
        told = f", held because {self.doubt}" if self.doubt else ""
        return (
            f"{self.slug}: {self.outcome}: {self.teams} teams, {self.new} new, {self.moved} moved, "
            f"{self.gone} gone, {self.benchmarks} benchmarks, "
            f"{self.announcements} announcements{told} ({times})"
        )


class UnknownColumnLog:
    """Log each column that was ignored once per competition."""

    def __init__(self) -> None:
        self._logged: set[tuple[str, str]] = set()

    def log(self, report: SyncReport) -> None:
        """Log the columns that were not logged before."""
        for name in report.unknown_columns:
            if (report.slug, name) not in self._logged:
                self._logged.add((report.slug, name))
                logger.warning(
                    "%s: Kaggle's file has a column %r that is not read", report.slug, name
                )


def _utcnow() -> datetime:
    return datetime.now(UTC)


async def sync(
    slug: str,
    *,
    download: Callable[[str], Awaitable[bytes]],
    store: BoardStore,
    medals: bool = False,
    announce: bool = True,
    now: Callable[[], datetime] = _utcnow,
    progress: Callable[[str], None] = lambda _step: None,
) -> SyncReport:
    """Bring one competition's board up to date.

    `medals` says whether the competition awards them, `announce` whether servers are told.
    Raises a `LeaderboardError` when Kaggle or the file fails; nothing stored has changed then.
    """
    clock = _Clock()
    progress(f"Asking Kaggle for {slug}")
    data = await download(slug)
    clock.lap("download")

    progress("Reading the board")
    packed, checksum = await asyncio.to_thread(_open, slug, data)
    kind = packed.label.kind
    stored = await store.stored(slug, kind)
    if stored is not None and stored.digest == checksum:
        clock.lap("reading")
        await store.unchanged(slug, now())
        clock.lap("storing")
        return _logged(
            SyncReport(slug, Outcome.UNCHANGED, stored.team_count, milliseconds=clock.laps)
        )
    taken_at = _time_of(packed.label, now(), stored)
    board = await asyncio.to_thread(_read, slug, packed, taken_at, stored)
    clock.lap("reading")
    report = SyncReport(
        slug,
        Outcome.STORED,
        len(board.teams),
        benchmarks=len(board.benchmarks),
        taken_at=taken_at,
        unknown_columns=board.unknown_columns,
        milliseconds=clock.laps,
    )
    if stored is not None and taken_at <= stored.taken_at:
        await store.unchanged(slug, now())
        clock.lap("storing")
        return _logged(replace(report, outcome=Outcome.STALE))

    progress("Comparing it with the last one")
    old = await store.current(slug, kind)
    changes, snapshot = await asyncio.to_thread(_compare, old, board, taken_at)
    if changes.are_none:
        # The same rows, packed or written otherwise.
        clock.lap("comparing")
        await store.unchanged(slug, now())
        clock.lap("storing")
        return _logged(replace(report, outcome=Outcome.UNCHANGED))
    doubt = Anomaly.about(changes)
    clock.lap("comparing")
    if doubt is not None and doubt != await store.held(slug):
        await store.hold(slug, doubt)
        clock.lap("storing")
        return _logged(replace(report, outcome=Outcome.HELD, doubt=doubt))

    progress(f"Storing {len(board.teams):,} teams")
    moment = now()
    announcements = await store.commit(
        slug,
        changes,
        snapshot,
        digest=checksum,
        decide=(lambda follower: decide_news(changes, follower, medals=medals, now=moment))
        if announce
        else None,
        now=moment,
    )
    clock.lap("storing")
    return _logged(
        replace(
            report,
            new=len(changes.new_rows),
            moved=changes.moved,
            gone=len(changes.gone),
            changes=changes,
            announcements=announcements,
        )
    )


def _open(slug: str, data: bytes) -> tuple[Packed, bytes]:
    packed = open_archive(data)
    label = packed.label
    if label.slug not in (None, slug):
        raise BoardRefused(
            f"Kaggle answered with the leaderboard of {label.slug} when asked for {slug}."
        )
    if label.kind is BoardKind.PRIVATE:
        raise PrivateServed(
            f"Kaggle answered with {slug}'s private leaderboard; only the public one is followed."
        )
    return packed, packed.digest()


def _time_of(label: FileLabel, now: datetime, stored: StoredBoard | None) -> datetime:
    if label.taken_at is None:
        return now.replace(microsecond=0)
    # A clock that stands before the last board is itself the wrong one.
    clock_is_right = stored is None or stored.taken_at <= now
    if clock_is_right and label.taken_at > now + CLOCK_TOLERANCE:
        return now.replace(microsecond=0)
    return label.taken_at


def _read(slug: str, packed: Packed, taken_at: datetime, stored: StoredBoard | None) -> Board:
    known_order = stored.order if stored is not None else None
    board = read_board(
        packed.unpack(),
        slug=slug,
        kind=packed.label.kind,
        taken_at=taken_at,
        order=known_order,
    )
    if not board.complete:
        raise BoardRefused(
            f"This is only one page of {slug}'s leaderboard; the whole one is needed."
        )
    return replace(board, order=board.order or known_order)


def _compare(old: Board | None, new: Board, taken_at: datetime) -> tuple[BoardDiff, Snapshot]:
    changes = BoardDiff.between(old, new)
    return changes, build_snapshot(changes, taken_at)


def _logged(report: SyncReport) -> SyncReport:
    logger.info(report.line())
    return report


class _Clock:
    """Measures how long each step took, in milliseconds."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, step: str) -> None:
        now = perf_counter()
        self.laps[step] = (now - self._since) * 1000
        self._since = now
