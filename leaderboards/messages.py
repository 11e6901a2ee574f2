"""What the outbox can hold: everything that is ever announced, and how it is kept as text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from leaderboards.news import FollowedMessage, NewsMessage

Message = Annotated[NewsMessage | FollowedMessage, Field(discriminator="type")]

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def message_to_json(message: Message) -> str:
    """Write a message as the outbox keeps it."""
    return _MESSAGE.dump_json(message).decode()


def message_from_json(text: str) -> Message:
    """Read a message that the outbox kept."""
    return _MESSAGE.validate_json(text)
