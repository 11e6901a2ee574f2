"""What storage refuses, each with a sentence for a person."""

from leaderboards.errors import LeaderboardError
from leaderboards.verification_codes import VerificationMethod


class DatabaseUnusable(LeaderboardError):
    """The database file cannot be used as it is; `str()` of it says why and what to do."""


class BackupFailed(Exception):
    """No backup was written; what stood at the target is unchanged."""


class RestoreRefused(Exception):
    """A backup was not put in the database's place, and the database is unchanged."""


class NameTaken(Exception):
    """A Kaggle user name is linked by another member of the same server."""

    def __init__(self, user_id: int, verification: VerificationMethod | None) -> None:
        super().__init__(f"This Kaggle name is already linked by member {user_id} of this server.")
        self.user_id = user_id
        self.verification = verification


class BoardMoved(LeaderboardError):
    """The board was stored by another process between its reading and this one's writing."""
