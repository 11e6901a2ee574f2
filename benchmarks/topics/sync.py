"""Cost of one sync, from the zip to the commit, beside a baseline and the row-by-row way."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

from benchmarks import Effort
from benchmarks.baseline import pandas_baseline, row_by_row, settle
from benchmarks.boards import (
    FIRST,
    SLUG,
    build_board,
    build_drifted_board,
    build_next_board,
    build_zip,
    format_csv,
)
from benchmarks.figure import Figure
from benchmarks.measure import Case, interleaved
from leaderboards.sync import Outcome, SyncOptions, SyncReport, sync_board
from storage.storage import Storage

_ROUNDS = {1_744: 31, 15_739: 15, 100_000: 7}
_USUAL_GOALS = {1_744: 1.5, 15_739: 1.0, 100_000: 1.0}
_numbers = count()


def figures(effort: Effort) -> Iterator[Figure]:
    """Measure a first sync, the usual one, the lively one and the same bytes again."""
    logging.disable()
    # As in the board worker.
    gc.freeze()
    gc.set_threshold(100_000)
    for teams in effort.sizes:
        yield from _measure_size(teams, effort)


def _measure_size(teams: int, effort: Effort) -> Iterator[Figure]:
    folder, rounds = effort.folder, effort.rounds(_ROUNDS[teams])
    first = build_board(teams)
    old, old_csv = build_zip(first), format_csv(first)
    next_boards = {"usual": build_next_board(first), "lively": build_drifted_board(first)}
    cases: dict[str, Case] = {
        "F": pandas_baseline(folder, old_csv),
        "new": podium(folder, old),
        "same": podium(folder, build_zip(first, 1), old, Outcome.UNCHANGED),
    }
    for name, board in next_boards.items():
        cases[f"F {name}"] = pandas_baseline(folder, format_csv(board), old_csv)
        cases[name] = podium(folder, build_zip(board, 1), old)
    ms = interleaved(cases, rounds)

    def compared(what: str, name: str, baseline: str, goal: float) -> Figure:
        raw = {"sync": ms[name], "F": ms[baseline]}
        return Figure(what, ms[name] / ms[baseline], "F", teams, goal, raw=raw)

    yield compared("a sync where everything is new", "new", "F", 2.2)
    yield compared(
        "the usual sync: 0.2 % moved by themselves", "usual", "F usual", _USUAL_GOALS[teams]
    )
    yield compared("a lively sync: 60 % of scores changed", "lively", "F lively", 2.2)
    yield compared("a sync of the same bytes", "same", "F usual", 0.1)
    if teams <= 15_739:
        rows = row_by_row(folder, format_csv(next_boards["usual"]), old_csv)
        yield _against_row_by_row(teams, {"row by row": rows, "sync": cases["usual"]}, effort)


def _against_row_by_row(teams: int, cases: Mapping[str, Case], effort: Effort) -> Figure:
    ms = interleaved(cases, effort.rounds(15 if teams < 10_000 else 5))
    return Figure(
        "the usual sync against row by row",
        ms["row by row"] / ms["sync"],
        "times faster",
        teams,
        100,
        at_least=True,
        raw=ms,
    )


def podium(
    folder: Path, new: bytes, old: bytes | None = None, outcome: Outcome = Outcome.STORED
) -> Case:
    """Sync as Podium does, on a database of its own; with `old` that board was synced before.

    Another competition comes just before it, new, changed and unchanged, as all day long in the
    board worker.
    """
    changed = build_next_board(build_board(10))
    other = [
        build_zip(build_board(10), slug="other"),
        *(build_zip(changed, n, "other") for n in (1, 2)),
    ]

    @contextmanager
    def prepare() -> Iterator[Callable[[], object]]:
        path = folder / f"podium-{next(_numbers)}.db"
        with asyncio.Runner() as runner:
            storage = runner.run(Storage.open(path, blocking=True))
            try:
                if old is not None:
                    runner.run(sync_zip(storage, old, 0))
                    settle(path)
                for syncs, board in enumerate(other):
                    runner.run(sync_zip(storage, board, syncs, slug="other"))
                reports: list[SyncReport] = []

                async def once() -> None:
                    reports.append(await sync_zip(storage, new, 1))

                yield lambda: runner.run(once())
                if reports[0].outcome is not outcome:
                    raise AssertionError(reports[0].format_line())
            finally:
                runner.run(storage.close())
        path.unlink()

    return prepare


async def sync_zip(storage: Storage, zip_file: bytes, syncs: int, slug: str = SLUG) -> SyncReport:
    """Sync a competition whose download is this zip file."""
    options = SyncOptions(now=FIRST + syncs * timedelta(minutes=5))
    await storage.competitions.add_for_owner(slug)
    return await sync_board(slug, zip_file, store=storage.board_writer, options=options)
