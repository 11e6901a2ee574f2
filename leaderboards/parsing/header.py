"""The text of a leaderboard's file, its header and its rows apart."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from leaderboards.errors import BoardRefused
from leaderboards.parsing.archive import looks_like_web_page

TODAY = [
    *("rank", "teamid", "teamname", "lastsubmissiondate", "score", "submissioncount"),
    "teammemberusernames",
]
"""The columns of today's files, in lower case."""

_UTF8_MARK = b"\xef\xbb\xbf"
_MORE_PAGES = "Next Page Token ="
_CLI_LINES = (_MORE_PAGES, "Using competition:", "Warning:")
"""What `kaggle competitions leaderboard --show --csv` prints before the header."""
_MOST_LINES_ABOVE = 20
"""A header further down is none."""
_FIELD_AFTER_BLANK = re.compile(rb', ?("(?:[^"]|"")*"|[^,\n]*)')


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, cut into what belongs to the header and what to the rows."""

    names: list[str]
    """Of the columns, in lower case."""
    body: bytes
    """In UTF-8, as far as is known before it is read."""
    delimiter: str
    first_row: int
    """The number of the body's first row."""
    carriage_returns: bool
    """Whether lines end with CRLF."""
    complete: bool
    """False where the CLI said that there are more pages."""

    @property
    def is_todays(self) -> bool:
        """Whether this is a file as Kaggle writes them today."""
        return self.names == TODAY and self.delimiter == "," and not self.carriage_returns


def decode_csv(data: bytes) -> Text:
    """Find the header in a leaderboard's CSV; raises `BoardRefused` where there is none."""
    if looks_like_web_page(data):
        raise BoardRefused("This is a web page, not a leaderboard.")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise BoardRefused(f"Row {line}: there is a NUL byte, so this is no CSV text.")
    return _cut(_utf8(data))


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


def _cut(data: bytes) -> Text:
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
    return Text(names, body, delimiter, number + 1, line.endswith(b"\r"), complete)


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
