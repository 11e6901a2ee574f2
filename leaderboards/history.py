"""The log of what moved: any team's whole history and any past board, exactly.

Between two boards few teams move by themselves; every other rank follows. A snapshot therefore
keeps, in `moves`, which places of the old board were left and which of the new one were taken,
and in `rows` the rows of those teams as they are from then on. Places count from 0.

A team that did not move itself walks through a snapshot without the rest of the board: minus the
places left above it, plus the places taken above it. Backwards likewise.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np

from leaderboards.board import UNKNOWN, Board, Columns, Entry, split_members
from leaderboards.changes import ABSENT, Changes

_COUNTS = struct.Struct("<4I")
_NEW = 0xFFFF_FFFF
"""Stands for the origin of a team that was not on the old board."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One sync's part of the log."""

    taken_at: datetime
    team_count: int
    moves: bytes
    rows: bytes


@dataclass(frozen=True, slots=True)
class RankAt:
    """Where a team stood at one sync; everything is None while it was not on the board."""

    taken_at: datetime
    team_count: int
    rank: int | None
    score: float | None
    score_text: str | None
    submissions: int | None


def snapshot_of(changes: Changes, taken_at: datetime) -> Snapshot:
    """Encode the difference between two boards."""
    new = changes.new
    moved = np.flatnonzero(changes.moved_itself)
    origins = changes.origin[moved]
    removed = np.sort(np.concatenate([changes.gone, origins[origins != ABSENT]]))
    gaps = moved - np.arange(len(moved))
    came_from = np.where(origins == ABSENT, _NEW, np.searchsorted(removed, origins))
    edited = np.flatnonzero(changes.edited)
    count = len(new.teams)
    has_holes = not np.array_equal(new.teams.rank, np.arange(1, count + 1))
    ranks = new.teams.rank if has_holes else np.empty(0, dtype=np.int64)
    moves = _COUNTS.pack(len(removed), len(moved), len(edited), len(ranks)) + b"".join(
        part.astype("<u4").tobytes() for part in (removed, gaps, came_from, edited, ranks)
    )
    return Snapshot(taken_at, count, moves, _encode_rows(changes, np.concatenate([moved, edited])))


def of_team(snapshots: Sequence[Snapshot], team_id: int, rank_now: int | None) -> list[RankAt]:
    """Give a team's rank and score at every sync.

    `snapshots` is the whole log, ascending; `rank_now` is the team's rank on the current board,
    None when it is not on it.
    """
    places, touched = _walk_back(snapshots, team_id, rank_now)
    history: list[RankAt] = []
    score_text: str | None = None
    submissions: int | None = None
    for index, (snapshot, rank) in enumerate(zip(snapshots, places, strict=True)):
        if index in touched:
            row = _Rows(snapshot.rows)
            slot = touched[index]
            score_text = row.score_texts[slot]
            submissions = _known(row.submissions[slot])
        on_board = rank is not None
        history.append(
            RankAt(
                taken_at=snapshot.taken_at,
                team_count=snapshot.team_count,
                rank=rank,
                score=float(score_text) if on_board and score_text is not None else None,
                score_text=score_text if on_board else None,
                submissions=submissions if on_board else None,
            )
        )
    return history


def ranks_before(
    snapshots: Sequence[Snapshot], ranks_now: Mapping[int, int], at: datetime
) -> dict[int, int | None]:
    """Tell which ranks teams had at a moment, from the ranks they have now.

    `snapshots` ascend and end with the newest; one at or before `at` must be among them, or the
    past is unknown and the answer is empty. None stands for a team that was not on the board.
    """
    if not snapshots or snapshots[0].taken_at > at:
        return {}
    since = bisect_right(snapshots, at, key=lambda snapshot: snapshot.taken_at)
    return {
        team_id: _walk_back(snapshots[since - 1 :], team_id, rank)[0][0]
        for team_id, rank in ranks_now.items()
    }


def board_at(snapshots: Iterable[Snapshot], current: Board, at: datetime) -> Board | None:
    """Rebuild the board as it stood at a moment; None for a time before the first snapshot.

    `current` lends what never changes: slug, kind and the order of scores.
    """
    order = np.empty(0, dtype=np.int64)
    teams: dict[int, Entry] = {}
    benchmarks: list[list[Any]] = []
    last: Snapshot | None = None
    for snapshot in snapshots:
        if snapshot.taken_at > at:
            break
        last = snapshot
        moves = _Moves(snapshot.moves)
        rows = _Rows(snapshot.rows)
        movers = np.array(rows.team_ids[: len(moves.gaps)], dtype=np.int64)
        stayed = np.delete(order, np.array(moves.removed, dtype=np.int64))
        order = np.insert(stayed, np.array(moves.gaps, dtype=np.int64), movers)
        rows.apply_to(teams)
        benchmarks = rows.benchmarks if rows.benchmarks is not None else benchmarks
    if last is None:
        return None
    ranks = list(_Moves(last.moves).ranks) or range(1, len(order) + 1)
    standing = [
        replace(teams[team_id], rank=rank)
        for team_id, rank in zip(order.tolist(), ranks, strict=True)
    ]
    return replace(
        current,
        taken_at=last.taken_at,
        teams=Columns.from_entries(standing),
        benchmarks=Columns.from_entries([_entry(row[1:]) for row in benchmarks]),
        teams_above=np.array([row[0] for row in benchmarks], dtype=np.int64),
    )


class _Moves:
    """The decoded `moves` of a snapshot."""

    __slots__ = ("came_from", "edited", "gaps", "ranks", "removed")

    def __init__(self, data: bytes) -> None:
        removed, moved, edited, ranks = _COUNTS.unpack_from(data)
        words = _words(data)
        start = _COUNTS.size // 4
        self.removed = words[start : (start := start + removed)]
        """Places of the old board that were left, ascending."""
        self.gaps = words[start : (start := start + moved)]
        """For each place taken, ascending, how many teams that stayed in order stand above it."""
        self.came_from = words[start : (start := start + moved)]
        """For each place taken, which of `removed` its team left, or `_NEW`."""
        self.edited = words[start : (start := start + edited)]
        """Places of teams that stayed in order, but whose row changed."""
        self.ranks = words[start : start + ranks]
        """Kaggle's ranks place by place, only where they are not 1, 2, 3, …"""

    def place_of(self, rank: int) -> int:
        return bisect_left(self.ranks, rank) if len(self.ranks) else rank - 1

    def rank_of(self, place: int) -> int:
        return self.ranks[place] if len(self.ranks) else place + 1

    def taken(self, place: int) -> int | None:
        """Which mover stands at this place of the new board, if one does."""
        gaps = self.gaps
        slot = bisect_left(range(len(gaps)), place, key=lambda index: gaps[index] + index)
        return slot if slot < len(gaps) and gaps[slot] + slot == place else None

    def before(self, place: int) -> int:
        """Where a team that stayed in order stood on the old board."""
        gaps, removed = self.gaps, self.removed
        survivor = place - bisect_left(range(len(gaps)), place, key=lambda i: gaps[i] + i)
        return survivor + bisect_right(range(len(removed)), survivor, key=lambda i: removed[i] - i)

    def row_of_edited(self, place: int) -> int | None:
        """Which row tells of the edited team at this place, if it was edited."""
        slot = bisect_left(self.edited, place)
        if slot < len(self.edited) and self.edited[slot] == place:
            return len(self.gaps) + slot
        return None

    def gone_count(self) -> int:
        return len(self.removed) - sum(origin != _NEW for origin in self.came_from)

    def gone_places(self) -> list[int]:
        returned = {self.removed[origin] for origin in self.came_from if origin != _NEW}
        return [place for place in self.removed if place not in returned]


class _Rows:
    """The decoded `rows` of a snapshot: first those that moved, then those edited."""

    def __init__(self, data: bytes) -> None:
        self._content: dict[str, Any] = json.loads(zlib.decompress(data))

    @cached_property
    def team_ids(self) -> list[int]:
        ids: list[int] = self._content["teams"]
        return ids

    @cached_property
    def score_texts(self) -> list[str]:
        texts: list[str] = self._content["scores"]
        return texts

    @cached_property
    def submissions(self) -> list[int]:
        counts: list[int] = self._content["submissions"]
        return counts

    @cached_property
    def gone(self) -> list[int]:
        ids: list[int] = self._content["gone"]
        return ids

    @cached_property
    def benchmarks(self) -> list[list[Any]] | None:
        rows: list[list[Any]] | None = self._content.get("benchmarks")
        return rows

    def apply_to(self, teams: dict[int, Entry]) -> None:
        names, members = self._content["names"], self._content["members"]
        for slot, (team_id, text, count, submitted_at) in enumerate(
            zip(
                self.team_ids,
                self.score_texts,
                self.submissions,
                self._content["dates"],
                strict=True,
            )
        ):
            known = teams.get(team_id)
            key = str(slot)
            teams[team_id] = _entry(
                (
                    team_id,
                    names[key] if known is None or key in names else known.team_name,
                    text,
                    count,
                    submitted_at,
                    members[key] if known is None or key in members else ",".join(known.members),
                )
            )
        for team_id in self.gone:
            del teams[team_id]


def _encode_rows(changes: Changes, rows: np.ndarray[Any, np.dtype[np.int64]]) -> bytes:
    teams = changes.new.teams
    names: dict[int, str] = {}
    members: dict[int, str] = {}
    before = changes.old.teams if changes.old is not None else None
    for slot, row in enumerate(rows.tolist()):
        origin = int(changes.origin[row])
        if before is None or origin == ABSENT or before.team_name[origin] != teams.team_name[row]:
            names[slot] = teams.team_name[row]
        if before is None or origin == ABSENT or before.members[origin] != teams.members[row]:
            members[slot] = teams.members[row]
    content: dict[str, Any] = {
        "teams": teams.team_id[rows].tolist(),
        "scores": [teams.score_text[row] for row in rows.tolist()],
        "submissions": teams.submissions[rows].tolist(),
        "dates": teams.last_submission_at[rows].tolist(),
        "names": names,
        "members": members,
        "gone": changes.gone_ids,
    }
    if changes.benchmarks_changed:
        marks = changes.new.benchmarks
        content["benchmarks"] = [
            list(row)
            for row in zip(
                changes.new.teams_above.tolist(),
                marks.team_id.tolist(),
                marks.team_name,
                marks.score_text,
                marks.submissions.tolist(),
                marks.last_submission_at.tolist(),
                marks.members,
                strict=True,
            )
        ]
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode())


def _walk_back(
    snapshots: Sequence[Snapshot], team_id: int, rank_now: int | None
) -> tuple[list[int | None], dict[int, int]]:
    """Give a team's rank at each snapshot, and in which of them its row was written, and where."""
    ranks: list[int | None] = [None] * len(snapshots)
    touched: dict[int, int] = {}
    place: int | None = None
    for index in range(len(snapshots) - 1, -1, -1):
        moves = _Moves(snapshots[index].moves)
        if index == len(snapshots) - 1 and rank_now is not None:
            place = moves.place_of(rank_now)
        if place is None:
            place = _place_when_gone(moves, snapshots[index], team_id)
            continue
        ranks[index] = moves.rank_of(place)
        slot = moves.taken(place)
        if slot is None:
            row = moves.row_of_edited(place)
            if row is not None:
                touched[index] = row
            place = moves.before(place)
            continue
        touched[index] = slot
        origin = moves.came_from[slot]
        place = None if origin == _NEW else moves.removed[origin]
    return ranks, touched


def _place_when_gone(moves: _Moves, snapshot: Snapshot, team_id: int) -> int | None:
    """Where a team that this snapshot lost stood before; None when it lost another, or none."""
    if not moves.gone_count():
        return None
    gone = _Rows(snapshot.rows).gone
    return moves.gone_places()[gone.index(team_id)] if team_id in gone else None


def _words(data: bytes) -> Sequence[int]:
    if sys.byteorder == "little":
        return memoryview(data).cast("I")
    words = array("I", data)
    words.byteswap()
    return words


def _entry(row: Sequence[Any]) -> Entry:
    team_id, name, score_text, submissions, submitted_at, members = row
    return Entry(
        rank=0,
        team_id=team_id,
        team_name=name,
        score=float(score_text),
        score_text=score_text,
        submissions=_known(submissions),
        last_submission_at=_moment(submitted_at),
        members=split_members(members),
    )


def _known(number: int) -> int | None:
    return None if number == UNKNOWN else number


def _moment(seconds: int) -> datetime | None:
    return None if seconds == UNKNOWN else datetime.fromtimestamp(seconds, UTC)
