"""A leaderboard file as columns of text, whatever its encoding, delimiter and line ends."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leaderboards.archive import looks_like_web_page
from leaderboards.errors import BoardRefused

NO_TEAMS = "The board has no teams."

_UTF8_MARK = b"\xef\xbb\xbf"
_MORE_PAGES = "Next Page Token ="
_CLI_LINES = (_MORE_PAGES, "Using competition:", "Warning:")
"""What `kaggle competitions leaderboard --show --csv` prints before the header."""
_MOST_LINES_ABOVE = 20
"""A header further down is none."""
_EXACT = "teamname"
"""The one column whose outer blanks mean something."""
_TODAY = [
    *("rank", "teamid", "teamname", "lastsubmissiondate", "score", "submissioncount"),
    "teammemberusernames",
]
_WHOLE_NUMBERS = ("rank", "teamid", "submissioncount")
_TYPES: dict[int, Any] = {
    position: np.int64 if name in _WHOLE_NUMBERS else object
    for position, name in enumerate([*_TODAY, ""])
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
_FIELD_AFTER_BLANK = re.compile(rb', ?("(?:[^"]|"")*"|[^,\n]*)')


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
    complete: bool
    """False where the CLI said that there are more pages."""

    def has(self, name: str) -> bool:
        """Tell whether the file has a column."""
        return name in self.columns or name in self.numbers

    def refuse(self, index: int, reason: str) -> NoReturn:
        """Refuse the file because of one row."""
        raise BoardRefused(f"Row {self.rows[index]}: {reason}")


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a file, cut into what belongs to the header and what to the rows."""

    names: list[str]
    body: bytes
    """In UTF-8, as far as is known before it is read."""
    delimiter: str
    first_row: int
    """The number of the body's first row."""
    carriage_returns: bool
    """Whether lines end with CRLF."""


def read_table(data: bytes) -> Table:
    """Read a leaderboard's CSV, with any line ends, as the texts that stand in it."""
    if looks_like_web_page(data):
        raise BoardRefused("This is a web page, not a leaderboard.")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise BoardRefused(f"Row {line}: there is a NUL byte, so this is no CSV text.")
    text, complete = _cut(_utf8(data))
    table = _todays(text, complete)
    if table is not None:
        return table
    frame = _frame(text)
    fields = [frame[position].tolist() for position in range(len(text.names))]
    _refuse_short_rows(text, fields[-1])
    return _without_blank_rows(text, fields, complete)


def _utf8(data: bytes) -> bytes:
    if data.startswith(_UTF8_MARK):
        return data.removeprefix(_UTF8_MARK)
    # Only copies that were saved by hand from a spreadsheet are not UTF-8.
    if b"\t" in data.partition(b"\n")[0]:
        for encoding in ("utf-8", "cp1252"):
            try:
                return data.decode(encoding).encode()
            except UnicodeDecodeError:
                continue
    return data


def _cut(data: bytes) -> tuple[_Text, bool]:
    complete = True
    number = start = 0
    while number <= _MOST_LINES_ABOVE:
        number += 1
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end]
        start = end + 1
        stripped = line.decode(errors="replace").strip()
        if stripped.startswith(_MORE_PAGES):
            complete = False
        if stripped and not stripped.startswith(_CLI_LINES):
            break
        if start >= len(data):
            raise BoardRefused("The file is empty.")
    body = data[start:]
    delimiter = "\t" if b"\t" in line and b"," not in line else ","
    names = _header(stripped, delimiter, number)
    # The oldest files have a blank after each comma, some in the header only.
    if delimiter == "," and body.partition(b"\n")[0].rpartition(b",")[2].startswith(b" "):
        body = _FIELD_AFTER_BLANK.sub(rb",\1", body)
    return _Text(names, body, delimiter, number + 1, line.endswith(b"\r")), complete


def _header(line: str, delimiter: str, number: int) -> list[str]:
    try:
        fields = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        fields = [line]
    names = [field.strip().lower() for field in fields]
    if not {"teamid", "teamname", "score"} <= set(names):
        raise BoardRefused(
            f"Row {number}: this is no leaderboard. Its header must name TeamId, TeamName and"
            f" Score, but it is {line[:80]!r}."
        )
    if not {"lastsubmissiondate", "submissiondate"} & set(names):
        raise BoardRefused(
            f"Row {number}: the header names neither LastSubmissionDate nor SubmissionDate."
        )
    if len(set(names)) < len(names):
        raise BoardRefused(f"Row {number}: the header names a column twice.")
    return names


def _todays(text: _Text, complete: bool) -> Table | None:
    """Read a file as Kaggle writes them today, numbers as numbers, in half of the time.

    None for any other, and for one in which something is odd: the slow way finds out what.
    """
    if text.names != _TODAY or text.delimiter != "," or text.carriage_returns:
        return None
    # pandas measures no row before the second; with an open quotation mark the line is no row.
    first = text.body.partition(b"\n")[0]
    if first.count(b'"') % 2:
        return None
    try:
        if len(next(csv.reader([first.decode()]), ())) != len(_TODAY):
            return None
        # Otherwise a number beyond any integer would be a warning in the log.
        with np.errstate(invalid="raise"):
            frame = pd.read_csv(
                io.BytesIO(text.body),
                dtype=_TYPES,
                **_AS_WRITTEN,
                names=range(len(_TODAY) + 1),
                lineterminator="\n",
            )
    except (ValueError, ArithmeticError, csv.Error):
        return None
    *columns, surplus = (column.to_numpy() for _, column in frame.items())
    named = dict(zip(_TODAY, columns, strict=True))
    texts = {name: column.tolist() for name, column in named.items() if column.dtype == object}
    if surplus.tolist().count("") != len(surplus) or _has_short_rows(text, texts):
        return None
    return Table(
        {name: column if name == _EXACT else _stripped(column) for name, column in texts.items()},
        {name: named[name] for name in _WHOLE_NUMBERS},
        np.arange(text.first_row, text.first_row + len(frame), dtype=np.int64),
        complete,
    )


def _has_short_rows(text: _Text, texts: dict[str, list[str]]) -> bool:
    """Tell whether rows end early: pandas fills them with blanks, and they end with no comma."""
    blank = texts[_TODAY[-1]].count("")
    return blank > 0 and blank != text.body.count(b",\n") + text.body.endswith(b",")


def _frame(text: _Text) -> pd.DataFrame:
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


def _refuse_short_rows(text: _Text, last_column: list[str]) -> None:
    """Refuse rows that end early, which pandas fills with blanks without a word."""
    blank = last_column.count("") + last_column.count("\r")
    if not blank:
        return
    end = text.delimiter.encode()
    ended = text.body.count(end + b"\n") + text.body.count(end + b"\r") + text.body.endswith(end)
    if blank != ended:
        _refuse_first_fault(text)


def _refuse_first_fault(text: _Text) -> int:
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
            # A delimiter after the last field does no harm.
            if (
                any(map(str.strip, row))
                and len(row) != width
                and not (len(row) == width + 1 and not row[-1])
            ):
                raise BoardRefused(
                    f"Row {number}: there are {len(row)} fields, where the header names {width}."
                )
    except csv.Error as error:
        raise BoardRefused(f"Row {number + 1}: this is no CSV: {error}.") from error
    return number


def _without_blank_rows(text: _Text, fields: list[list[str]], complete: bool) -> Table:
    rows = np.arange(text.first_row, text.first_row + len(fields[0]), dtype=np.int64)
    columns = {
        name: column if name == _EXACT else _stripped(column)
        for name, column in zip(text.names, fields, strict=True)
    }
    if "" in columns["teamid"]:
        filled = [
            index for index, row in enumerate(zip(*columns.values(), strict=True)) if any(row)
        ]
        rows = rows[filled]
        columns = {name: [column[i] for i in filled] for name, column in columns.items()}
    if not rows.size:
        raise BoardRefused(NO_TEAMS)
    return Table(columns, {}, rows, complete)


def _stripped(texts: list[str]) -> list[str]:
    joined = "".join(texts)
    if " " in joined or "\r" in joined or "\t" in joined:
        return list(map(str.strip, texts))
    return texts
