"""The log of a board, from which team histories and past boards are read.

Between two syncs few teams move by themselves; every other rank follows. Each sync appends a
segment to the log: `moves`, the positions that teams left on the old board and took on the new one,
and `row_changes`, what changed in the rows of those teams (`moves.py`, `row_changes.py`).
`team_history.py` traces a team back from its current rank: a sync in which it did not move by
itself costs two binary searches. `past_continuations.py` knows which teams a team continues: its
history begins with theirs. `past_board.py` rebuilds a past board: it decodes a keyframe, a
whole board, and applies the segments after it. `compaction.py` concatenates the segments of a day
and later drops syncs from them. `snapshot.py` encodes what a sync appends; `column_codec.py` packs
integers into bytes.
"""

from leaderboards.history.snapshot import Snapshot, build_snapshot
from leaderboards.history.team_history import RankPoint, TeamHistory

__all__ = ["RankPoint", "Snapshot", "TeamHistory", "build_snapshot"]
