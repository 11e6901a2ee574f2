"""Sync of one competition: parse a leaderboard, compare it, and store what changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from time import perf_counter

from leaderboards.board import Board, BoardKind
from leaderboards.board_store import BoardStore, StoredBoard
from leaderboards.comparison.anomalies import Anomaly
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.comparison.rescoring import NO_DRIFT
from leaderboards.errors import BoardRefused, PrivateBoardServed
from leaderboards.history import Snapshot, build_snapshot
from leaderboards.kaggle.pages import Row
from leaderboards.kaggle.private_board import build_private_board, compute_checksum
from leaderboards.news.rules import decide_news, decide_rescored_news
from leaderboards.parsing.reader import read_board
from leaderboards.parsing.zip_file import FileLabel, ZippedCsv, open_zip
from leaderboards.results.competition_end import CompetitionEnd
from leaderboards.results.final_board_change import FinalBoardChange

logger = logging.getLogger(__name__)

CLOCK_TOLERANCE = timedelta(hours=1)
"""A file whose name is further in the future than this is dated by the time of the sync."""


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """Options for storing a downloaded board."""

    medals: bool = False
    """Whether the competition awards medals."""
    announce: bool = True
    """Whether servers are told what changed."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The time of the sync."""


@dataclass(frozen=True, slots=True)
class PrivateBoardRows:
    """The private board of a competition that has ended, as Kaggle's pages show it."""

    rows: Sequence[Row]
    ended_at: datetime
    replaces_public: bool = False
    """Whether the public board was announced as the final one before."""


class Outcome(StrEnum):
    """The result of a successful sync."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    HELD = "held"
    STALE = "stale"
    """Kaggle served a board that is not newer than the stored one."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """Report of one sync: what it read and changed."""

    slug: str
    outcome: Outcome
    teams: int
    new: int = 0
    """Teams that were not on the stored board."""
    changed: int = 0
    """Teams of the stored board whose rank or score changed."""
    gone: int = 0
    """Teams of the stored board that are no longer listed."""
    benchmarks: int = 0
    announcements: int = 0
    anomaly: str | None = None
    """Why the board was not stored, for `Outcome.HELD`."""
    taken_at: datetime | None = None
    changes: BoardDiff | None = None
    """None if nothing was stored, or if the board was stored by the board worker."""
    unknown_columns: tuple[str, ...] = ()
    """Columns of the file that were ignored."""
    milliseconds: dict[str, float] = field(default_factory=dict)
    """Duration of each step."""

    def add_download_time(self, milliseconds: float) -> SyncReport:
        """Return the report with the download as its first step."""
        return replace(self, milliseconds={"download": milliseconds, **self.milliseconds})

    def format_line(self) -> str:
        """Return the report as one line for the log."""
        times = ", ".join(f"{step} {spent:.0f} ms" for step, spent in self.milliseconds.items())
        reason = f"; {self.anomaly}" if self.anomaly else ""
        return (
            f"{self.slug}: {self.outcome}: {self.teams} teams, {self.new} new, "
            f"{self.changed} changed, {self.gone} gone, {self.benchmarks} benchmarks, "
            f"{self.announcements} announcements{reason} ({times})"
        )


class ReportLog:
    """Logs reports, and each ignored column once per competition."""

    def __init__(self) -> None:
        self._logged_columns: set[tuple[str, str]] = set()

    def log(self, report: SyncReport) -> None:
        """Log a report."""
        logger.info(report.format_line())
        for name in report.unknown_columns:
            if (report.slug, name) not in self._logged_columns:
                self._logged_columns.add((report.slug, name))
                logger.warning(
                    "%s: Kaggle's file has a column %r that is not read", report.slug, name
                )


async def sync_board(
    slug: str,
    data: bytes | PrivateBoardRows,
    *,
    store: BoardStore,
    options: SyncOptions,
    progress: Callable[[str], None] = lambda _step: None,
) -> SyncReport:
    """Parse a competition's downloaded zip file, or its private board, and store what changed.

    Raises a `LeaderboardError` if it is refused; the stored board is then unchanged.
    """
    if isinstance(data, PrivateBoardRows):
        return await _sync_private_board(slug, data, store, options)
    stopwatch, now = _Stopwatch(), options.now
    progress("Reading the board")
    zipped, checksum = _open_zip(slug, data)
    kind = zipped.label.kind
    stored = await store.find_stored(slug, kind)
    if stored is not None and stored.checksum == checksum:
        stopwatch.lap("reading")
        await store.record_unchanged(slug, now)
        stopwatch.lap("storing")
        return SyncReport(slug, Outcome.UNCHANGED, stored.team_count, milliseconds=stopwatch.laps)
    taken_at = _date_board(zipped.label, now, stored)
    board = _parse_board(slug, zipped, taken_at, stored)
    stopwatch.lap("reading")
    report = SyncReport(
        slug,
        Outcome.STORED,
        len(board.teams),
        benchmarks=len(board.benchmarks),
        taken_at=taken_at,
        unknown_columns=board.unknown_columns,
        milliseconds=stopwatch.laps,
    )
    if stored is not None and taken_at <= stored.taken_at:
        await store.record_unchanged(slug, now)
        stopwatch.lap("storing")
        return replace(report, outcome=Outcome.STALE)

    progress("Comparing it with the last one")
    old = await store.load_board(slug, kind)
    changes, snapshot = _compare(old, board, taken_at)
    anomaly = None if changes.is_empty else Anomaly.find_in(changes)
    stopwatch.lap("comparing")
    if changes.is_empty:
        # Another file with the same rows, such as one that was compressed differently.
        await store.record_unchanged(slug, now)
        stopwatch.lap("storing")
        return replace(report, outcome=Outcome.UNCHANGED)
    if anomaly is not None and (
        anomaly != await store.find_anomaly(slug)
        or (anomaly.needs_another_file and stored and stored.held_checksum == checksum)
    ):
        await store.record_anomaly(slug, kind, anomaly, checksum)
        stopwatch.lap("storing")
        return replace(report, outcome=Outcome.HELD, anomaly=anomaly)

    progress(f"Storing {len(board.teams):,} teams")
    drift_before = stored.score_drift if stored else NO_DRIFT
    drift = drift_before.measure(changes, stored.seen_at if stored else None)
    if drift.is_step:
        decide = partial(
            decide_rescored_news, changes, medals=options.medals, announce=drift.rescored
        )
    else:
        decide = partial(decide_news, changes, medals=options.medals, now=now)
    announcements = await store.commit(
        slug,
        changes,
        snapshot,
        checksum=checksum,
        decide=decide if options.announce else None,
        now=now,
        drift=drift,
    )
    stopwatch.lap("storing")
    return replace(
        report,
        new=len(changes.new_rows),
        changed=changes.changed_count,
        gone=len(changes.gone_rows),
        changes=changes,
        announcements=announcements,
    )


def check_board(slug: str, data: bytes) -> None:
    """Raise the `LeaderboardError` with which a first sync would refuse a downloaded zip file."""
    zipped, _ = _open_zip(slug, data)
    _parse_board(slug, zipped, zipped.label.taken_at, None)


async def _sync_private_board(
    slug: str, found: PrivateBoardRows, store: BoardStore, options: SyncOptions
) -> SyncReport:
    """Store a private board; it is announced as the end, and later as a changed final board."""
    stopwatch, now = _Stopwatch(), options.now
    checksum = compute_checksum(found.rows)
    stored = await store.find_stored(slug, BoardKind.PRIVATE)
    if stored is not None and stored.checksum == checksum:
        await store.record_unchanged(slug, now)
        stopwatch.lap("storing")
        return SyncReport(slug, Outcome.UNCHANGED, stored.team_count, milliseconds=stopwatch.laps)
    public = await store.load_board(slug, BoardKind.PUBLIC)
    if public is None:
        raise BoardRefused(f"There is no public board of {slug} to compare its private one with.")
    old, taken_at = await store.load_board(slug, BoardKind.PRIVATE), now.replace(microsecond=0)
    private = build_private_board(found.rows, public, taken_at)
    changes, snapshot = _compare(old, private, taken_at)
    end = CompetitionEnd(
        slug,
        found.ended_at,
        public,
        private,
        options.medals,
        replaces_public=found.replaces_public,
    )
    decide = end.decide if old is None else FinalBoardChange(end, changes).decide
    stopwatch.lap("comparing")
    announcements = await store.commit(
        slug,
        changes,
        snapshot,
        checksum=checksum,
        decide=decide if options.announce else None,
        now=now,
    )
    stopwatch.lap("storing")
    return SyncReport(
        slug,
        Outcome.STORED,
        len(private.teams),
        new=len(changes.new_rows),
        changed=changes.changed_count,
        gone=len(changes.gone_rows),
        benchmarks=len(private.benchmarks),
        announcements=announcements,
        taken_at=taken_at,
        changes=changes,
        milliseconds=stopwatch.laps,
    )


def _open_zip(slug: str, data: bytes) -> tuple[ZippedCsv, bytes]:
    zipped = open_zip(data)
    label = zipped.label
    if label.slug not in (None, slug):
        raise BoardRefused(
            f"Kaggle answered with the leaderboard of {label.slug} when asked for {slug}. If it was"
            " renamed, the command /competition rename moves it there, with its history."
        )
    if label.kind is BoardKind.PRIVATE:
        raise PrivateBoardServed(
            f"Kaggle answered with {slug}'s private leaderboard; the downloaded file must be the"
            " public one."
        )
    return zipped, zipped.checksum()


def _date_board(label: FileLabel, now: datetime, stored: StoredBoard | None) -> datetime:
    if label.taken_at is None:
        return now.replace(microsecond=0)
    # If the stored board is in the future too, the machine's clock is wrong, not the file's name.
    clock_is_right = stored is None or stored.taken_at <= now
    if clock_is_right and label.taken_at > now + CLOCK_TOLERANCE:
        return now.replace(microsecond=0)
    return label.taken_at


def _parse_board(
    slug: str, zipped: ZippedCsv, taken_at: datetime | None, stored: StoredBoard | None
) -> Board:
    board = read_board(
        zipped.unpack(),
        slug=slug,
        kind=zipped.label.kind,
        taken_at=taken_at,
        order=stored.order if stored is not None else None,
    )
    if not board.complete:
        raise BoardRefused(
            f"This is only one page of {slug}'s leaderboard; the whole one is needed."
        )
    return board


def _compare(old: Board | None, new: Board, taken_at: datetime) -> tuple[BoardDiff, Snapshot]:
    changes = BoardDiff.between(old, new)
    return changes, build_snapshot(changes, taken_at)


class _Stopwatch:
    """Stopwatch for the steps of a sync, in milliseconds."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, step: str) -> None:
        now = perf_counter()
        self.laps[step] = (now - self._since) * 1000
        self._since = now
