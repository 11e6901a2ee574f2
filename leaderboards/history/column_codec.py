"""Columns of whole numbers in one piece of bytes, each number as wide as its column needs."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

SQUEEZED = b"x"
"""How everything that zlib writes begins; columns do not, and JSON does not."""

_HEAD = struct.Struct("<cI")
_WIDTHS = tuple(
    (code, kind, np.iinfo(kind))
    for code, kind in (
        ("B", "<u1"),
        ("H", "<u2"),
        ("I", "<u4"),
        ("b", "<i1"),
        ("h", "<i2"),
        ("i", "<i4"),
        ("q", "<i8"),
    )
)


def pack(columns: Iterable[ArrayLike]) -> bytes:
    """Write columns one after the other, bytes as they are."""
    parts: list[bytes] = []
    for column in columns:
        if isinstance(column, bytes):
            parts += (_HEAD.pack(b"B", len(column)), column)
            continue
        numbers = np.asarray(column, dtype=np.int64)
        least, most = (numbers.min(), numbers.max()) if len(numbers) else (0, 0)
        code, kind = next(
            (code, kind) for code, kind, room in _WIDTHS if room.min <= least and most <= room.max
        )
        parts += (_HEAD.pack(code.encode(), len(numbers)), numbers.astype(kind).tobytes())
    return b"".join(parts)


def unpack(data: bytes) -> list[array[int]]:
    """Read columns back, as arrays: of all sequences `bisect` reads these fastest."""
    columns: list[array[int]] = []
    # A view, since a slice of bytes would be a copy of its own.
    view, position = memoryview(data), 0
    while position < len(view):
        code, count = _HEAD.unpack_from(view, position)
        position += _HEAD.size
        column = array(code.decode())
        end = position + count * column.itemsize
        column.frombytes(view[position:end])
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
        position = end
    return columns


def column(numbers: NDArray[np.int64]) -> array[int]:
    """Turn numbers into such an array."""
    return array("q", np.ascontiguousarray(numbers, dtype=np.int64).tobytes())
