"""Texts of rows that are lines; a line is taken apart when somebody asks for one of its texts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from leaderboards.form import AFTER_THE_RANK, BLANKS, EXACT

Fields = tuple[str, ...]
Texts = Sequence[str]


class LineFields:
    """The fields of lines, without outer blanks where these mean nothing."""

    def __init__(self, body: bytes, begin: NDArray[np.int64], end: NDArray[np.int64]) -> None:
        self._body = body
        self._begin = begin
        self._end = end
        self._fields: dict[int, Fields] = {}

    def __len__(self) -> int:
        return len(self._begin)

    def of(self, line: int) -> Fields:
        """Give what follows the rank in a line that is known to be a row."""
        fields = self._fields.get(line)
        if fields is None:
            (row,) = csv.reader([self._text(line)])
            fields = self._fields[line] = _stripped(row)
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
        if empty or len(rows) != len(lines) or not all(map(_is_whole, rows)):
            return None
        fields = [_stripped(row) for row in rows]
        self._fields.update(zip(lines, fields, strict=True))
        return fields


class LineTexts(Sequence[str]):
    """A column of such texts."""

    def __init__(
        self,
        fields: LineFields,
        name: str,
        lines: NDArray[np.int64],
        others: Sequence[str] = (),
    ) -> None:
        self._fields = fields
        self._name = name
        self._field = AFTER_THE_RANK.index(name)
        self._lines = lines
        self._others = others
        """Texts that stand in no line, numbered on after the lines."""

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[str]:
        return map(self._text, self._lines.tolist())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> LineTexts: ...
    def __getitem__(self, index: int | slice) -> str | LineTexts:
        if isinstance(index, slice):
            return LineTexts(self._fields, self._name, self._lines[index], self._others)
        return self._text(int(self._lines[index]))

    def take(self, indices: NDArray[np.int64]) -> LineTexts:
        """Give the texts at these indices, in their order."""
        return LineTexts(self._fields, self._name, self._lines[indices], self._others)

    def patch(self, places: NDArray[np.int64], texts: Sequence[str]) -> LineTexts:
        """Give the same column with other texts at these places."""
        others = [*self._others, *texts]
        lines = self._lines.copy()
        lines[places] = len(self._fields) + np.arange(len(self._others), len(others))
        return LineTexts(self._fields, self._name, lines, others)

    def _text(self, line: int) -> str:
        if line < len(self._fields):
            return self._fields.of(line)[self._field]
        return self._others[line - len(self._fields)]


def _is_whole(row: list[str]) -> bool:
    """Tell whether a row has all fields; a comma after the last does no harm."""
    width = len(AFTER_THE_RANK)
    return len(row) == width or (len(row) == width + 1 and not row[-1])


def _stripped(row: list[str]) -> Fields:
    return tuple(
        text if name == EXACT else text.strip(BLANKS)
        for name, text in zip(AFTER_THE_RANK, row, strict=False)
    )


def taken(texts: Texts, indices: NDArray[np.int64]) -> Texts:
    """Give the texts at these indices, in their order."""
    if isinstance(texts, LineTexts):
        return texts.take(indices)
    return [texts[index] for index in indices.tolist()]


def patched(texts: Texts, places: NDArray[np.int64], others: Sequence[str]) -> Texts:
    """Give the same texts with others at these places."""
    if isinstance(texts, LineTexts):
        return texts.patch(places, others)
    whole = list(texts)
    for place, text in zip(places.tolist(), others, strict=True):
        whole[place] = text
    return whole
