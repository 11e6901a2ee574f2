"""What can go wrong between Kaggle and a board, each as a type with one sentence for a person."""

from leaderboards.secret_redaction import redact_secrets


class LeaderboardError(Exception):
    """The base of every expected failure; `str()` of it is a sentence for anyone."""

    def __init__(self, sentence: str) -> None:
        super().__init__(redact_secrets(sentence))


class InvalidName(LeaderboardError):
    """What a person typed names no competition, or no Kaggle user."""


class BoardRefused(LeaderboardError):
    """A file or an answer is no leaderboard that can be read without guessing."""


class PrivateServed(BoardRefused):
    """Kaggle lets the private board be downloaded in place of the public one."""


class BoardMoving(BoardRefused):
    """A board changed between two of its pages, so that they fit together no more."""


class KaggleError(LeaderboardError):
    """The Kaggle CLI did not bring what was asked for."""


class CompetitionNotFound(KaggleError):
    """Kaggle knows no competition of this name (404)."""


class Forbidden(KaggleError):
    """The rules are not accepted with this account, or the competition is private (403)."""


class NotLoggedIn(KaggleError):
    """The CLI has no credentials, or Kaggle does not accept them (401)."""


class RateLimited(KaggleError):
    """Kaggle asks for fewer calls (429)."""


class TimedOut(KaggleError):
    """The CLI did not end within its time and was stopped."""


class NoNetwork(KaggleError):
    """Kaggle could not be reached at all."""


class NotALeaderboard(KaggleError):
    """The CLI ended well, but what it saved is no leaderboard archive."""


class CliMissing(KaggleError):
    """The Kaggle CLI is not installed."""


class CliTooOld(KaggleError):
    """The Kaggle CLI is older than 1.7.4.5, which cannot download leaderboards any more."""


class KaggleFailed(KaggleError):
    """The CLI failed in a way that has no type of its own; the sentence carries its last line."""
