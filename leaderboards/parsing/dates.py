"""Dates as Kaggle has written them over the years, as Unix seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from leaderboards.board import UNKNOWN

INVALID = -2
"""Stands for a text that is no date from 1970 on."""

_PATTERN = np.frombuffer(b"0000-00-00 00:00:00\n", dtype=np.uint8)
_IS_DIGIT = np.equal(_PATTERN, ord("0"))
_LAST_SECOND = 253_402_300_799
"""9999-12-31 23:59:59, the last that Python can show."""
_AMERICAN = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")


def unix_seconds(texts: list[str]) -> NDArray[np.int64]:
    """Read dates in UTC; `UNKNOWN` for a blank one, `INVALID` for what is no date."""
    fast = _kaggle_seconds(texts)
    if fast is not None:
        return fast
    return np.array([_seconds(text) for text in texts], dtype=np.int64)


def _kaggle_seconds(texts: list[str]) -> NDArray[np.int64] | None:
    """Read `2026-08-09 14:23:20` for the whole column at once; None if any is written otherwise."""
    characters = np.frombuffer("\n".join([*texts, ""]).encode(), dtype=np.uint8)
    if len(characters) != len(texts) * len(_PATTERN):
        return None
    grid = characters.reshape(len(texts), len(_PATTERN))
    digits = grid[:, _IS_DIGIT] - ord("0")  # wraps round for what stands before "0"
    if (digits > 9).any() or (grid[:, ~_IS_DIGIT] != _PATTERN[~_IS_DIGIT]).any():
        return None
    d = digits.T.astype(np.int64)
    year = 1000 * d[0] + 100 * d[1] + 10 * d[2] + d[3]
    month, day, hour, minute, second = (10 * d[i] + d[i + 1] for i in range(4, 14, 2))
    first_of_month = (12 * (year - 1970) + month - 1).astype("datetime64[M]")
    date = first_of_month.astype("datetime64[D]") + (day - 1)
    in_calendar = (month >= 1) & (month <= 12) & (date.astype("datetime64[M]") == first_of_month)
    in_day = (hour < 24) & (minute < 60) & (second < 60)
    seconds = 86400 * date.astype(np.int64) + 3600 * hour + 60 * minute + second
    return np.where((year >= 1970) & in_calendar & in_day, seconds, INVALID)


def _seconds(text: str) -> int:
    text = text.strip()
    if not text:
        return UNKNOWN
    moment = _moment(text)
    if moment is None:
        return INVALID
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    return seconds if 0 <= seconds <= _LAST_SECOND else INVALID


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _AMERICAN:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
