"""Texts of rows that are lines; a line is taken apart when somebody asks for one of its texts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import overload

import numpy as np
from numpy.typing import NDArray

from leaderboards.parsing.form import AFTER_THE_RANK, BLANKS, EXACT, has_all_fields
from leaderboards.texts import TextsLater

Fields = tuple[str, ...]


class LineFields:
    """The fields of lines, without outer blanks where these mean nothing."""

    def __init__(self, body: bytes, begin: NDArray[np.int64], end: NDArray[np.int64]) -> None:
        self._body = body
        self._begin = begin
        self._end = end
        self.taken_apart: dict[int, Fields] = {}
        """By the number of the line."""

    def __len__(self) -> int:
        return len(self._begin)

    def of(self, line: int) -> Fields:
        """Give what follows the rank in a line that is known to be a row."""
        fields = self.taken_apart.get(line)
        if fields is None:
            (row,) = csv.reader([self._text(line)])
            fields = self.taken_apart[line] = _stripped(row)
        return fields

    def _text(self, line: int) -> str:
        return self._body[self._begin[line] : self._end[line]].decode()

    def take_apart(self, lines: list[int]) -> list[Fields] | None:
        """Give the fields of lines that may not be rows; None where one is not."""
        try:
            # A quotation mark that is not closed would swallow the empty line.
            *rows, empty = csv.reader([*(self._text(line) for line in lines), ""])
        except (csv.Error, UnicodeDecodeError):
            return None
        whole = (has_all_fields(row, len(AFTER_THE_RANK)) for row in rows)
        if empty or len(rows) != len(lines) or not all(whole):
            return None
        fields = [_stripped(row) for row in rows]
        self.taken_apart.update(zip(lines, fields, strict=True))
        return fields


@dataclass(frozen=True, slots=True, eq=False)
class LineTexts(TextsLater):
    """A column of such texts."""

    fields: LineFields
    field: int
    """Which of a line's fields it is."""
    lines: NDArray[np.int64]
    """In which line each text is; those numbered on after the last line are among the others."""
    others: Sequence[str] = ()

    @classmethod
    def of(cls, name: str, fields: LineFields) -> LineTexts:
        """Give a whole column of a file."""
        return cls(fields, AFTER_THE_RANK.index(name), np.arange(len(fields)))

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[str]:
        return map(self._text, self.lines.tolist())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> LineTexts: ...
    def __getitem__(self, index: int | slice) -> str | LineTexts:
        if isinstance(index, slice):
            return self.take(index)
        return self._text(int(self.lines[index]))

    def take(self, indices: NDArray[np.int64] | slice) -> LineTexts:
        """Give the texts at these indices, in their order."""
        return replace(self, lines=self.lines[indices])

    def patch(self, places: NDArray[np.int64], texts: Sequence[str]) -> LineTexts:
        """Give the same column with other texts at these places."""
        others = [*self.others, *texts]
        lines = self.lines.copy()
        lines[places] = len(self.fields) + np.arange(len(self.others), len(others))
        return replace(self, lines=lines, others=others)

    def _text(self, line: int) -> str:
        if line < len(self.fields):
            return self.fields.of(line)[self.field]
        return self.others[line - len(self.fields)]


def _stripped(row: list[str]) -> Fields:
    return tuple(
        text if name == EXACT else text.strip(BLANKS)
        # As pandas does with a row that ends early.
        for name, text in zip_longest(AFTER_THE_RANK, row[: len(AFTER_THE_RANK)], fillvalue="")
    )
