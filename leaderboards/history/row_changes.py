"""Changed rows of a board: scores, submissions, names, members and benchmarks."""

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

from leaderboards.board import ABSENT, Board, Integers, Mask, Texts
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history.column_codec import ZLIB_PREFIX, pack, unpack

Benchmark = list[Any]
"""Teams above it, team id, name, score, submissions, last submission, members; as JSON."""

_MIN_COMPRESSED_BYTES = 200
"""Bytes; zlib saves little on shorter texts."""


@dataclass(frozen=True)
class RowChanges:
    """Changes in the rows of the teams in `Moves`, in one or more consecutive syncs.

    Each team that moved or was edited has a row, sync by sync: first those that moved, as in
    `Moves.taken`, then those that were edited in place. Masks have one value for each row.
    """

    new_ids: Integers
    """Ids of teams that were not on the board before, in the order of the positions taken."""
    scores: NDArray[np.bytes_]
    """As Kaggle wrote them, in UTF-8, one for each position taken; edited rows keep their score."""
    submissions_changed: Mask
    """Rows whose submissions or last submission changed."""
    submissions: Integers
    """One for each row that `submissions_changed` marks; `UNKNOWN` where the file has none."""
    dates: Integers
    """Last submissions in Unix seconds, likewise."""
    name_changed: Mask
    """Rows whose name changed."""
    members_changed: Mask
    """Rows whose members changed."""
    texts: bytes
    """Names, members and benchmarks as JSON, compressed or not."""

    @classmethod
    def from_diff(cls, changes: BoardDiff) -> RowChanges:
        """Return the row changes between two boards."""
        teams = changes.new.teams
        taken = np.flatnonzero(changes.moved_itself)
        rows = np.concatenate([taken, np.flatnonzero(changes.edited)])
        submissions_changed, name_changed, members_changed = (
            changed[rows]
            for changed in (
                changes.submissions_changed,
                changes.name_changed,
                changes.members_changed,
            )
        )
        return cls(
            new_ids=teams.team_id[rows[changes.old_rows[rows] == ABSENT]],
            scores=_encode_scores(teams.score_text[taken]),
            submissions_changed=submissions_changed,
            submissions=teams.submissions[rows[submissions_changed]],
            dates=teams.last_submission_at[rows[submissions_changed]],
            name_changed=name_changed,
            members_changed=members_changed,
            texts=encode_texts(
                teams.team_name[rows[name_changed]].tolist(),
                teams.members[rows[members_changed]].tolist(),
                {0: _build_benchmarks(changes.new)} if changes.benchmarks_changed else {},
            ),
        )

    @classmethod
    def empty(cls) -> RowChanges:
        """Return a sync without changed rows."""
        numbers, rows = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
        scores = np.empty(0, dtype=np.bytes_)
        return cls(numbers, scores, rows, numbers, numbers, rows, rows, b"")

    @classmethod
    def concatenate(cls, segments: Sequence[RowChanges], sync_counts: Sequence[int]) -> RowChanges:
        """Return consecutive segments as one, oldest first, each with its number of syncs."""
        firsts = np.cumsum([0, *sync_counts]).tolist()
        return cls(
            new_ids=np.concatenate([segment.new_ids for segment in segments]),
            scores=np.concatenate([segment.scores for segment in segments]),
            submissions_changed=np.concatenate(
                [segment.submissions_changed for segment in segments]
            ),
            submissions=np.concatenate([segment.submissions for segment in segments]),
            dates=np.concatenate([segment.dates for segment in segments]),
            name_changed=np.concatenate([segment.name_changed for segment in segments]),
            members_changed=np.concatenate([segment.members_changed for segment in segments]),
            texts=encode_texts(
                [name for segment in segments for name in segment.names],
                [members for segment in segments for members in segment.members],
                {
                    first + sync: benchmarks
                    for first, segment in zip(firsts, segments, strict=False)
                    for sync, benchmarks in segment.benchmarks.items()
                },
            ),
        )

    @classmethod
    def decode(cls, data: bytes) -> RowChanges:
        """Return the row changes that `encode` wrote."""
        (row_count, score_width), *columns = unpack(data)
        (
            new_ids,
            scores,
            submissions_changed,
            submissions,
            dates,
            name_changed,
            members_changed,
            texts,
        ) = columns
        return cls(
            new_ids=np.array(new_ids, dtype=np.int64),
            scores=np.frombuffer(scores.tobytes(), dtype=f"S{score_width}"),
            submissions_changed=_unpack_mask(submissions_changed, row_count),
            submissions=np.array(submissions, dtype=np.int64),
            dates=np.array(dates, dtype=np.int64),
            name_changed=_unpack_mask(name_changed, row_count),
            members_changed=_unpack_mask(members_changed, row_count),
            texts=texts.tobytes(),
        )

    def encode(self, *, compress: bool = True) -> bytes:
        """Return the row changes as bytes; `compress` compresses long texts."""
        texts = self.texts
        if compress and len(texts) > _MIN_COMPRESSED_BYTES and texts[:1] != ZLIB_PREFIX:
            texts = zlib.compress(texts)
        return pack(
            (
                (len(self.submissions_changed), self.scores.itemsize),
                self.new_ids,
                self.scores.tobytes(),
                np.packbits(self.submissions_changed).tobytes(),
                self.submissions,
                self.dates,
                np.packbits(self.name_changed).tobytes(),
                np.packbits(self.members_changed).tobytes(),
                texts,
            )
        )

    @property
    def names(self) -> list[str]:
        """One for each row in `name_changed`."""
        names: list[str] = self._content.get("names", [])
        return names

    @property
    def members(self) -> list[str]:
        """One for each row in `members_changed`: user names joined by commas."""
        members: list[str] = self._content.get("members", [])
        return members

    @property
    def benchmarks(self) -> dict[int, list[Benchmark]]:
        """All benchmarks, by the index of each sync at which they changed."""
        return {int(sync): rows for sync, rows in self._content.get("benchmarks", {}).items()}

    @cached_property
    def _content(self) -> dict[str, Any]:
        text = zlib.decompress(self.texts) if self.texts[:1] == ZLIB_PREFIX else self.texts
        content: dict[str, Any] = orjson.loads(text or b"{}")
        return content

    def score_text(self, slot: int) -> str:
        """Return the score at an index of `Moves.taken`."""
        text: bytes = self.scores[slot]
        return text.decode()

    @cached_property
    def submissions_changed_before(self) -> Integers:
        """For each row, how many rows above it `submissions_changed` marks."""
        counts: Integers = np.cumsum(self.submissions_changed) - self.submissions_changed
        return counts


def encode_texts(
    names: list[str], members: list[str], benchmarks: dict[int, list[Benchmark]]
) -> bytes:
    """Encode names, members and benchmarks as JSON; empty bytes if there are none."""
    content = {"names": names, "members": members, "benchmarks": benchmarks}
    content = {key: value for key, value in content.items() if value}
    if not content:
        return b""
    return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


def _encode_scores(texts: Texts) -> NDArray[np.bytes_]:
    return np.array([text.encode() for text in texts.tolist()], dtype=np.bytes_)


def _unpack_mask(bits: array[int], count: int) -> Mask:
    return np.unpackbits(np.array(bits, dtype=np.uint8), count=count).astype(np.bool_)


def _build_benchmarks(board: Board) -> list[Benchmark]:
    benchmarks = board.benchmarks
    return [
        list(row)
        for row in zip(
            board.teams_above.tolist(),
            benchmarks.team_id.tolist(),
            benchmarks.team_name.tolist(),
            benchmarks.score_text.tolist(),
            benchmarks.submissions.tolist(),
            benchmarks.last_submission_at.tolist(),
            benchmarks.members.tolist(),
            strict=True,
        )
    ]
