"""Continuations: teams that continue others, as Kaggle drops the rows of teams that merge.

One of them may keep its team id, or the merged team gets a new one. Nothing of that is an
achievement: the merged team is measured from the team whose place it has taken over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leaderboards.board import ABSENT, UNKNOWN, Columns, Entry, Integers, Mask, split_members


@dataclass(frozen=True, slots=True)
class Continuation:
    """A team of the newer board, and the teams of the older one that it continues."""

    team_id: int
    sources: tuple[Entry, ...]
    """Their rows on the older board, best rank first; its own too if it kept its id."""
    predecessor: Entry
    """The source that it is compared with: one whose place it has taken over, or, if all
    sources keep their places, one that its members left."""

    def has_submitted(self, after: Entry) -> bool:
        """Check whether the team has handed in more than its sources had.

        The merged team has the sum of their submissions, and one of their dates.
        """
        dates = [source.last_submission_at for source in self.sources]
        known = [date for date in dates if date is not None]
        if after.last_submission_at is not None and known:
            return after.last_submission_at > max(known)
        counts = [source.submissions for source in self.sources]
        if after.submissions is not None and None not in counts:
            return after.submissions > sum(count or 0 for count in counts)
        return all(source.score != after.score for source in self.sources)


def find_continuations(
    before: Columns,
    after: Columns,
    *,
    old_rows: Integers,
    gone_rows: Integers,
    members_changed: Mask,
    submissions_changed: Mask,
) -> dict[int, Continuation]:
    """Return the continuations on a board, by team id.

    A team that is gone is continued by the team of its members; if they are on none, by the team
    with its score and time of last submission. A new team is also a continuation of teams that stay
    if its members were in them. The arrays are those of a `BoardDiff`.
    """
    own, gone = old_rows.tolist(), gone_rows.tolist()
    changed = np.flatnonzero(members_changed).tolist()
    possibly_left = [*gone, *(own[row] for row in changed if own[row] != ABSENT)]
    former, is_gone = _index_members(before, possibly_left), set(gone)
    sources: defaultdict[int, set[int]] = defaultdict(set)
    for row in changed:
        for member in _split_folded(after.members[row]):
            old_row = former.get(member)
            # A team that was there before goes on from another one only if that is gone.
            if old_row is not None and (old_row in is_gone or own[row] == ABSENT):
                sources[row].add(old_row)
    taken = {old_row for rows in sources.values() for old_row in rows}
    rest = [old_row for old_row in gone if old_row not in taken]
    if rest:
        candidates = np.flatnonzero(submissions_changed).tolist()
        for row, old_row in _match_submissions(before, rest, after, candidates):
            sources[row].add(old_row)
    continuations = {}
    for row, source_rows in sources.items():
        all_rows = sorted(source_rows | ({own[row]} - {ABSENT}))
        entries = {old_row: before.entry(old_row) for old_row in all_rows}
        # Only the place of a team that is gone, or its own, can be taken over.
        free = [
            entries[old_row] for old_row in all_rows if old_row in is_gone or old_row == own[row]
        ]
        places = free or list(entries.values())
        same_score = [entry for entry in places if entry.score == after.score[row]]
        team_id = int(after.team_id[row])
        continuations[team_id] = Continuation(
            team_id, tuple(entries.values()), (same_score or places)[0]
        )
    return continuations


def _index_members(teams: Columns, rows: Iterable[int]) -> Mapping[str, int]:
    """Return the row of each user in some rows, by casefolded user name."""
    return {member: row for row in rows for member in _split_folded(teams.members[row])}


def _split_folded(joined: str) -> tuple[str, ...]:
    return split_members(joined.casefold())


def _match_submissions(
    before: Columns, old_rows: Sequence[int], after: Columns, rows: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of a new and an old row with one score and one time of the last submission.

    A time counts only if just one team on each board has it: some files have one time for all.
    """
    rows_by_date = {int(after.last_submission_at[row]): row for row in rows}
    for old_row in old_rows:
        date = int(before.last_submission_at[old_row])
        row = rows_by_date.get(date)
        if (
            row is not None
            and date != UNKNOWN
            and before.score[old_row] == after.score[row]
            and all(
                np.count_nonzero(teams.last_submission_at == date) == 1 for teams in (before, after)
            )
        ):
            yield row, old_row
