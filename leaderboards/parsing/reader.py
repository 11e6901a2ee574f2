"""Every form of Kaggle's leaderboard file, read into a `Board` or refused with a reason."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from leaderboards.board import Board, BoardKind, Columns, Integers, ScoreOrder
from leaderboards.errors import BoardRefused, EmptyBoard
from leaderboards.parsing.columns import parse_columns
from leaderboards.parsing.header import CsvText, decode_csv
from leaderboards.parsing.ranking import infer_score_order, rank_score_history, rank_teams
from leaderboards.parsing.table import NO_TEAMS, read_table
from leaderboards.parsing.zip_file import (
    MAX_BYTES,
    is_zip,
    open_zip,
    parse_file_name,
)


def read_file(path: Path, *, order: ScoreOrder | None = None) -> Board:
    """Read a saved zip or CSV, named as Kaggle names them; raises `LeaderboardError`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BoardRefused(f"{path.name} is larger than a leaderboard can be.")
        data = path.read_bytes()
    except OSError as error:
        raise BoardRefused(f"{path} cannot be read: {error.strerror}.") from error
    if is_zip(data) or path.suffix.lower() == ".zip":
        zipped = open_zip(data)
        label, csv = zipped.label, zipped.unpack()
    else:
        label, csv = parse_file_name(path.name), data
    board = read_board(csv, slug=label.slug, kind=label.kind, taken_at=label.taken_at, order=order)
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
    kind: BoardKind = BoardKind.PUBLIC,
    taken_at: datetime | None = None,
    order: ScoreOrder | None = None,
) -> Board:
    """Parse a leaderboard's CSV.

    `order` says which score is better. A file with ranks, or with several scores of a team, mostly
    shows the order itself, and then `order` is ignored; in any other file `order` decides.
    """
    text = decode_csv(csv)
    rows = _parse_rows(text)
    ranks_derived = text.find_name("rank") is None
    benchmarks = np.zeros(0, dtype=np.int64)
    if not ranks_derived:
        benchmarks = np.flatnonzero(rows.rank == 0)
        teams, order = _sort_by_rank(rows, order)
    elif _find_repeats(rows.team_id).size:
        teams, order = rank_score_history(rows, order)
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
        complete=text.complete,
        unknown_columns=tuple(text.unknown_names),
    )


def _parse_rows(text: CsvText) -> Columns:
    table = read_table(text)
    rows = parse_columns(text, table)
    if text.find_name("rank"):
        repeated = _find_duplicate(rows)
        if repeated is not None:
            table.refuse(*repeated)
    return rows


def _sort_by_rank(rows: Columns, order: ScoreOrder | None) -> tuple[Columns, ScoreOrder | None]:
    """Sort the teams by Kaggle's ranks, and infer from them which score is better."""
    team_rows = np.flatnonzero(rows.rank)
    if not team_rows.size:
        raise EmptyBoard(NO_TEAMS)
    ranks = rows.rank[team_rows]
    if bool((np.diff(ranks) > 0).all()):
        teams = rows if len(team_rows) == len(rows) else rows.take(team_rows)
    else:
        teams = rows.take(team_rows[np.argsort(ranks, kind="stable")])
    return teams, infer_score_order(teams.score) or order


def _find_duplicate(rows: Columns) -> tuple[int, str] | None:
    """Return the first row whose team or rank an earlier row has, with the reason to refuse it."""
    repeats = _find_repeats(rows.team_id)
    if repeats.size:
        return int(repeats[0]), f"team {rows.team_id[repeats[0]]} stands on the board twice."
    team_rows = np.flatnonzero(rows.rank)
    repeats = team_rows[_find_repeats(rows.rank[team_rows])]
    if repeats.size:
        rank = rows.rank[repeats[0]]
        return int(repeats[0]), f"rank {rank} was already given to another team."
    return None


def _find_repeats(numbers: Integers) -> Integers:
    """Return the indices of numbers that occur earlier too."""
    return np.flatnonzero(pd.Series(numbers).duplicated().to_numpy())
