"""The first form in which the log was stored, for databases that still hold it.

`moves` were four counts and then whole numbers of 32 bits; `rows` were JSON that zlib squeezed.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np

from leaderboards.board_diff import Mask
from leaderboards.history.moves import FROM_NOWHERE, Moves
from leaderboards.history.row_changes import RowChanges, write_texts
from leaderboards.history.snapshot import LogSegment, write_keyframe

_COUNTS = struct.Struct("<4I")
_NEW = 0xFFFF_FFFF
"""Stood for the origin of a team that was not on the old board."""


def moves_of(moves: bytes, rows: bytes, taken_at: int, team_count: int, begins: int) -> bytes:
    """Give the moves of a snapshot as they are written now; `begins` if it is a log's first."""
    present = _moves(moves, rows, taken_at, team_count)
    if begins:
        ranks = np.array(present.ranks or range(1, team_count + 1), dtype=np.int64)
        present = Moves.none(taken_at, ranks)
    return present.encode()


def details_of(moves: bytes, rows: bytes, begins: int) -> bytes:
    """Give the details of a snapshot as they are written now."""
    return (RowChanges.none() if begins else _details(moves, rows)).encode()


def keyframe_of(moves: bytes, rows: bytes, team_count: int) -> bytes:
    """Give the whole board that the first snapshot of a log held."""
    return write_keyframe(LogSegment(_moves(moves, rows, 0, team_count), _details(moves, rows)))


def _moves(moves: bytes, rows: bytes, taken_at: int, team_count: int) -> Moves:
    left, taken, edited, ranked = _COUNTS.unpack_from(moves)
    words = np.frombuffer(moves, "<u4", offset=_COUNTS.size).astype(np.int64)
    ends = np.cumsum([left, taken, taken, edited])
    places, above, origins, changed, ranks = np.split(words, ends)
    return Moves.of_one_sync(
        taken_at,
        ranks if ranked else np.arange(1, team_count + 1),
        left=places,
        taken=above + np.arange(taken),
        came_from=np.where(origins == _NEW, FROM_NOWHERE, origins + 1),
        edited=changed,
        gone=np.array(_content(rows)["gone"], dtype=np.int64),
    )


def _details(moves: bytes, rows: bytes) -> RowChanges:
    content = _content(rows)
    left, taken, edited, _ = _COUNTS.unpack_from(moves)
    origins = np.frombuffer(moves, "<u4", taken, _COUNTS.size + 4 * (left + taken))
    return RowChanges(
        new_ids=np.array(content["teams"][:taken], dtype=np.int64)[origins == _NEW],
        scores=np.array([text.encode() for text in content["scores"][:taken]], dtype=np.bytes_),
        counted=np.ones(taken + edited, dtype=np.bool_),
        submissions=np.array(content["submissions"], dtype=np.int64),
        dates=np.array(content["dates"], dtype=np.int64),
        named=_mask(content["names"], taken + edited),
        joined=_mask(content["members"], taken + edited),
        texts=write_texts(
            list(content["names"].values()),
            list(content["members"].values()),
            {0: content["benchmarks"]} if "benchmarks" in content else {},
        ),
    )


def _content(rows: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(zlib.decompress(rows))
    return content


def _mask(rows: dict[str, str], count: int) -> Mask:
    mask = np.zeros(count, dtype=np.bool_)
    mask[[int(row) for row in rows]] = True
    return mask
