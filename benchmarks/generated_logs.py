"""Long history logs, generated sync by sync in the form of the log itself; no board is compared.

`tests/benchmarks/test_generated_logs.py` shows that comparing the boards would give the same log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from leaderboards.board import Board, Integers
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.comparison.rescoring import ScoreDrift
from leaderboards.history import build_snapshot
from leaderboards.history.moves import NEW_TEAM, Moves
from leaderboards.history.past_board import PastBoard
from leaderboards.history.row_changes import RowChanges, encode_texts
from leaderboards.history.snapshot import LogSegment, build_keyframe, decode_keyframe
from leaderboards.news.follower import Follower, NewsDecision
from storage.boards.history_compaction import Retention
from storage.storage import Storage

EVERY = timedelta(minutes=5)
A_DAY = timedelta(days=1) // EVERY
_FOR_GOOD = Retention(timedelta(days=10_000), timedelta(days=10_000))


@dataclass(frozen=True, slots=True)
class Activity:
    """How lively a competition is."""

    movers_an_hour: float
    new_share: float
    """Of the movers, those that were not on the board before."""
    submitting_share: float
    """Of the other movers, those that made a submission; the scores of the rest drift."""
    edited_share: float
    """For each mover, how many teams made a submission that moved nothing."""
    score: str
    """How a score is written."""
    best: float


QUIET = Activity(20, 0.25, 1, 0.6, "%.5f", 1)
LIVELY = Activity(2_500, 0.0005, 0.01, 0.002, "%.1f", 3_000)
"""As counted on the recorded boards of a simulation competition."""


def generate_log(
    first: Board, activity: Activity, syncs: int, seed: int = 1
) -> Iterator[LogSegment]:
    """Generate the log segment of each sync after the first."""
    rng = np.random.default_rng(seed)
    count, next_id = len(first.teams), int(first.teams.team_id.max()) + 1
    begins = _seconds(first)
    for sync in range(1, syncs + 1):
        taken_at = begins + sync * int(EVERY.total_seconds())
        movers = rng.poisson(activity.movers_an_hour * (EVERY / timedelta(hours=1)))
        new = rng.binomial(movers, activity.new_share)
        count += new
        part = _generate_segment(
            rng, activity, taken_at, count, movers, np.arange(next_id, next_id + new)
        )
        next_id += new
        yield part


def _generate_segment(  # noqa: PLR0917
    rng: np.random.Generator,
    activity: Activity,
    taken_at: int,
    count: int,
    movers: int,
    new: Integers,
) -> LogSegment:
    old = movers - len(new)
    left = np.sort(rng.choice(count - len(new), old, replace=False))
    taken = np.sort(rng.choice(count, movers, replace=False))
    came_from = np.concatenate([np.arange(1, old + 1), np.full(len(new), NEW_TEAM)])
    rng.shuffle(came_from)
    edited = rng.choice(count, rng.poisson(movers * activity.edited_share), replace=False)
    edited = np.setdiff1d(edited, taken)
    is_new = np.concatenate([came_from == NEW_TEAM, np.zeros(len(edited), dtype=np.bool_)])
    submissions_changed = is_new | (rng.random(len(is_new)) < activity.submitting_share)
    submissions_changed[movers:] = True
    nothing = new[:0]
    return LogSegment(
        Moves.from_sync(
            taken_at,
            np.arange(1, count + 1),
            left=left,
            taken=taken,
            came_from=came_from,
            edited=edited,
            gone=nothing,
        ),
        RowChanges(
            new_ids=new,
            scores=np.array(
                [
                    (activity.score % (share * activity.best)).encode()
                    for share in rng.random(movers)
                ],
                dtype=np.bytes_,
            ),
            submissions_changed=submissions_changed,
            submissions=rng.integers(1, 200, int(submissions_changed.sum())),
            dates=taken_at
            - rng.integers(0, int(EVERY.total_seconds()), int(submissions_changed.sum())),
            name_changed=is_new,
            members_changed=is_new,
            texts=encode_texts(
                [f"newcomer {team_id}" for team_id in new.tolist()],
                [f"newcomer{team_id}" for team_id in new.tolist()],
                {},
            ),
        ),
    )


async def store_log(storage: Storage, first: Board, activity: Activity, syncs: int) -> int:
    """Store a log as its syncs would have, and return the id of its board."""
    keyframe = build_keyframe(first)
    past = PastBoard(decode_keyframe(keyframe), _seconds(first))
    begins = Moves.empty(_seconds(first), first.teams.rank)
    rows = [(begins.taken_at[0], len(first.teams), begins.encode(), RowChanges.empty().encode())]
    for part in generate_log(first, activity, syncs):
        past.apply(part)
        moves, row_changes = part.moves.encode(), part.row_changes.encode()
        rows.append((part.moves.taken_at[0], part.moves.team_counts[0], moves, row_changes))
    last = past.build_board(slug=first.slug, kind=first.kind, order=first.order)
    board_id = await store_board(storage, last, _measure_drift(activity, len(first.teams)))
    async with storage.database.write() as connection:
        await connection.execute("DELETE FROM log_segments WHERE board_id = ?", (board_id,))
        await connection.execute("DELETE FROM keyframes WHERE board_id = ?", (board_id,))
        await connection.execute(
            "INSERT INTO keyframes VALUES (?, ?, ?)", (board_id, _seconds(first), keyframe)
        )
        await connection.executemany(
            "INSERT INTO log_segments (board_id, taken_at, team_count, moves, row_changes)"
            " VALUES (?, ?, ?, ?, ?)",
            ((board_id, *row) for row in rows),
        )
    while await storage.history_compaction.step(datetime.now(UTC), _FOR_GOOD):
        pass
    return board_id


def _measure_drift(activity: Activity, teams: int) -> ScoreDrift:
    """Return which share of the scores changes from one sync to the next without a submission."""
    movers = activity.movers_an_hour * (EVERY / timedelta(hours=1))
    return ScoreDrift(movers * (1 - activity.new_share) * (1 - activity.submitting_share) / teams)


async def store_board(storage: Storage, board: Board, drift: ScoreDrift) -> int:
    """Store a board as a first sync would have, and return its id."""
    if board.slug is None or board.taken_at is None:
        raise ValueError("a log is of a competition and has a time")

    def nothing(follower: Follower) -> NewsDecision:
        return NewsDecision((), (), follower.leader_team_id, follower.leader_announced_at)

    changes = BoardDiff.between(None, board)
    await storage.competitions.add_for_owner(board.slug)
    await storage.board_writer.commit(
        board.slug,
        changes,
        build_snapshot(changes, board.taken_at),
        checksum=b"",
        decide=nothing,
        now=board.taken_at,
        drift=drift,
    )
    stored = await storage.board_writer.find_stored(board.slug, board.kind)
    if stored is None:
        raise LookupError("the board was not stored")
    return stored.board_id


def _seconds(board: Board) -> int:
    if board.taken_at is None:
        raise ValueError("a log begins at a time")
    return int(board.taken_at.timestamp())
