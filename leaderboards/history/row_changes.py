"""The rows that changed: scores, submissions, names, members and benchmarks."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from leaderboards.board import Board
from leaderboards.board_diff import ABSENT, BoardDiff, Indices, Mask
from leaderboards.history.column_codec import SQUEEZED, pack, unpack

Benchmark = list[Any]
"""Teams above it, team id, name, score, submissions, last submission, members; as JSON."""

_WORTH_SQUEEZING = 200
"""Bytes; zlib makes hardly less of shorter texts."""


@dataclass(frozen=True)
class RowChanges:
    """What became of the teams that `Moves` tells of, in one sync or in several in a row.

    A team that moved or was edited has a row: those of the first sync come first, and of one sync
    those of the places taken, then those edited.
    """

    new_ids: NDArray[np.int64]
    """Of teams that were not on the board before, in the order of the places taken."""
    scores: NDArray[np.bytes_]
    """As Kaggle wrote them, in UTF-8, one for each place taken; an edited row keeps its score."""
    counted: Mask
    """Rows whose submissions or last submission differ."""
    submissions: Indices
    """For each of them; `UNKNOWN` where the file does not say."""
    dates: Indices
    """Unix seconds, likewise."""
    named: Mask
    """Rows whose name differs."""
    joined: Mask
    """Rows whose members differ."""
    texts: bytes
    """Names, members and benchmarks as JSON, squeezed or not."""

    @classmethod
    def of(cls, changes: BoardDiff) -> RowChanges:
        """Tell what became of the rows between two boards."""
        teams = changes.new.teams
        taken = np.flatnonzero(changes.moved_itself)
        rows = np.concatenate([taken, np.flatnonzero(changes.edited)])
        counted, named, joined = (
            changed[rows] for changed in (changes.counted, changes.renamed, changes.regrouped)
        )
        return cls(
            new_ids=teams.team_id[rows[changes.origin[rows] == ABSENT]],
            scores=_texts_side_by_side([teams.score_text[row] for row in taken.tolist()]),
            counted=counted,
            submissions=teams.submissions[rows[counted]],
            dates=teams.last_submission_at[rows[counted]],
            named=named,
            joined=joined,
            texts=write_texts(
                [teams.team_name[row] for row in rows[named].tolist()],
                [teams.members[row] for row in rows[joined].tolist()],
                {0: _benchmarks(changes.new)} if changes.benchmarks_changed else {},
            ),
        )

    @classmethod
    def none(cls) -> RowChanges:
        """Tell of a sync in which no row changed."""
        numbers, rows = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
        scores = np.empty(0, dtype=np.bytes_)
        return cls(numbers, scores, rows, numbers, numbers, rows, rows, b"")

    @classmethod
    def put_together(cls, parts: Sequence[RowChanges], sync_counts: Sequence[int]) -> RowChanges:
        """Put details one after the other, oldest first, each of so many syncs."""
        firsts = np.cumsum([0, *sync_counts]).tolist()
        return cls(
            new_ids=np.concatenate([part.new_ids for part in parts]),
            scores=np.concatenate([part.scores for part in parts]),
            counted=np.concatenate([part.counted for part in parts]),
            submissions=np.concatenate([part.submissions for part in parts]),
            dates=np.concatenate([part.dates for part in parts]),
            named=np.concatenate([part.named for part in parts]),
            joined=np.concatenate([part.joined for part in parts]),
            texts=write_texts(
                [name for part in parts for name in part.names],
                [members for part in parts for members in part.members],
                {
                    first + sync: marks
                    for first, part in zip(firsts, parts, strict=False)
                    for sync, marks in part.benchmarks.items()
                },
            ),
        )

    @classmethod
    def decode(cls, data: bytes) -> RowChanges:
        """Read what `encode` wrote."""
        (row_count, score_width), *columns = unpack(data)
        new_ids, scores, counted, submissions, dates, named, joined, texts = columns
        return cls(
            new_ids=np.array(new_ids, dtype=np.int64),
            scores=np.frombuffer(scores.tobytes(), dtype=f"S{score_width}"),
            counted=_mask(counted, row_count),
            submissions=np.array(submissions, dtype=np.int64),
            dates=np.array(dates, dtype=np.int64),
            named=_mask(named, row_count),
            joined=_mask(joined, row_count),
            texts=texts.tobytes(),
        )

    def encode(self, *, squeeze: bool = True) -> bytes:
        """Write everything down; `squeeze` spares room for long texts."""
        texts = self.texts
        if squeeze and len(texts) > _WORTH_SQUEEZING and texts[:1] != SQUEEZED:
            texts = zlib.compress(texts)
        return pack(
            (
                (len(self.counted), self.scores.itemsize),
                self.new_ids,
                self.scores.tobytes(),
                np.packbits(self.counted).tobytes(),
                self.submissions,
                self.dates,
                np.packbits(self.named).tobytes(),
                np.packbits(self.joined).tobytes(),
                texts,
            )
        )

    @property
    def names(self) -> list[str]:
        """For each row in `named`."""
        names: list[str] = self._content.get("names", [])
        return names

    @property
    def members(self) -> list[str]:
        """For each row in `joined`, user names joined by commas."""
        members: list[str] = self._content.get("members", [])
        return members

    @property
    def benchmarks(self) -> dict[int, list[Benchmark]]:
        """All of them by sync, where they differ."""
        return {int(sync): marks for sync, marks in self._content.get("benchmarks", {}).items()}

    @cached_property
    def _content(self) -> dict[str, Any]:
        text = zlib.decompress(self.texts) if self.texts[:1] == SQUEEZED else self.texts
        content: dict[str, Any] = orjson.loads(text or b"{}")
        return content

    def score_text(self, slot: int) -> str:
        """Give the score at a place taken."""
        text: bytes = self.scores[slot]
        return text.decode()

    @cached_property
    def counted_before(self) -> Indices:
        """For each row, how many of those before it are in `counted`."""
        counts: Indices = np.cumsum(self.counted) - self.counted
        return counts


def write_texts(
    names: list[str], members: list[str], benchmarks: dict[int, list[Benchmark]]
) -> bytes:
    """Write the texts of details, as JSON."""
    content = {"names": names, "members": members, "benchmarks": benchmarks}
    content = {key: value for key, value in content.items() if value}
    if not content:
        return b""
    return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


def _texts_side_by_side(texts: list[str]) -> NDArray[np.bytes_]:
    return np.array([text.encode() for text in texts] or [], dtype=np.bytes_)


def _mask(bits: array[int], count: int) -> Mask:
    return np.unpackbits(np.array(bits, dtype=np.uint8), count=count).astype(np.bool_)


def _benchmarks(board: Board) -> list[Benchmark]:
    marks = board.benchmarks
    return [
        list(row)
        for row in zip(
            board.teams_above.tolist(),
            marks.team_id.tolist(),
            marks.team_name,
            marks.score_text,
            marks.submissions.tolist(),
            marks.last_submission_at.tolist(),
            marks.members,
            strict=True,
        )
    ]
