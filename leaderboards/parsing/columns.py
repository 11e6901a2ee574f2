"""The columns of a file as numbers, dates and texts; what is none of them is refused."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN, Columns
from leaderboards.parsing.dates import INVALID, unix_seconds
from leaderboards.parsing.table import Table

_NOT_WHOLE = re.compile(r"[^0-9+\-\s]")
_NOT_DECIMAL = re.compile(r"[^0-9eE.+\-\s]")
"""Python reads more as numbers than Kaggle writes: `1_000`, `nan`, the digits of other scripts."""


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
    seconds = unix_seconds(texts)
    wrong = np.flatnonzero(seconds == INVALID)
    if wrong.size:
        index = int(wrong[0])
        table.refuse(index, f"{texts[index][:40]!r} is no date.")
    return seconds
