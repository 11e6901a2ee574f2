"""Base class of all kinds of announcements, and mixins with what several kinds share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from leaderboards.news.channel_mode import ChannelMode


class MessageKind(ABC):
    """Base class of everything that the outbox can hold.

    A kind implements every abstract method, by itself or with the mixins below; mypy and Python
    refuse to build one that does not. `messages.Message` lists the kinds.
    """

    __slots__ = ()

    @abstractmethod
    def user_ids(self) -> frozenset[int]:
        """Return the Discord users that the message names."""

    @abstractmethod
    def redact(self, user_id: int) -> Self | None:
        """Return the message without a member; None if nothing is left of it."""

    @abstractmethod
    def extract(self, user_id: int) -> Self | None:
        """Return what the message says of a member, without other members; None if nothing."""

    @abstractmethod
    def export(self) -> dict[str, Any]:
        """Describe an extracted message as the file of `/privacy export` shows it."""

    @abstractmethod
    def team_ids(self) -> frozenset[int]:
        """Return the teams, in the competition of the message, whose members it names."""

    @abstractmethod
    def is_deferrable(self) -> bool:
        """Return whether the message waits if it would be queued in quiet hours."""

    @classmethod
    @abstractmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Merge the messages of one competition that waited, oldest first.

        They waited until quiet hours ended, or until a closed channel opened again.
        """

    @classmethod
    @abstractmethod
    def is_sent_in(cls, mode: ChannelMode) -> bool:
        """Return whether this kind of message reaches a channel of this mode at all."""

    def filter_for_mode(self, mode: ChannelMode) -> Self | None:
        """Return what of the message reaches a channel of this mode; None for nothing."""
        return self if self.is_sent_in(mode) else None

    def filter_for_time(self, now: datetime) -> Self | None:
        """Return what of the message is still true when it is sent now; None for nothing."""
        del now
        return self

    def mention_ids(self) -> frozenset[int]:
        """Return the users to ping, if they still want that when the message is sent."""
        return frozenset()


class NamesNobody(MessageKind):
    """Mixin of kinds that never name a member."""

    __slots__ = ()

    def user_ids(self) -> frozenset[int]:
        """Return no users."""
        return frozenset()

    def redact(self, user_id: int) -> Self:
        """Return the message as it is."""
        del user_id
        return self

    def extract(self, user_id: int) -> None:
        """Return None: the message says nothing of any member."""
        del user_id

    def export(self) -> dict[str, Any]:
        """Describe nothing: the message is in no member's file."""
        return {}

    def team_ids(self) -> frozenset[int]:
        """Return no teams."""
        return frozenset()


class NotDeferrable(MessageKind):
    """Mixin of kinds that quiet hours do not defer.

    Of these, digests and reminders are not even queued in quiet hours.
    """

    __slots__ = ()

    def is_deferrable(self) -> bool:
        """Return False."""
        return False

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return all messages as they are."""
        return waiting


class SentInEveryMode(MessageKind):
    """Mixin of kinds that reach every channel, whatever its mode."""

    __slots__ = ()

    @classmethod
    def is_sent_in(cls, mode: ChannelMode) -> bool:
        """Return True."""
        del mode
        return True


class NotInDigestChannels(MessageKind):
    """Mixin of kinds that reach every channel but those for digests only."""

    __slots__ = ()

    @classmethod
    def is_sent_in(cls, mode: ChannelMode) -> bool:
        """Return whether the channel gets more than digests."""
        return mode is not ChannelMode.DIGEST


MessageT = TypeVar("MessageT", bound=MessageKind)


def select_newest(
    messages: Sequence[MessageT], get_subject: Callable[[MessageT], StrEnum]
) -> list[MessageT]:
    """Return the last message of each subject, such as a kind of deadline, in their order."""
    newest = {get_subject(message): index for index, message in enumerate(messages)}
    return [messages[index] for index in sorted(newest.values())]


def keep_user(user_ids: Sequence[int], user_id: int) -> tuple[int, ...]:
    """Return this user alone, or nobody if not among them."""
    return tuple(other_id for other_id in user_ids if other_id == user_id)


def drop_user(user_ids: Sequence[int], user_id: int) -> tuple[int, ...]:
    """Return all of some users but this one."""
    return tuple(other_id for other_id in user_ids if other_id != user_id)
