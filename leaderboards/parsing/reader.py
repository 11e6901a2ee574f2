"""Every form of Kaggle's leaderboard file, read into a `Board` or refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leaderboards.board import Board, BoardKind, Columns, ScoreOrder
from leaderboards.errors import BoardRefused
from leaderboards.marks import Marks
from leaderboards.matching import marked_otherwise, rows_of
from leaderboards.parsing.archive import (
    MAX_BYTES,
    Download,
    FileLabel,
    is_archive,
    parse_file_name,
    read_archive,
)
from leaderboards.parsing.columns import parse_columns
from leaderboards.parsing.form import AFTER_THE_RANK
from leaderboards.parsing.header import Text, decode_csv
from leaderboards.parsing.line_texts import LineFields, LineTexts
from leaderboards.parsing.lines import Lines, lines_of
from leaderboards.parsing.ranking import infer_score_order, rank_history, rank_teams
from leaderboards.parsing.table import NO_TEAMS, Table, read_table

_MANY = 4
"""Where more than one line in so many is new, the whole file is read."""


def read_file(path: Path, *, order: ScoreOrder | None = None) -> Board:
    """Read a saved zip or CSV; its name, or that of the CSV in it, tells what it is."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BoardRefused(f"{path.name} is larger than a leaderboard can be.")
        data = path.read_bytes()
    except OSError as error:
        raise BoardRefused(f"{path} cannot be read: {error.strerror}.") from error
    file: Download | FileLabel
    if is_archive(data) or path.suffix.lower() == ".zip":
        file = read_archive(data)
        data = file.csv
    else:
        file = parse_file_name(path.name)
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
    kind: BoardKind = BoardKind.PUBLIC,
    taken_at: datetime | None = None,
    order: ScoreOrder | None = None,
    known: Marks | None = None,
) -> Board:
    """Read a leaderboard's CSV; `order` counts where the file does not tell the better score.

    Of rows that are `known` from the last board the texts are read when somebody asks for them.
    """
    text = decode_csv(csv)
    lines = lines_of(text)
    rows = _read_lines(lines, known) if lines is not None and known is not None else None
    if rows is None:
        rows = _read_whole(text, lines)
    ranks_derived = "rank" not in text.names
    benchmarks = np.zeros(0, dtype=np.int64)
    if not ranks_derived:
        benchmarks = np.flatnonzero(rows.rank == 0)
        teams, order = _by_rank(rows, order)
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
        complete=text.complete,
    )


def _read_whole(text: Text, lines: Lines | None) -> Columns:
    table = read_table(text)
    rows = parse_columns(table)
    if table.has("rank"):
        repeated = _repeated(rows)
        if repeated is not None:
            table.refuse(*repeated)
    # As many rows as lines: each row is a line.
    if (
        lines is not None
        and np.array_equal(lines.rank, rows.rank)
        and np.array_equal(lines.team_id, rows.team_id)
    ):
        return replace(rows, mark=lines.mark)
    return rows


def _read_lines(lines: Lines, known: Marks) -> Columns | None:
    """Read only the lines that are not known.

    None where these are many, since pandas is faster then, and where anything is odd: what it is,
    and in which row, the whole file tells.
    """
    at = rows_of(known.team_id, lines.team_id)
    unknown = np.flatnonzero(marked_otherwise(known.mark, lines.mark, at))
    if len(unknown) > len(lines) / _MANY:
        return None
    fields = LineFields(lines.body, lines.begin, lines.end)
    new = _typed_lines(lines, fields, unknown)
    if new is None:
        return None

    def numbers(of_known: NDArray[Any], of_new: NDArray[Any]) -> NDArray[Any]:
        column = of_known[at]
        column[unknown] = of_new
        return column

    rows = Columns(
        rank=lines.rank,
        team_id=lines.team_id,
        team_name=LineTexts.of("teamname", fields),
        score=numbers(known.score, new.score),
        score_text=LineTexts.of("score", fields),
        submissions=numbers(known.submissions, new.submissions),
        last_submission_at=numbers(known.last_submission_at, new.last_submission_at),
        members=LineTexts.of("teammemberusernames", fields),
        mark=lines.mark,
    )
    return rows if _repeated(rows) is None else None


def _typed_lines(lines: Lines, fields: LineFields, picked: NDArray[np.int64]) -> Columns | None:
    rows = fields.take_apart(picked.tolist())
    if rows is None:
        return None
    columns = zip(*rows, strict=True) if rows else [()] * len(AFTER_THE_RANK)
    try:
        return parse_columns(
            Table(
                dict(zip(AFTER_THE_RANK, map(list, columns), strict=True)),
                {"rank": lines.rank[picked], "teamid": lines.team_id[picked]},
                lines.first_row + picked,
            )
        )
    except BoardRefused:
        return None


def _by_rank(rows: Columns, order: ScoreOrder | None) -> tuple[Columns, ScoreOrder | None]:
    """Put the teams in the order of Kaggle's ranks, and learn from it which score is better."""
    in_file = np.flatnonzero(rows.rank)
    if not in_file.size:
        raise BoardRefused(NO_TEAMS)
    ranks = rows.rank[in_file]
    if bool((np.diff(ranks) > 0).all()):
        teams = rows if len(in_file) == len(rows) else rows.take(in_file)
    else:
        teams = rows.take(in_file[np.argsort(ranks, kind="stable")])
    return teams, infer_score_order(teams.score) or order


def _repeated(rows: Columns) -> tuple[int, str] | None:
    """Find the first row whose team or rank stands above it already, and say so."""
    repeats = _repeats(rows.team_id)
    if repeats.size:
        return int(repeats[0]), f"team {rows.team_id[repeats[0]]} stands on the board twice."
    in_file = np.flatnonzero(rows.rank)
    repeats = in_file[_repeats(rows.rank[in_file])]
    if repeats.size:
        rank = rows.rank[repeats[0]]
        return int(repeats[0]), f"rank {rank} was already given to another team."
    return None


def _repeats(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the indices at which a number stands that stood before."""
    # In a good file there are none, which sorting tells sooner than pandas does.
    ascending = np.sort(numbers)
    if bool((ascending[1:] != ascending[:-1]).all()):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(pd.Series(numbers).duplicated().to_numpy())
