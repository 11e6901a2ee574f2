"""The rows of today's files as lines: one that is known already need not be taken apart.

It is known by its mark, 64 bits made of all that follows its rank. Most ranks change from one sync
to the next, and few rows. All lines are gone through at once: making an object of each would take
longer than all else here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboards.file_text import Text

Positions = NDArray[np.int64]

_LONGEST = 4096
"""Bytes of a line; those of Kaggle have two hundred at most."""
_MOST_DIGITS = 18
"""Of a rank, so that it is a whole number of 64 bits."""
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
    end = np.flatnonzero(characters == ord("\n"))
    start = np.concatenate([[0], end[:-1] + 1])
    commas = np.flatnonzero(characters == ord(","))
    if not len(commas) or commas[-1] < start[-1] or (end - start).max() > _LONGEST:
        return None
    comma = commas[np.searchsorted(commas, start)]
    if (comma > end).any():
        return None
    rank = _ranks(characters, start, comma)
    if rank is None:
        return None
    return Lines(body, comma + 1, end, rank, _marks(body, comma + 1, end), text.first_row)


def _ranks(
    characters: NDArray[np.uint8], start: Positions, comma: Positions
) -> NDArray[np.int64] | None:
    """Read the digits before each comma; None where there are none, or anything else."""
    lengths = comma - start
    most = int(lengths.max())
    if most > _MOST_DIGITS or lengths.min() == 0:
        return None
    rank = np.zeros(len(start), dtype=np.int64)
    for place in range(most, 0, -1):
        digit = characters[comma - place] - ord("0")  # wraps round for what stands before "0"
        digit[lengths < place] = 0
        if (digit > 9).any():
            return None
        rank = 10 * rank + digit
    return rank


def _marks(body: bytes, begin: Positions, end: Positions) -> NDArray[np.uint64]:
    """Mix the words of each line; the last one overlaps the one before."""
    longest_first = np.argsort(begin - end)
    begin, end = begin[longest_first], end[longest_first]
    lengths, last = end - begin, np.maximum(end - _WORD, 0)
    starts = np.arange(0, lengths[0], _WORD)
    longer = len(begin) - np.searchsorted(lengths[::-1], starts, side="right")
    words = np.ndarray(len(body), dtype="<u8", buffer=body + bytes(_WORD), strides=(1,))
    mixed = lengths.astype(np.uint64)
    for start, count in zip(starts.tolist(), longer.tolist(), strict=True):
        word = words[np.minimum(begin[:count] + start, last[:count])]
        # Whole numbers wrap round here, as they are meant to.
        product = (mixed[:count] ^ word) * _FACTOR
        mixed[:count] = product ^ (product >> _HALF)
    marks = np.empty_like(mixed)
    marks[longest_first] = mixed
    return marks
