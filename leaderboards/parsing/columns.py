"""Parsing of a file's columns into numbers, times and texts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from leaderboards.board import (
    COLUMNS,
    INTEGER,
    REAL,
    TIME,
    UNKNOWN,
    Column,
    Columns,
    Integers,
    Reals,
    Texts,
)
from leaderboards.parsing.header import CsvText
from leaderboards.parsing.table import Table

_NOT_WHOLE = re.compile(r"[^0-9+\-\s]")
_NOT_DECIMAL = re.compile(r"[^0-9eE.+\-\s]")
"""Python reads more as numbers than Kaggle writes: `1_000`, `nan`, the digits of other scripts."""

_INVALID_DATE = -2
_MAX_SECONDS = 253_402_300_799
"""9999-12-31 23:59:59, the last second of a `datetime`."""
_DATES = re.compile(r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n)*", re.ASCII)
"""numpy also reads `now` and `NaT`."""
_AMERICAN_DATE_FORMATS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")


def parse_columns(text: CsvText, table: Table) -> Columns:
    """Parse the fields of all rows; raises `BoardRefused` for the first that is invalid."""
    columns: dict[str, NDArray[Any]] = {}
    for column, declared in COLUMNS.items():
        name = text.find_name(column)
        if name is not None:
            columns[column] = _parse_column(
                table, name, declared, lowest=1 if column == "team_id" else 0
            )
    return Columns.build(**columns)


def _parse_column(table: Table, name: str, column: Column, lowest: int) -> NDArray[Any]:
    if column.type is INTEGER:
        return _parse_integers(table, name, lowest=lowest, nullable=column.nullable)
    if column.type is REAL:
        return _parse_reals(table, name)
    if column.type is TIME:
        return _parse_times(table, name)
    return table.columns[name]


def _parse_integers(table: Table, name: str, *, lowest: int, nullable: bool) -> Integers:
    parsed = table.numbers.get(name)
    if parsed is not None:
        return _check_minimum(table, name, parsed, lowest)
    texts = table.columns[name]
    blank = texts == "" if nullable else np.zeros(len(texts), dtype=np.bool_)
    numbers = _to_integers(np.where(blank, "0", texts))
    if numbers is None:
        index = next(
            i
            for i, text in enumerate(texts)
            if (text or not nullable) and _to_integers(texts[i : i + 1]) is None
        )
        table.refuse(index, f"{name} {texts[index][:40]!r} is no whole number.")
    _check_minimum(table, name, numbers, lowest)
    numbers[blank] = UNKNOWN
    return numbers


def _check_minimum(table: Table, name: str, numbers: Integers, lowest: int) -> Integers:
    too_low = np.flatnonzero(numbers < lowest)
    if too_low.size:
        table.refuse(int(too_low[0]), f"{name} {numbers[too_low[0]]} is less than {lowest}.")
    return numbers


def _to_integers(texts: Texts) -> Integers | None:
    if _NOT_WHOLE.search("".join(texts.tolist())):
        return _to_whole_numbers(_to_reals(texts))
    try:
        return texts.astype(np.int64)
    except (ValueError, OverflowError):
        return None


def _to_whole_numbers(numbers: Reals | None) -> Integers | None:
    """Return numbers such as 3.0 as integers, as pandas does; None if one is no such number."""
    if numbers is None or (np.trunc(numbers) != numbers).any() or (abs(numbers) >= 2**63).any():
        return None
    return numbers.astype(np.int64)


def _parse_reals(table: Table, name: str) -> Reals:
    texts = table.columns[name]
    numbers = _to_reals(texts)
    if numbers is None:
        index = next(i for i in range(len(texts)) if _to_reals(texts[i : i + 1]) is None)
        table.refuse(index, f"the {name} {texts[index][:40]!r} is no number.")
    return numbers


def _to_reals(texts: Texts) -> Reals | None:
    if _NOT_DECIMAL.search("".join(texts.tolist())):
        return None
    try:
        numbers = _parse_json_numbers(texts)
        if numbers is None:
            numbers = texts.astype(np.float64)
    except ValueError:
        return None
    return numbers if bool(np.isfinite(numbers).all()) else None


def _parse_json_numbers(texts: Texts) -> Reals | None:
    """Parse numbers in a quarter of the time of `float`; None if one, such as `.5`, is no JSON."""
    try:
        numbers = orjson.loads(f"[{','.join(texts.tolist())}]")
    except orjson.JSONDecodeError:
        return None
    return np.array(numbers, dtype=np.float64) if len(numbers) == len(texts) else None


def _parse_times(table: Table, name: str) -> Integers:
    texts = table.columns[name]
    seconds = _parse_dates(texts)
    wrong = np.flatnonzero(seconds == _INVALID_DATE)
    if wrong.size:
        index = int(wrong[0])
        table.refuse(index, f"{texts[index][:40]!r} is no date.")
    return seconds


def _parse_dates(texts: Texts) -> Integers:
    """Parse dates in UTC into Unix seconds.

    A blank one is `UNKNOWN`, what is no date `_INVALID_DATE`.
    """
    if _DATES.fullmatch("\n".join([*texts, ""])):
        try:
            seconds = np.array(texts, dtype="datetime64[s]").astype(np.int64)
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
    return seconds if 0 <= seconds <= _MAX_SECONDS else _INVALID_DATE


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
