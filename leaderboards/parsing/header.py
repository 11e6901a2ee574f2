"""The header of a leaderboard's CSV, and the body below it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

import numpy as np

from leaderboards.errors import BoardRefused
from leaderboards.parsing.zip_file import looks_like_web_page

COLUMN_NAMES = {
    "rank": ("rank",),
    "team_id": ("teamid",),
    "team_name": ("teamname",),
    "score": ("score",),
    "score_text": ("score",),
    "submissions": ("submissioncount",),
    "last_submission_at": ("lastsubmissiondate", "submissiondate"),
    "members": ("teammemberusernames",),
}
"""For each column of a board, its names in Kaggle's files over the years, in lower case."""

_KNOWN_NAMES = {name for names in COLUMN_NAMES.values() for name in names}

_UTF8_BOM = b"\xef\xbb\xbf"
_NEXT_PAGE_LINE = "Next Page Token ="
_CLI_LINES = (_NEXT_PAGE_LINE, "Using competition:", "Warning:")
"""What `kaggle competitions leaderboard --show --csv` prints before the header."""
_MAX_UNKNOWN_NAMES = 10
_MAX_NAME_LENGTH = 40
_MAX_HEADER_LINE = 20
"""Lines below this one are not searched for the header."""
_MAX_ROWS = 500_000
"""Boards of 100,000 teams must fit; the largest known file has 44,919 rows. A blank row costs 70
bytes."""
_MAX_LINE_LENGTH = 100_000
"""Bytes; the longest known row has 300."""
_MAX_COLUMNS = 100
# Possessive, so that a field of many megabytes needs no memory to go back.
_FIELD_AFTER_BLANK = re.compile(rb', ?("[^"]*+(?:""[^"]*+)*+"|[^,\n]*+)')


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV split into header and body."""

    names: list[str]
    """Of the columns, in lower case."""
    body: bytes
    """UTF-8, which is not yet checked."""
    delimiter: str
    first_row: int
    """The number of the body's first row."""
    carriage_returns: bool
    """Whether lines end with CRLF."""
    complete: bool
    """False where the CLI said that there are more pages."""

    def find_name(self, column: str) -> str | None:
        """Return the name that a column of a board has in this file; None where it is missing."""
        return next((name for name in COLUMN_NAMES[column] if name in self.names), None)

    @property
    def unknown_names(self) -> list[str]:
        """The first few names in the header that are not read."""
        unknown = [name for name in self.names if name and name not in _KNOWN_NAMES]
        return [name[:_MAX_NAME_LENGTH] for name in unknown[:_MAX_UNKNOWN_NAMES]]


def decode_csv(data: bytes) -> CsvText:
    """Split a leaderboard's CSV at its header; raises `BoardRefused` where there is none."""
    if looks_like_web_page(data):
        raise BoardRefused("This is a web page, not a leaderboard.")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise BoardRefused(f"Row {line}: there is a NUL byte, so this is no CSV text.")
    _refuse_excess(data)
    return _split_at_header(_to_utf8(data))


def _refuse_excess(data: bytes) -> None:
    """Refuse files that would take much more memory than their size."""
    if max(data.count(b"\n"), data.count(b"\r")) > _MAX_ROWS:
        raise BoardRefused(f"There are more than {_MAX_ROWS:,} rows, so this is no leaderboard.")
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1, append=len(data))
    too_long = np.flatnonzero(lengths > _MAX_LINE_LENGTH)
    if too_long.size:
        raise BoardRefused(
            f"Row {too_long[0] + 1}: it has more than {_MAX_LINE_LENGTH:,} bytes, so this is no"
            " leaderboard."
        )


def _to_utf8(data: bytes) -> bytes:
    if data.startswith(_UTF8_BOM):
        return data.removeprefix(_UTF8_BOM)
    # Only copies saved by hand from a spreadsheet are not UTF-8; they are separated by tabs.
    if b"\t" in data.partition(b"\n")[0]:
        for encoding in ("utf-8", "cp1252"):
            try:
                return data.decode(encoding).encode()
            except UnicodeDecodeError:
                continue
    return data


def _split_at_header(data: bytes) -> CsvText:
    complete = True
    number = start = 0
    while number < _MAX_HEADER_LINE:
        number += 1
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end]
        start = end + 1
        stripped = line.decode(errors="replace").strip()
        if stripped.startswith(_NEXT_PAGE_LINE):
            complete = False
        if stripped and not stripped.startswith(_CLI_LINES):
            break
        if start >= len(data):
            raise BoardRefused("The file is empty.")
    body = data[start:]
    delimiter = "\t" if b"\t" in line and b"," not in line else ","
    names = _parse_header(stripped, delimiter, number)
    # The oldest files have a blank after each comma, some in the header only.
    if delimiter == "," and body.partition(b"\n")[0].rpartition(b",")[2].startswith(b" "):
        body = _FIELD_AFTER_BLANK.sub(rb",\1", body)
    return CsvText(names, body, delimiter, number + 1, line.endswith(b"\r"), complete)


def _parse_header(line: str, delimiter: str, number: int) -> list[str]:
    try:
        fields = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        fields = [line]
    names = [field.strip().lower() for field in fields]
    if len(names) == 1 and ";" in line:
        raise BoardRefused(
            f"Row {number}: the columns are separated by semicolons; save the file with commas."
        )
    if not {"teamid", "teamname", "score"} <= set(names):
        raise BoardRefused(
            f"Row {number}: this is no leaderboard. Its header must name TeamId, TeamName and"
            f" Score, but it is {line[:80]!r}."
        )
    if not {"lastsubmissiondate", "submissiondate"} & set(names):
        raise BoardRefused(
            f"Row {number}: the header names neither LastSubmissionDate nor SubmissionDate."
        )
    if len(names) > _MAX_COLUMNS:
        raise BoardRefused(f"Row {number}: the header names more than {_MAX_COLUMNS} columns.")
    if len(set(names)) < len(names):
        raise BoardRefused(f"Row {number}: the header names a column twice.")
    return names
