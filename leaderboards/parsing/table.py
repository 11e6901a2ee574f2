"""A leaderboard file as columns of text, whatever its encoding, delimiter and line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leaderboards.errors import BoardRefused
from leaderboards.parsing.header import TODAY, Text

NO_TEAMS = "The board has no teams."

_BLANKS = " \t\r\n"
"""Characters without meaning around a field, except in `_EXACT_COLUMN`."""
_EXACT_COLUMN = "teamname"

_WHOLE_NUMBERS = ("rank", "teamid", "submissioncount")
_TYPES: dict[int, Any] = {
    position: np.int64 if name in _WHOLE_NUMBERS else object
    for position, name in enumerate([*TODAY, ""])
}
_AS_WRITTEN: dict[str, Any] = {
    "header": None,
    "index_col": False,
    "keep_default_na": False,
    "na_filter": False,
    "skip_blank_lines": False,
    "low_memory": False,
}
"""How pandas is told to change nothing that stands in the file."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file by their name in lower case, without blank rows and outer blanks.

    Team names alone keep their blanks.
    """

    columns: dict[str, list[str]]
    numbers: dict[str, NDArray[np.int64]]
    """Columns of whole numbers that were read as such; they are not among the others."""
    rows: NDArray[np.int64]
    """The number of each row as a person counts them; the file's first line is 1."""

    def has(self, name: str) -> bool:
        """Tell whether the file has a column."""
        return name in self.columns or name in self.numbers

    def refuse(self, index: int, reason: str) -> NoReturn:
        """Refuse the file because of one row."""
        raise BoardRefused(f"Row {self.rows[index]}: {reason}")


def read_table(text: Text) -> Table:
    """Read a leaderboard's CSV, with any line ends, as the texts that stand in it."""
    table = _todays(text)
    if table is not None:
        return table
    frame = _frame(text)
    fields = [frame[position].tolist() for position in range(len(text.names))]
    _refuse_short_rows(text, fields[-1])
    return _without_blank_rows(text, fields)


def _todays(text: Text) -> Table | None:
    """Read a file as Kaggle writes them today, numbers as numbers, in half of the time.

    None for any other, and for one in which something is odd: the slow way finds out what.
    """
    if not text.is_todays:
        return None
    # pandas measures no row before the second; with an open quotation mark the line is no row.
    first = text.body.partition(b"\n")[0]
    if first.count(b'"') % 2:
        return None
    try:
        if len(next(csv.reader([first.decode()]), ())) != len(TODAY):
            return None
        # Otherwise a number beyond any integer would be a warning in the log.
        with np.errstate(invalid="raise"):
            frame = pd.read_csv(
                io.BytesIO(text.body),
                dtype=_TYPES,
                **_AS_WRITTEN,
                names=range(len(TODAY) + 1),
                lineterminator="\n",
            )
    except (ValueError, ArithmeticError, csv.Error):
        return None
    *columns, surplus = (column.to_numpy() for _, column in frame.items())
    named = dict(zip(TODAY, columns, strict=True))
    texts = {name: column.tolist() for name, column in named.items() if column.dtype == object}
    if surplus.tolist().count("") != len(surplus) or _has_short_rows(text, texts):
        return None
    return Table(
        _without_outer_blanks(texts),
        {name: named[name] for name in _WHOLE_NUMBERS},
        np.arange(text.first_row, text.first_row + len(frame), dtype=np.int64),
    )


def _has_short_rows(text: Text, texts: dict[str, list[str]]) -> bool:
    """Tell whether rows end early: pandas fills them with blanks, and they end with no comma.

    A row with a comma too many hides one of them, whose last fields are then blanks.
    """
    blank = texts[TODAY[-1]].count("")
    return blank > 0 and blank != text.body.count(b",\n") + text.body.endswith(b",")


def _frame(text: Text) -> pd.DataFrame:
    width = len(text.names)
    try:
        frame: pd.DataFrame = pd.read_csv(
            # A blank first row, since pandas measures no row before the second.
            io.BytesIO(b"\n" + text.body),
            sep=text.delimiter,
            # One column more than the header has: pandas drops what it has no name for.
            names=range(width + 1),
            dtype=str,
            **_AS_WRITTEN,
            # In files with plain line ends a carriage return belongs to a name.
            lineterminator=None if text.carriage_returns else "\n",
        ).iloc[1:]
    except (pd.errors.ParserError, ValueError, OverflowError) as error:
        last = _refuse_first_fault(text)
        raise BoardRefused(f"Row {last}: a quotation mark is never closed.") from error
    surplus = np.flatnonzero(frame[width].to_numpy(dtype=object) != "")
    if surplus.size:
        raise BoardRefused(
            f"Row {text.first_row + int(surplus[0])}: there are more than the {width} fields"
            " of the header."
        )
    return frame


def _refuse_short_rows(text: Text, last_column: list[str]) -> None:
    """Refuse rows that end early, which pandas fills with blanks without a word."""
    blank = last_column.count("") + last_column.count("\r")
    if not blank:
        return
    end = text.delimiter.encode()
    ended = text.body.count(end + b"\n") + text.body.count(end + b"\r") + text.body.endswith(end)
    if blank != ended:
        _refuse_first_fault(text)


def _refuse_first_fault(text: Text) -> int:
    """Refuse the first row with more or fewer fields than the header, or give the last number.

    Slow: only for files that are known to be odd.
    """
    try:
        body = text.body.decode()
    except UnicodeDecodeError as error:
        line = text.first_row + text.body.count(b"\n", 0, error.start)
        raise BoardRefused(f"Row {line}: there are bytes that are not UTF-8.") from error
    if not text.carriage_returns:
        body = body.replace("\r", "")
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=text.delimiter)
    number = text.first_row - 1
    width = len(text.names)
    try:
        for number, row in enumerate(reader, start=text.first_row):
            if any(map(str.strip, row)) and not _has_all_fields(row, width):
                raise BoardRefused(
                    f"Row {number}: there are {len(row)} fields, where the header names {width}."
                )
    except csv.Error as error:
        raise BoardRefused(f"Row {number + 1}: this is no CSV: {error}.") from error
    return number


def _without_blank_rows(text: Text, fields: list[list[str]]) -> Table:
    rows = np.arange(text.first_row, text.first_row + len(fields[0]), dtype=np.int64)
    columns = _without_outer_blanks(dict(zip(text.names, fields, strict=True)))
    if "" in columns["teamid"]:
        filled = [
            index for index, row in enumerate(zip(*columns.values(), strict=True)) if any(row)
        ]
        rows = rows[filled]
        columns = {name: [column[i] for i in filled] for name, column in columns.items()}
    if not rows.size:
        raise BoardRefused(NO_TEAMS)
    return Table(columns, {}, rows)


def _without_outer_blanks(columns: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: texts if name == _EXACT_COLUMN else _stripped(texts)
        for name, texts in columns.items()
    }


def _stripped(texts: list[str]) -> list[str]:
    joined = "".join(texts)
    if any(blank in joined for blank in _BLANKS):
        return [text.strip(_BLANKS) for text in texts]
    return texts


def _has_all_fields(row: Sequence[str], width: int) -> bool:
    """Check that a row has as many fields as the header; a blank one more does no harm."""
    return len(row) == width or (len(row) == width + 1 and not row[-1])
