"""The rows of a CSV as columns of text, whatever its delimiter and line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from leaderboards.board import COLUMNS, INTEGER, Integers, Texts
from leaderboards.errors import BoardRefused, EmptyBoard
from leaderboards.parsing.header import COLUMN_NAMES, CsvText

NO_TEAMS = "The board has no teams."

_BLANKS = " \t\r\n"
"""Characters without meaning around a field, except in `_COLUMN_WITH_BLANKS`."""
_COLUMN_WITH_BLANKS = "teamname"
_BEFORE_QUOTE = np.frombuffer(b',\n"', dtype=np.uint8)
"""What stands before a quotation mark that opens a field, or before the second of a doubled one."""

_INTEGER_NAMES = {
    name
    for column, names in COLUMN_NAMES.items()
    if COLUMNS[column].type is INTEGER
    for name in names
}
_UNCHANGED_TEXT_OPTIONS: dict[str, Any] = {
    "header": None,
    "index_col": False,
    "keep_default_na": False,
    "na_filter": False,
    "skip_blank_lines": False,
    "low_memory": False,
}
"""Options with which pandas changes no text of the file."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file by their name in lower case, without blank rows and outer blanks.

    Team names alone keep their blanks.
    """

    columns: dict[str, Texts]
    numbers: dict[str, Integers]
    """Columns of whole numbers that pandas parsed; they are not in `columns`."""
    rows: Integers
    """The number of each row in the file, whose first line is 1."""

    def refuse(self, index: int, reason: str) -> NoReturn:
        """Raise `BoardRefused` for one row."""
        raise BoardRefused(f"Row {self.rows[index]}: {reason}")


def read_table(text: CsvText) -> Table:
    """Read the rows below the header; raises `BoardRefused` for a malformed one."""
    table = _read_typed(text)
    if table is not None:
        return table
    frame = _read_frame(text)
    fields = [frame[position].to_numpy() for position in range(len(text.names))]
    _refuse_short_rows(text, fields[-1])
    return _drop_blank_rows(text, fields)


def _read_typed(text: CsvText) -> Table | None:
    """Read the rows, whole numbers parsed by pandas: this takes half the time of `_read_frame`.

    Return None for an irregular file; the slow path then reports the faulty row.
    """
    if text.delimiter != "," or text.carriage_returns or not _is_first_row_whole(text):
        return None
    types: dict[int, Any] = {
        position: np.int64 if name in _INTEGER_NAMES else object
        for position, name in enumerate([*text.names, ""])
    }
    try:
        # Otherwise a number beyond any integer would be a warning in the log.
        with np.errstate(invalid="raise"):
            frame = pd.read_csv(
                io.BytesIO(text.body),
                dtype=types,
                **_UNCHANGED_TEXT_OPTIONS,
                names=range(len(types)),
                lineterminator="\n",
            )
    except (ValueError, ArithmeticError):
        return None
    *columns, surplus = (column.to_numpy() for _, column in frame.items())
    by_name = dict(zip(text.names, columns, strict=True))
    texts = {name: column for name, column in by_name.items() if column.dtype == object}
    if any(surplus) or _may_have_short_rows(text, texts.get(text.names[-1])):
        return None
    return Table(
        _strip_outer_blanks(texts),
        {name: column for name, column in by_name.items() if name not in texts},
        np.arange(text.first_row, text.first_row + len(frame), dtype=np.int64),
    )


def _is_first_row_whole(text: CsvText) -> bool:
    """Check the number of fields in the first row, which pandas does not check."""
    line = text.body.partition(b"\n")[0]
    try:
        # `strict`: a line that ends within quotation marks is an error, as it is not the whole row.
        fields = next(csv.reader([line.decode()], strict=True), ())
    except (ValueError, csv.Error):
        return False
    return len(fields) == len(text.names)


def _may_have_short_rows(text: CsvText, last_column: Texts | None) -> bool:
    """Check for rows that end early, whose missing fields pandas fills with blanks.

    True also for quotation marks within a field: only the slow path reads these.
    """
    if last_column is None or "" not in last_column:
        return False
    body = text.body if text.body.endswith(b"\n") else text.body + b"\n"
    characters = np.frombuffer(b"\n" + body, dtype=np.uint8)
    quotes = np.flatnonzero(characters == ord('"'))
    opening = quotes[::2]
    if len(quotes) % 2 or not np.isin(characters[opening - 1], _BEFORE_QUOTE).all():
        return True
    # The number of quotation marks before a character is odd within quotes.
    commas, ends = (
        places[np.searchsorted(quotes, places) % 2 == 0]
        for places in (np.flatnonzero(characters == ord(",")), np.flatnonzero(characters == 10))
    )
    counts = np.diff(np.searchsorted(commas, ends))
    if len(counts) != len(last_column):
        return True
    return bool((counts[last_column == ""] < len(text.names) - 1).any())


def _read_frame(text: CsvText) -> pd.DataFrame:
    width = len(text.names)
    try:
        frame: pd.DataFrame = pd.read_csv(
            # A blank first row, since pandas does not check the number of fields in the first.
            io.BytesIO(b"\n" + text.body),
            sep=text.delimiter,
            # One column more than the header has: pandas drops what it has no name for.
            names=range(width + 1),
            dtype=str,
            **_UNCHANGED_TEXT_OPTIONS,
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


def _refuse_short_rows(text: CsvText, last_column: Texts) -> None:
    """Refuse rows that end early, whose missing fields pandas fills with blanks."""
    if "" in last_column or "\r" in last_column:
        _refuse_first_fault(text)


def _refuse_first_fault(text: CsvText) -> int:
    """Raise `BoardRefused` for the first row with more or fewer fields than the header.

    If no row is faulty, return the number of the last one. Slow: only for files that are odd.
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
            is_blank = not any(map(str.strip, row))
            if len(row) > width + 1 or not (is_blank or _has_all_fields(row, width)):
                raise BoardRefused(
                    f"Row {number}: there are {len(row)} fields, where the header names {width}."
                )
    except csv.Error as error:
        raise BoardRefused(f"Row {number + 1}: this is no CSV: {error}.") from error
    return number


def _drop_blank_rows(text: CsvText, fields: list[Texts]) -> Table:
    rows = np.arange(text.first_row, text.first_row + len(fields[0]), dtype=np.int64)
    columns = _strip_outer_blanks(dict(zip(text.names, fields, strict=True)))
    if "" in columns["teamid"]:
        rows_of_text = enumerate(zip(*columns.values(), strict=True))
        kept = [index for index, row in rows_of_text if any(map(str.strip, row))]
        rows = rows[kept]
        columns = {name: column[kept] for name, column in columns.items()}
    if not rows.size:
        raise EmptyBoard(NO_TEAMS)
    return Table(columns, {}, rows)


def _strip_outer_blanks(columns: Mapping[str, Texts]) -> dict[str, Texts]:
    return {
        name: texts if name == _COLUMN_WITH_BLANKS else _strip_blanks(texts)
        for name, texts in columns.items()
    }


def _strip_blanks(column: Texts) -> Texts:
    texts = column.tolist()
    joined = "".join(texts)
    blanks = [blank for blank in _BLANKS if blank in joined]
    # Each date has a blank inside; to strip them all would take as long as to parse them.
    lines = "\n".join(["", *texts, ""]) if blanks else ""
    if any(f"\n{blank}" in lines or f"{blank}\n" in lines for blank in blanks):
        return np.array([text.strip(_BLANKS) for text in texts], dtype=object)
    return column


def _has_all_fields(row: Sequence[str], width: int) -> bool:
    """Check that a row has as many fields as the header; one extra blank field is allowed."""
    return len(row) == width or (len(row) == width + 1 and not row[-1])
