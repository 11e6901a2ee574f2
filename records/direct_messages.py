"""Direct messages as stored: everything that a member can be told privately, and its JSON.

A new kind is a class here, or in a module of its own if it is large, that is added to
`DirectMessageContent`. mypy then asks for its screen in
`cogs/announcements/screens/direct_message_screen.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from leaderboards.news.watches import WatchMessage
from records.teammates import TeammateNoteReceived, TeammatesAgreed, TeammateSearchEnded


@dataclass(frozen=True, slots=True)
class LinkVerified:
    """The member's link was verified while they were away."""

    user_name: str
    type: Literal["link_verified"] = "link_verified"

    def export(self) -> dict[str, Any]:
        """Describe the message as the file of `/privacy export` shows it."""
        return {"what": "verified", "kaggle_user_name": self.user_name}


@dataclass(frozen=True, slots=True)
class LinkDisplaced:
    """Another member verified the Kaggle user name, and is linked to it now."""

    user_name: str
    type: Literal["link_displaced"] = "link_displaced"

    def export(self) -> dict[str, Any]:
        """Describe the message as the file of `/privacy export` shows it."""
        return {"what": "displaced", "kaggle_user_name": self.user_name}


DirectMessageContent = (
    LinkVerified
    | LinkDisplaced
    | TeammateNoteReceived
    | TeammatesAgreed
    | TeammateSearchEnded
    | WatchMessage
)
"""Every kind. Each has a `type` of its own, by which it is read, and an `export`."""

_CONTENT: TypeAdapter[DirectMessageContent] = TypeAdapter(
    Annotated[DirectMessageContent, Field(discriminator="type")]
)


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """A direct message to a member of a server, to be sent once."""

    id: int
    guild_id: int
    user_id: int
    content: DirectMessageContent
    created_at: datetime
    attempted: bool
    """Whether sending began, so that the message may have arrived."""


def content_to_json(content: DirectMessageContent) -> str:
    """Serialise what a direct message says."""
    return _CONTENT.dump_json(content).decode()


def content_from_json(text: str) -> DirectMessageContent:
    """Parse what a direct message says; raises `ValueError` for a form that is not known."""
    return _CONTENT.validate_json(text)
