"""The columns of a file as numbers, dates and texts; what is none of them is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN, Columns
from leaderboards.parsing.table import Table

_NOT_WHOLE = re.compile(r"[^0-9+\-\s]")
_NOT_DECIMAL = re.compile(r"[^0-9eE.+\-\s]")
"""Python reads more as numbers than Kaggle writes: `1_000`, `nan`, the digits of other scripts."""

_INVALID_DATE = -2
_LAST_SECOND = 253_402_300_799
"""9999-12-31 23:59:59, the last second of a `datetime`."""
_DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
_DATES = re.compile(r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:[0-5]\d\n)*", re.ASCII)
"""pandas also reads `now`, `NaT` and a 60th second."""
_AMERICAN_DATE_FORMATS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")


def parse_columns(table: Table) -> Columns:
    """Read the fields of all rows; raises `BoardRefused` for the first that is none."""
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
    name = "lastsubmissiondate" if "lastsubmissiondate" in columns else "submissiondate"
    texts = columns[name]
    seconds = _unix_seconds(texts)
    wrong = np.flatnonzero(seconds == _INVALID_DATE)
    if wrong.size:
        index = int(wrong[0])
        table.refuse(index, f"{texts[index][:40]!r} is no date.")
    return seconds


def _unix_seconds(texts: list[str]) -> NDArray[np.int64]:
    """Parse dates in UTC: `UNKNOWN` for a blank one, `_INVALID_DATE` for what is no date."""
    if _DATES.fullmatch("\n".join([*texts, ""])):
        try:
            seconds = pd.to_datetime(texts, format=_DATE_FORMAT).as_unit("s").asi8
        except ValueError:
            pass
        else:
            return np.where(seconds >= 0, seconds, _INVALID_DATE)
    return np.array([_parse_date(text) for text in texts], dtype=np.int64)


def _parse_date(text: str) -> int:
    text = text.strip()
    if not text:
        return UNKNOWN
    date = _parse_datetime(text)
    if date is None:
        return _INVALID_DATE
    seconds = int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())
    return seconds if 0 <= seconds <= _LAST_SECOND else _INVALID_DATE


def _parse_datetime(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for date_format in _AMERICAN_DATE_FORMATS:
        try:
            return datetime.strptime(text, date_format).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
