"""Every form of Kaggle's leaderboard file, read into a `Board` or refused with a reason."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leaderboards.archive import MAX_BYTES, Download, Label, is_archive, label_of, read_archive
from leaderboards.board import UNKNOWN, Board, Columns, Kind, Order
from leaderboards.dates import INVALID, unix_seconds
from leaderboards.errors import BoardRefused
from leaderboards.ranking import order_of_ranked, rank_history, rank_teams
from leaderboards.table import NO_TEAMS, Table, read_table

_NOT_WHOLE = re.compile(r"[^0-9+\-\s]")
_NOT_DECIMAL = re.compile(r"[^0-9eE.+\-\s]")
"""Python reads more as numbers than Kaggle writes: `1_000`, `nan`, the digits of other scripts."""


def read_file(path: Path, *, order: Order | None = None) -> Board:
    """Read a saved zip or CSV; its name, or that of the CSV in it, tells what it is."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BoardRefused(f"{path.name} is larger than a leaderboard can be.")
        data = path.read_bytes()
    except OSError as error:
        raise BoardRefused(f"{path} cannot be read: {error.strerror}.") from error
    file: Download | Label
    if is_archive(data) or path.suffix.lower() == ".zip":
        file = read_archive(data)
        data = file.csv
    else:
        file = label_of(path.name)
    board = read_board(data, slug=file.slug, kind=file.kind, taken_at=file.taken_at, order=order)
    if order not in (None, board.order):
        raise BoardRefused(
            f"The board itself says that the {board.order} score is the better one,"
            f" which --order {order} contradicts."
        )
    return board


def read_board(
    csv: bytes,
    *,
    slug: str | None = None,
    kind: Kind = Kind.PUBLIC,
    taken_at: datetime | None = None,
    order: Order | None = None,
) -> Board:
    """Read a leaderboard's CSV; `order` counts where the file does not tell the better score."""
    table = read_table(csv)
    rows = _typed(table)
    ranks_derived = not table.has("rank")
    benchmarks = np.zeros(0, dtype=np.int64)
    if not ranks_derived:
        _refuse_repeats(table, rows.team_id, "team {} stands on the board twice.")
        benchmarks = np.flatnonzero(rows.rank == 0)
        teams, order = _by_rank(table, rows, order)
    elif _repeats(rows.team_id).size:
        teams, order = rank_history(rows, order)
    else:
        teams, order = rank_teams(rows, order)
    return Board(
        slug=slug,
        kind=kind,
        taken_at=taken_at,
        order=order,
        teams=teams,
        benchmarks=rows.take(benchmarks),
        teams_above=benchmarks - np.arange(len(benchmarks)),
        ranks_derived=ranks_derived,
        complete=table.complete,
    )


def _by_rank(table: Table, rows: Columns, order: Order | None) -> tuple[Columns, Order | None]:
    """Put the teams in the order of Kaggle's ranks, and learn from it which score is better."""
    in_file = np.flatnonzero(rows.rank)
    if not in_file.size:
        raise BoardRefused(NO_TEAMS)
    ranks = rows.rank[in_file]
    if bool((np.diff(ranks) > 0).all()):
        teams = rows if len(in_file) == len(rows) else rows.take(in_file)
    else:
        repeats = _repeats(ranks)
        if repeats.size:
            index = int(in_file[repeats[0]])
            table.refuse(index, f"rank {rows.rank[index]} was already given to another team.")
        teams = rows.take(in_file[np.argsort(ranks, kind="stable")])
    return teams, order_of_ranked(teams.score) or order


def _typed(table: Table) -> Columns:
    columns = table.columns
    count = len(table.rows)
    unknown = np.full(count, UNKNOWN, dtype=np.int64)
    return Columns(
        rank=(
            _whole_numbers(table, "rank", lowest=0)
            if table.has("rank")
            else np.zeros(count, dtype=np.int64)
        ),
        team_id=_whole_numbers(table, "teamid", lowest=1),
        team_name=columns["teamname"],
        score=_scores(table),
        score_text=columns["score"],
        submissions=(
            _whole_numbers(table, "submissioncount", lowest=0, may_be_blank=True)
            if table.has("submissioncount")
            else unknown
        ),
        last_submission_at=_dates(table),
        members=(
            columns["teammemberusernames"] if "teammemberusernames" in columns else [""] * count
        ),
    )


def _whole_numbers(
    table: Table, name: str, *, lowest: int, may_be_blank: bool = False
) -> NDArray[np.int64]:
    read = table.numbers.get(name)
    if read is not None:
        return _not_less(table, name, read, lowest)
    texts = table.columns[name]
    blank = [i for i, text in enumerate(texts) if not text] if may_be_blank else []
    numbers = _whole([text or "0" for text in texts] if blank else texts)
    if numbers is None:
        index = next(i for i, text in enumerate(texts) if i not in blank and _whole([text]) is None)
        table.refuse(index, f"{name} {texts[index][:40]!r} is no whole number.")
    _not_less(table, name, numbers, lowest)
    numbers[blank] = UNKNOWN
    return numbers


def _not_less(
    table: Table, name: str, numbers: NDArray[np.int64], lowest: int
) -> NDArray[np.int64]:
    low = np.flatnonzero(numbers < lowest)
    if low.size:
        table.refuse(int(low[0]), f"{name} {numbers[low[0]]} is less than {lowest}.")
    return numbers


def _whole(texts: list[str]) -> NDArray[np.int64] | None:
    if _NOT_WHOLE.search("".join(texts)):
        return None
    try:
        return np.array(texts, dtype=object).astype(np.int64)
    except (ValueError, OverflowError):
        return None


def _scores(table: Table) -> NDArray[np.float64]:
    texts = table.columns["score"]
    scores = _decimal(texts)
    if scores is None:
        index = next(index for index, text in enumerate(texts) if _decimal([text]) is None)
        table.refuse(index, f"the score {texts[index][:40]!r} is no number.")
    return scores


def _decimal(texts: list[str]) -> NDArray[np.float64] | None:
    if _NOT_DECIMAL.search("".join(texts)):
        return None
    try:
        numbers = np.array(texts, dtype=object).astype(np.float64)
    except ValueError:
        return None
    return numbers if bool(np.isfinite(numbers).all()) else None


def _dates(table: Table) -> NDArray[np.int64]:
    columns = table.columns
    texts = columns.get("lastsubmissiondate") or columns["submissiondate"]
    seconds = unix_seconds(texts)
    wrong = np.flatnonzero(seconds == INVALID)
    if wrong.size:
        index = int(wrong[0])
        table.refuse(index, f"{texts[index][:40]!r} is no date.")
    return seconds


def _repeats(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the indices at which a number stands that stood before."""
    return np.flatnonzero(pd.Series(numbers).duplicated().to_numpy())


def _refuse_repeats(table: Table, numbers: NDArray[np.int64], reason: str) -> None:
    repeats = _repeats(numbers)
    if repeats.size:
        table.refuse(int(repeats[0]), reason.format(numbers[repeats[0]]))
