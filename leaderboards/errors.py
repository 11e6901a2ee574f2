"""The expected failures of syncs and of what people give, each with one sentence for people."""

from leaderboards.secret_redaction import redact_secrets


class LeaderboardError(Exception):
    """The base of every expected failure; `str()` of it is a sentence for members."""

    def __init__(self, sentence: str) -> None:
        super().__init__(redact_secrets(sentence))


class InvalidInput(LeaderboardError):
    """What was typed or uploaded is not what is needed, such as a competition, a date or a CSV."""


class BoardRefused(LeaderboardError):
    """A file or a response is not a leaderboard, or cannot be parsed without guessing."""


class EmptyBoard(BoardRefused):
    """A leaderboard has no teams, as that of a competition that has just begun."""


class PrivateBoardServed(BoardRefused):
    """Kaggle serves the private board in place of the public one."""


class InconsistentPages(BoardRefused):
    """A board changed between two of its pages, so that they do not fit together."""


class UnconfirmedBoard(BoardRefused):
    """The pages differ from the public board, but only a later check can tell what they are.

    `checksum` is that of the pages.
    """

    def __init__(self, sentence: str, checksum: bytes) -> None:
        super().__init__(sentence)
        self.checksum = checksum


class KaggleError(LeaderboardError):
    """A call of the Kaggle CLI failed, or a saved file is not what it downloads."""


class CompetitionNotFound(KaggleError):
    """Kaggle knows no competition with this slug (404)."""


class CompetitionRenamed(CompetitionNotFound):
    """Kaggle knows a competition no longer by this slug, but probably by another one.

    `new_slug` is that one.
    """

    def __init__(self, sentence: str, new_slug: str) -> None:
        super().__init__(sentence)
        self.new_slug = new_slug


class Forbidden(KaggleError):
    """The competition is not shown to this account (403); Kaggle may not say why."""


class RulesNotAccepted(Forbidden):
    """Kaggle says that the rules are not accepted with this account (403)."""


class LeaderboardNotShown(KaggleError):
    """Kaggle lists the competition, but shows no leaderboard of it (403 or 404)."""


class NotLoggedIn(KaggleError):
    """The CLI has no credentials, or Kaggle does not accept them (401)."""


class RateLimited(KaggleError):
    """Kaggle asks for fewer calls (429)."""


class TimedOut(KaggleError):
    """The CLI did not end within its time and was stopped."""


class NoNetwork(KaggleError):
    """Kaggle could not be reached at all."""


class DiskFull(KaggleError):
    """There is no room on this machine for what the CLI saves."""


class NotALeaderboard(KaggleError):
    """A file, downloaded or saved, is not a zip with one leaderboard CSV."""


class CliMissing(KaggleError):
    """The Kaggle CLI is not installed."""


class CliTooOld(KaggleError):
    """The Kaggle CLI is too old for a call; downloads of leaderboards need 1.7.4.5 or newer."""


class KaggleFailed(KaggleError):
    """The CLI failed in a way that has no type of its own; the sentence carries its last line."""
