"""All kinds of announcements that the outbox can hold, and their JSON.

A new kind is a class here, or in a module of its own if it is large, that is added to `Message`.
mypy then asks for its screen in `cogs/announcements/screens/message_screen.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import Field, TypeAdapter

from leaderboards.medals import MedalZone
from leaderboards.news.deadlines import DeadlineMovedMessage, ReminderMessage
from leaderboards.news.digest import DigestMessage
from leaderboards.news.items import NewsMessage
from leaderboards.news.message_kind import (
    MessageKind,
    NamesNobody,
    NotDeferrable,
    NotInDigestChannels,
    SentInEveryMode,
    drop_user,
    keep_user,
)
from leaderboards.news.new_competitions import NewCompetitionsMessage
from leaderboards.news.new_posts import NewPostsMessage
from leaderboards.news.news_summary import NewsSummaryMessage, merge_waiting_news

Kind = TypeVar("Kind", bound=MessageKind)


@dataclass(frozen=True, slots=True)
class WelcomeMessage(NamesNobody, NotDeferrable, SentInEveryMode):
    """Welcomes a server that the bot has just been added to."""

    type: Literal["welcome"] = "welcome"


@dataclass(frozen=True, slots=True)
class FollowedMessage(NamesNobody, NotDeferrable, SentInEveryMode):
    """Announces that a competition is followed from now on."""

    slug: str
    team_count: int
    members_on_board: int
    unverified_on_board: int = 0
    """Members whose links do not count, as the server counts only verified ones."""
    has_ended: bool = False
    type: Literal["followed"] = "followed"


@dataclass(frozen=True, slots=True)
class LiveBoardMessage(NamesNobody, NotDeferrable, SentInEveryMode):
    """Creates the message of a live board, which is then edited after each sync."""

    slug: str
    type: Literal["live_board"] = "live_board"


@dataclass(frozen=True, slots=True)
class ThreadMessage(NamesNobody, NotDeferrable, SentInEveryMode):
    """The first message of a competition's thread: it is followed, or its news moves there."""

    slug: str
    team_count: int
    members_on_board: int
    unverified_on_board: int = 0
    """Members whose links do not count, as the server counts only verified ones."""
    introduced: bool = False
    """Whether the server was told before that it follows the competition."""
    type: Literal["thread"] = "thread"


@dataclass(frozen=True, slots=True)
class ThreadLeftMessage(NamesNobody, NotDeferrable, SentInEveryMode):
    """Tells in the thread of a competition that it is closed, and where the news is posted now."""

    slug: str
    moved_to: int | None
    """The channel, or that in which a thread is opened; None if it is no longer followed, or
    announced nowhere."""
    type: Literal["thread_left"] = "thread_left"


@dataclass(frozen=True, slots=True)
class Finisher:
    """A team's result; `user_ids` are its linked members, perhaps none."""

    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    rank: int | None
    """On the final board; None for a team that is on the public one only."""
    public_rank: int | None
    score_text: str
    medal: MedalZone | None


@dataclass(frozen=True, slots=True)
class ShakeUpTeam:
    """A team that the private board moved far."""

    team_name: str
    public_rank: int
    rank: int


@dataclass(frozen=True, slots=True)
class EndedMessage(NotInDigestChannels):
    """Announces how a competition ended."""

    slug: str
    ended_at: datetime
    public_at: datetime
    """When the last public board was taken."""
    team_count: int
    private: bool
    """Whether the final board is a private one; else it is the last public one."""
    winner: Finisher
    """The first on the final board, with those of its members who are linked."""
    finishers: tuple[Finisher, ...]
    """This server's teams, the best first."""
    more: int
    """How many further teams of this server did not fit."""
    mean_shake_up: float
    """See `ShakeUp.mean`; 0 without a private board, as is `mean_places`."""
    mean_places: float
    rose: tuple[ShakeUpTeam, ...]
    fell: tuple[ShakeUpTeam, ...]
    replaces_public: bool = False
    """Whether the public board was announced as the final one before."""
    type: Literal["ended"] = "ended"

    def user_ids(self) -> frozenset[int]:
        """Return the members of the winner and of the finishers."""
        teams = (self.winner, *self.finishers)
        return frozenset(user_id for team in teams for user_id in team.user_ids)

    def redact(self, user_id: int) -> Self:
        """Return the message without a member; it is sent even if it names nobody."""
        return self._filter_users(lambda user_ids: drop_user(user_ids, user_id))

    def extract(self, user_id: int) -> Self | None:
        """Return the message with only a member's teams; None if they have none."""
        own = self._filter_users(lambda user_ids: keep_user(user_ids, user_id))
        return replace(own, more=0) if own.finishers else None

    def export(self) -> dict[str, Any]:
        """Describe the member's teams."""
        return {
            "competition": self.slug,
            "ended_at": self.ended_at.isoformat(),
            "of_your_team": [
                {
                    "team_id": team.team_id,
                    "team_name": team.team_name,
                    "final_rank": team.rank,
                    "public_rank": team.public_rank,
                    "score": team.score_text,
                    "medal": team.medal,
                }
                for team in self.finishers
            ],
        }

    def team_ids(self) -> frozenset[int]:
        """Return the teams of the finishers."""
        return frozenset(team.team_id for team in self.finishers)

    def is_deferrable(self) -> bool:
        """Return True: the end of a competition can wait for the morning."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return all messages as they are: a competition ends once."""
        return waiting

    def _filter_users(self, select: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Self:
        return replace(
            self,
            winner=replace(self.winner, user_ids=select(self.winner.user_ids)),
            finishers=_filter_teams(self.finishers, select),
        )


@dataclass(frozen=True, slots=True)
class ReplayMessage(NamesNobody, NotInDigestChannels):
    """Shows a whole competition as an animated picture, after the announcement of its end.

    It is a message of its own, so that drawing it does not delay that announcement.
    """

    slug: str
    type: Literal["replay"] = "replay"

    def is_deferrable(self) -> bool:
        """Return True: it waits with the announcement of the end."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return one message: they show the same."""
        return waiting[-1:]


@dataclass(frozen=True, slots=True)
class CorrectedTeam:
    """A team with linked members whose final result changed."""

    team_id: int
    team_name: str
    user_ids: tuple[int, ...]
    rank_before: int | None
    """On the final board before; None for a team that was not on it."""
    rank: int | None
    """On the final board now; None for a team that was removed."""
    medal_before: MedalZone | None
    medal: MedalZone | None
    removed_above: int
    """How many teams above it were removed."""


@dataclass(frozen=True, slots=True)
class FinalBoardMessage(NotInDigestChannels):
    """Announces that a final board changed, as Kaggle removed teams after the end."""

    slug: str
    ended_at: datetime
    team_count: int
    removed: int
    """How many teams are not on the board any more."""
    added: int
    """How many teams were not on it before."""
    winner: Finisher | None
    """The new first team; None if it is still the same."""
    teams: tuple[CorrectedTeam, ...]
    """This server's teams whose rank or medal changed: a new winner, other medals, other ranks."""
    more: int
    """How many further teams of this server did not fit."""
    type: Literal["final_board"] = "final_board"

    def user_ids(self) -> frozenset[int]:
        """Return the members of the teams and of the new winner."""
        winners = self.winner.user_ids if self.winner else ()
        return frozenset(winners).union(*(team.user_ids for team in self.teams))

    def redact(self, user_id: int) -> Self | None:
        """Return the message without a member; None if it then names nothing that changed."""
        left = self._filter_users(lambda user_ids: drop_user(user_ids, user_id))
        return left if left.teams or left.winner else None

    def extract(self, user_id: int) -> Self | None:
        """Return the message with only a member's teams; None if they have none."""
        own = self._filter_users(lambda user_ids: keep_user(user_ids, user_id))
        return replace(own, more=0) if own.teams else None

    def export(self) -> dict[str, Any]:
        """Describe the member's teams."""
        return {
            "competition": self.slug,
            "ended_at": self.ended_at.isoformat(),
            "of_your_team": [
                {
                    "team_id": team.team_id,
                    "team_name": team.team_name,
                    "final_rank_before": team.rank_before,
                    "final_rank": team.rank,
                    "medal_before": team.medal_before,
                    "medal": team.medal,
                }
                for team in self.teams
            ],
        }

    def team_ids(self) -> frozenset[int]:
        """Return the teams of this server that it names."""
        return frozenset(team.team_id for team in self.teams)

    def is_deferrable(self) -> bool:
        """Return True: a change after days can wait for the morning."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return all messages as they are: there is a day between two."""
        return waiting

    def _filter_users(self, select: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Self:
        winner = self.winner
        return replace(
            self,
            winner=winner and replace(winner, user_ids=select(winner.user_ids)),
            teams=_filter_teams(self.teams, select),
        )


Team = TypeVar("Team", Finisher, CorrectedTeam)


def _filter_teams(
    teams: tuple[Team, ...], select: Callable[[tuple[int, ...]], tuple[int, ...]]
) -> tuple[Team, ...]:
    """Return the teams with only the members that `select` returns; drop teams with none left."""
    return tuple(
        replace(team, user_ids=select(team.user_ids)) for team in teams if select(team.user_ids)
    )


@dataclass(frozen=True, slots=True)
class RescoredMessage(NamesNobody, NotInDigestChannels):
    """Announces that Kaggle has scored a board anew."""

    slug: str
    taken_at: datetime
    team_count: int
    type: Literal["rescored"] = "rescored"

    def is_deferrable(self) -> bool:
        """Return True: it is told with the news of the night."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return the last message."""
        return waiting[-1:]


BoardMessage = NewsMessage | RescoredMessage | EndedMessage | ReplayMessage | FinalBoardMessage
"""What a stored board can announce."""

Message = (
    NewsMessage
    | FollowedMessage
    | ThreadMessage
    | WelcomeMessage
    | DeadlineMovedMessage
    | NewsSummaryMessage
    | ReminderMessage
    | LiveBoardMessage
    | DigestMessage
    | RescoredMessage
    | EndedMessage
    | ReplayMessage
    | FinalBoardMessage
    | NewCompetitionsMessage
    | NewPostsMessage
    | ThreadLeftMessage
)
"""Every kind; after quiet hours, the deferred messages of one competition enter the outbox in this
order."""

KINDS: tuple[type[Message], ...] = get_args(Message)

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def message_to_json(message: Message) -> str:
    """Serialise a message for the outbox."""
    return _MESSAGE.dump_json(message).decode()


@lru_cache(maxsize=64)  # The announcer reads a message several times while it is sent.
def message_from_json(text: str) -> Message:
    """Parse a message of the outbox; raises `ValueError` for a form that is not known."""
    return _MESSAGE.validate_json(text)


def merge_by_kind(messages: Iterable[Message]) -> list[Message]:
    """Merge the messages of one competition that waited, oldest first, kind by kind."""
    waiting = list(messages)
    merged: list[Message] = []
    for kind in KINDS:
        merged.extend(_merge_kind(kind, waiting))
    return merged


FEED_TYPES = ("new_competitions", "new_posts")
"""The `type` of messages of feeds, which go only to the channel of the feed."""

FIXED_TYPES = (*FEED_TYPES, "thread_left")
"""The `type` of messages that never move to another channel."""

NEWS_TYPES = frozenset({"news", "news_summary"})
"""The `type` of messages with news: what waited long for a closed channel becomes one message."""


def merge_waiting(messages: Iterable[Message], now: datetime) -> list[Message]:
    """Merge what waited long for a channel, oldest first.

    `messages` are all news, or all of one type and competition. What is no longer true is dropped,
    such as reminders of deadlines that have passed, and news that was undone meanwhile.
    """
    waiting = list(messages)
    news = [each for each in waiting if isinstance(each, (NewsMessage, NewsSummaryMessage))]
    summary = merge_waiting_news(news)
    merged: list[Message] = [] if summary is None else [summary]
    others = [each for each in waiting if not isinstance(each, (NewsMessage, NewsSummaryMessage))]
    return merged + [
        left
        for message in merge_by_kind(others)
        if (left := message.filter_for_time(now)) is not None
    ]


def _merge_kind(kind: type[Kind], messages: Iterable[MessageKind]) -> Sequence[Kind]:
    same = [message for message in messages if isinstance(message, kind)]
    return kind.merge(same) if same else same
