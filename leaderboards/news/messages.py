"""What the outbox can hold: everything that is ever announced, and how it is kept as text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from leaderboards.news.deadlines import ReminderMessage
from leaderboards.news.digest import DigestMessage
from leaderboards.news.ended import EndedMessage
from leaderboards.news.items import FollowedMessage, NewsMessage


@dataclass(frozen=True, slots=True)
class WelcomeMessage:
    """Greets a server that the bot has just been added to."""

    type: Literal["welcome"] = "welcome"


@dataclass(frozen=True, slots=True)
class LiveBoardMessage:
    """Makes the message that shows a board from then on."""

    slug: str
    type: Literal["live_board"] = "live_board"


BoardMessage = NewsMessage | EndedMessage
"""What is told because of a board; quiet hours hold it back."""

Message = Annotated[
    NewsMessage
    | FollowedMessage
    | WelcomeMessage
    | ReminderMessage
    | LiveBoardMessage
    | DigestMessage
    | EndedMessage,
    Field(discriminator="type"),
]

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def message_to_json(message: Message) -> str:
    """Write a message as the outbox keeps it."""
    return _MESSAGE.dump_json(message).decode()


@lru_cache(maxsize=64)  # One is asked for several times while it is sent.
def message_from_json(text: str) -> Message:
    """Read a message that the outbox kept."""
    return _MESSAGE.validate_json(text)
