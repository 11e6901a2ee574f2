"""Errors of storage; `str()` is for a person: a sentence, except where it says otherwise."""

from leaderboards.errors import LeaderboardError
from leaderboards.verification_codes import VerificationMethod


class DatabaseUnusable(LeaderboardError):
    """The database file cannot be used as it is; `str()` of it says why and what to do.

    Inside storage it may be the rest of a sentence that begins with the file ("is an empty file…");
    a caller of storage gets the whole sentence.
    """


class DatabaseMoved(DatabaseUnusable):
    """The path does not name the opened file any more."""


class BackupFailed(Exception):
    """No backup was written; a file at the target is unchanged."""


class RestoreRefused(Exception):
    """A backup was not restored; the database is unchanged."""


class NameTaken(Exception):
    """Another member of the same server is linked to the Kaggle user name."""

    def __init__(self, user_id: int, verification: VerificationMethod | None) -> None:
        super().__init__(f"This Kaggle name is already linked by member {user_id} of this server.")
        self.user_id = user_id
        self.verification = verification


class StaleBoardDiff(LeaderboardError):
    """Another process stored the board after this one had read it."""
