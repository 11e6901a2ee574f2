"""The log of what moved: any team's whole history and any past board, exactly.

Between two boards few teams move by themselves; every other rank follows. A snapshot therefore
keeps which places of the old board were left and which of the new one were taken (`moves`), and
the rows of those teams as far as they differ (`details`). A team that did not move itself walks
through a snapshot with two binary searches (`team`). A past board is a whole one, the keyframe,
led on by what moved after it (`past`). Later a day's snapshots become one part of the log
(`folding`), of which after some time fewer syncs are kept.
"""

from leaderboards.history.snapshot import Snapshot, build_snapshot
from leaderboards.history.team_history import RankAt, TeamHistory

__all__ = ["RankAt", "Snapshot", "TeamHistory", "build_snapshot"]
