"""Errors of storage; `str()` is for a person."""

from pathlib import Path

from leaderboards.errors import LeaderboardError
from leaderboards.members.verification_codes import VerificationMethod
from records.teammates import SearchEnd


class DatabaseUnusable(LeaderboardError):
    """The database file cannot be used as it is; `str()` is a sentence with why and what to do."""


def path_hint(error: OSError) -> str:
    """Return what to add to a sentence about the database's files: what to do, if it is known."""
    if isinstance(error, PermissionError):
        return " Its files must belong to the user that runs this."
    if isinstance(error, IsADirectoryError):
        return " DATABASE_PATH must name a file, not a folder."
    if (
        isinstance(error, FileNotFoundError | NotADirectoryError)
        and isinstance(error.filename, str | Path)
        and not Path(error.filename).absolute().parent.is_dir()
    ):
        return " Its folder is missing: make it, or change DATABASE_PATH."
    return ""


class UnusableFile(Exception):
    """A database file cannot be used; `str()` goes on after its name ("is an empty file; …").

    Only inside storage: callers get a sentence, such as that of `DatabaseUnusable`.
    """


class DatabaseMoved(DatabaseUnusable):
    """The path does not name the opened file any more."""


class BackupFailed(Exception):
    """A backup was not written, or an old one was not deleted.

    If it was not written, a file at its path is unchanged.
    """


class RestoreRefused(Exception):
    """A backup was not restored; the database is unchanged."""


class NameTaken(Exception):
    """Another member of the same server is linked to the Kaggle user name."""

    def __init__(self, user_id: int, verification: VerificationMethod | None) -> None:
        super().__init__(f"This Kaggle name is already linked by member {user_id} of this server.")
        self.user_id = user_id
        self.verification = verification


class SearchRefused(Exception):
    """A member cannot look for team mates in a competition; `reason` says why."""

    def __init__(self, reason: SearchEnd) -> None:
        super().__init__(f"The search for team mates is refused: {reason}.")
        self.reason = reason


class StaleBoardDiff(LeaderboardError):
    """Another process stored the board after this one had read it."""


class CompetitionDeleted(LeaderboardError):
    """A competition was deleted, or got another slug, while Kaggle was asked for it."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"{slug} was deleted or renamed meanwhile; what Kaggle answered is dropped."
        )
