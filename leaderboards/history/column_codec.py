"""Columns of integers packed into bytes, each as wide as its values need."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from leaderboards.board import Integers

ZLIB_PREFIX = b"x"
"""First byte of zlib data; neither packed columns nor JSON begin with it."""

_COLUMN_HEADER = struct.Struct("<cI")
_INTEGER_TYPES = tuple(
    (code, dtype, np.iinfo(dtype))
    for code, dtype in (
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
    """Return the packed columns, one after the other; `bytes` are stored unchanged."""
    segments: list[bytes] = []
    for column in columns:
        if isinstance(column, bytes):
            segments += (_COLUMN_HEADER.pack(b"B", len(column)), column)
            continue
        numbers = np.asarray(column, dtype=np.int64)
        lowest, highest = (numbers.min(), numbers.max()) if len(numbers) else (0, 0)
        code, dtype = next(
            (code, dtype)
            for code, dtype, limits in _INTEGER_TYPES
            if limits.min <= lowest and highest <= limits.max
        )
        segments += (
            _COLUMN_HEADER.pack(code.encode(), len(numbers)),
            numbers.astype(dtype).tobytes(),
        )
    return b"".join(segments)


def unpack(data: bytes) -> list[array[int]]:
    """Return the columns that `pack` wrote, as arrays, on which `bisect` is fastest."""
    columns: list[array[int]] = []
    # A slice of bytes would be a copy.
    view, position = memoryview(data), 0
    while position < len(view):
        code, count = _COLUMN_HEADER.unpack_from(view, position)
        position += _COLUMN_HEADER.size
        column = array(code.decode())
        end = position + count * column.itemsize
        column.frombytes(view[position:end])
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
        position = end
    return columns


def to_array(numbers: Integers) -> array[int]:
    """Return integers as an array of 64 bits each."""
    return array("q", np.ascontiguousarray(numbers, dtype=np.int64).tobytes())
