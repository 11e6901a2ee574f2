"""Times, tables and JSON as the command line prints them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from wcwidth import wcswidth

_MAX_CELL_WIDTH = 40


def format_time(moment: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, with a Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def print_result(subject: str, text: str, *, failed: bool = False) -> None:
    """Print the result of a check."""
    _print_line("FAIL" if failed else "ok", subject, text)


def print_warning(subject: str, text: str) -> None:
    """Print what a check that passed has noticed."""
    _print_line("warn", subject, text)


def _print_line(mark: str, subject: str, text: str) -> None:
    print(f"{mark:<4}  {subject:<12}  {text}", flush=True)


def plural(count: int, one: str) -> str:
    """Return a count with its noun, singular or plural."""
    return f"{count:,} {one if count == 1 else one + 's'}"


def format_json(value: object) -> str:
    """Return JSON with non-ASCII characters unescaped."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def format_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return aligned columns; those of integers are right-aligned."""
    cells = [list(header), *([format_cell(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(header))]
    numeric = [
        all(isinstance(row[column], int | None) for row in rows) for column in range(len(header))
    ]
    lines = []
    for row in cells:
        padded = []
        for cell, width, right in zip(row, widths, numeric, strict=True):
            blanks = " " * (width - _width(cell))
            padded.append(blanks + cell if right else cell + blanks)
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def format_cell(value: object) -> str:
    """Return a value as text without control characters, cut if long."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return str(format_time(value))
    text = "".join(letter if letter.isprintable() else "�" for letter in str(value))
    if _width(text) <= _MAX_CELL_WIDTH:
        return text
    while _width(text) >= _MAX_CELL_WIDTH:
        text = text[:-1]
    return f"{text}…"


def _width(text: str) -> int:
    return max(wcswidth(text), 0)
