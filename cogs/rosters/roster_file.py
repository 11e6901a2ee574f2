"""Reading the CSV file that a manager uploads, and writing CSV files for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cogs.rosters.roster_file_screen import (
    EMPTY_FILE_TEXT,
    NO_ROW_TEXT,
    NO_TEXT_FILE_TEXT,
    TOO_LARGE_TEXT,
    WRONG_HEADER_TEXT,
    no_csv_text,
    too_many_rows_text,
)
from leaderboards.errors import InvalidInput

MAX_BYTES = 1_000_000
MAX_ROWS = 500
"""Each name needs a request to Discord, which allows about a hundred a minute."""

_MEMBER_COLUMNS = frozenset(
    {"discord", "discordid", "discorduser", "discordusername", "discordname", "member"}
)
_KAGGLE_COLUMNS = frozenset(
    {"kaggle", "kaggleid", "kaggleuser", "kaggleusername", "kagglename", "kaggleprofile"}
)
_DELIMITERS = ",;\t"
_ENCODINGS = ("utf-8-sig", "cp1252")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_NUMBER = re.compile(r"[+-]?\d*\.?\d+(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row of a roster, as it was typed."""

    number: int
    """The row in the file; the header is row 1."""
    member: str
    """A Discord name, id or mention."""
    user_name: str
    """A Kaggle user name, or the address of a profile."""


def read_roster(data: bytes) -> list[RosterRow]:
    """Return the rows of a CSV file, without empty ones.

    It may be separated by commas, semicolons or tabs, and be in UTF-8, UTF-16 or Windows-1252, as
    spreadsheets save it. Other columns are ignored. Raises `InvalidInput` for any other file.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput(TOO_LARGE_TEXT)
    lines = _decode(data).splitlines()
    first = next((index for index, line in enumerate(lines) if line.strip(_DELIMITERS + " ")), None)
    if first is None:
        raise InvalidInput(EMPTY_FILE_TEXT)
    delimiter = max(_DELIMITERS, key=lines[first].count)
    try:
        rows = list(_read_rows("\n".join(lines[first:]), delimiter, first))
    except csv.Error as error:
        raise InvalidInput(no_csv_text(str(error))) from error
    if not rows:
        raise InvalidInput(NO_ROW_TEXT)
    if len(rows) > MAX_ROWS:
        raise InvalidInput(too_many_rows_text(len(rows), MAX_ROWS))
    return rows


def _decode(data: bytes) -> str:
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InvalidInput(NO_TEXT_FILE_TEXT)


def _read_rows(text: str, delimiter: str, skipped: int) -> Iterator[RosterRow]:
    """Yield the rows below the header; `skipped` counts the empty lines above it."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    names = [re.sub(r"[\s_-]", "", name).lower() for name in next(reader)]
    member = _find_column(names, _MEMBER_COLUMNS)
    kaggle = _find_column(names, _KAGGLE_COLUMNS)
    for cells in reader:
        found = [
            _strip(cells[column]) if column < len(cells) else "" for column in (member, kaggle)
        ]
        if any(found):
            yield RosterRow(skipped + reader.line_num, *found)


def _find_column(names: Sequence[str], known: frozenset[str]) -> int:
    """Return the first column with a known name."""
    for column, name in enumerate(names):
        if name in known:
            return column
    raise InvalidInput(WRONG_HEADER_TEXT)


def _strip(cell: str) -> str:
    """Return a cell without blanks, and without the mark that spreadsheets put before texts."""
    return cell.strip().removeprefix("'").strip()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file that spreadsheets open in UTF-8; None becomes an empty cell.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers do not.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_escape_formula(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_text(id_: int) -> str:
    """Return the cell of an id: a spreadsheet would round a number of that many digits."""
    return f"'{id_}"


def _escape_formula(value: object) -> object:
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
