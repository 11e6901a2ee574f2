"""The rows of today's files as lines: one that is known already need not be taken apart.

It is known by its team and its mark, 64 bits made of all that follows its rank. Most ranks change
from one sync to the next, and few rows. All lines are gone through at once: making an object of
each would take longer than all else here.

Marks are no secret. Who makes their own row look unchanged hides their own row; to add one, their
name would have to hold a line end, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboards.parsing.form import AFTER_THE_RANK
from leaderboards.parsing.header import Text

Positions = NDArray[np.int64]

_MOST_LINES = 500_000
_MOST_COMMAS = 30
"""On the average of all lines; a team's members have some between them, and so have a few names."""
_LONGEST = 4096
"""Bytes of a line; those of Kaggle have two hundred at most."""
_MOST_DIGITS = 18
"""Of a rank or a team id, so that it is a whole number of 64 bits."""
_WORD = 8
"""Bytes that are mixed into a mark at once."""
_FACTOR = np.uint64(0x9E37_79B9_7F4A_7C15)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Where the lines of a file are, and what is seen of them without taking them apart."""

    body: bytes
    begin: Positions
    """Where in the body what follows the rank and its comma begins."""
    end: Positions
    rank: NDArray[np.int64]
    team_id: NDArray[np.int64]
    mark: NDArray[np.uint64]
    first_row: int
    """The number of the first line as a person counts them."""

    def __len__(self) -> int:
        return len(self.rank)


def lines_of(text: Text) -> Lines | None:
    """Take the lines of a file for its rows, which they may turn out not to be.

    None for any file but those that Kaggle writes today, and for one in which something is odd.
    """
    body = text.body
    if not text.is_todays or b"\r" in body:
        return None
    characters = np.frombuffer(body if body.endswith(b"\n") else body + b"\n", dtype=np.uint8)
    is_end, is_comma = characters == ord("\n"), characters == ord(",")
    lines, commas = np.count_nonzero(is_end), np.count_nonzero(is_comma)
    # A hostile file could be all commas or all lines, and a position takes eight bytes.
    if lines > _MOST_LINES or not len(AFTER_THE_RANK) * lines <= commas <= _MOST_COMMAS * lines:
        return None
    end = np.flatnonzero(is_end)
    start = np.concatenate([[0], end[:-1] + 1])
    if (end - start).max() > _LONGEST:
        return None
    # Beyond the last comma there is the end of the file.
    comma = np.append(np.flatnonzero(is_comma), [len(body)] * 2)
    at = np.searchsorted(comma, start)
    first, second = comma[at], comma[at + 1]
    if (second >= end).any():
        return None
    begin = first + 1
    rank = _whole_numbers(characters, start, first)
    team_id = _whole_numbers(characters, begin, second)
    if rank is None or team_id is None:
        return None
    return Lines(body, begin, end, rank, team_id, _marks(body, begin, end), text.first_row)


def _whole_numbers(
    characters: NDArray[np.uint8], begin: Positions, end: Positions
) -> NDArray[np.int64] | None:
    """Read the digits of each line between two positions; None where there is anything else."""
    lengths = end - begin
    most = int(lengths.max())
    if most > _MOST_DIGITS or lengths.min() == 0:
        return None
    numbers = np.zeros(len(begin), dtype=np.int64)
    for place in range(most, 0, -1):
        digit = characters[end - place] - ord("0")  # wraps round for what stands before "0"
        digit[lengths < place] = 0
        if (digit > 9).any():
            return None
        numbers = 10 * numbers + digit
    return numbers


def _marks(body: bytes, begin: Positions, end: Positions) -> NDArray[np.uint64]:
    """Mix the words of each line; the last one overlaps with what stands before."""
    longest_first = np.argsort(begin - end)
    begin, end = begin[longest_first], end[longest_first]
    lengths, last = end - begin, np.maximum(end - _WORD, 0)
    starts = np.arange(0, lengths[0], _WORD)
    longer = len(begin) - np.searchsorted(lengths[::-1], starts, side="right")
    words = np.ndarray(len(body), dtype="<u8", buffer=body + bytes(_WORD), strides=(1,))
    mixed = lengths.astype(np.uint64)
    for start, count in zip(starts.tolist(), longer.tolist(), strict=True):
        word = words[np.minimum(begin[:count] + start, last[:count])]
        # Whole numbers wrap round here, as they are meant to. Twice, so that what differs in the
        # upper bits of one word is all over the mark before the next one comes.
        once = (mixed[:count] ^ word) * _FACTOR
        twice = (once ^ (once >> _HALF)) * _FACTOR
        mixed[:count] = twice ^ (twice >> _HALF)
    marks = np.empty_like(mixed)
    marks[longest_first] = mixed
    return marks
