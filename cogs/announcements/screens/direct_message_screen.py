"""The screen of each kind of direct message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from discord import ui

from cogs.announcements.screens.watch_message_screen import watch_message_text
from cogs.framework.layout import CHARACTERS, COMPONENTS, Item, card
from cogs.members.links_screen import link_displaced_text, link_verified_text
from cogs.teammates.teammates_screen import agreed_text, ended_by_itself_text, note_parts
from leaderboards.news.watches import WatchMessage
from records.competitions import Competition
from records.direct_messages import DirectMessageContent, LinkDisplaced, LinkVerified
from records.teammates import TeammateNoteReceived, TeammatesAgreed, TeammateSearchEnded

_SHOWN_IN_SERVER_TEXT = (
    "-# I show this here as you do not accept direct messages from me: the privacy settings of this"
    " server change that."
)


@dataclass(frozen=True, slots=True)
class MessageServer:
    """The server that a direct message is about."""

    name: str
    """Escaped."""
    competitions: Mapping[int, Competition]
    """What it follows and has not paused, by id."""
    final_deadlines: Mapping[int, datetime | None]
    """Kaggle's, or else those that the server gave, by the ids of these competitions."""


def direct_messages_view(
    contents: Sequence[DirectMessageContent],
    server: MessageServer,
    id: int | None = None,  # noqa: A002 - Discord's own name for it
    *,
    is_shown_in_server: bool = False,
) -> ui.LayoutView:
    """Build one or several direct messages of a server.

    `is_shown_in_server` is whether they could not be sent.
    """
    parts = [part for content in contents for part in _parts(content, server)]
    if is_shown_in_server:
        parts.append(_SHOWN_IN_SERVER_TEXT)
    return card(*parts, id=id)


def count_fitting(contents: Sequence[DirectMessageContent], server: MessageServer) -> int:
    """Return how many of some messages one view in the server can hold, from the first on."""
    characters, components = len(_SHOWN_IN_SERVER_TEXT), 2
    for count, content in enumerate(contents):
        for part in _parts(content, server):
            characters += len(part) if isinstance(part, str) else 0
            components += 1 + (len(part.children) if isinstance(part, ui.ActionRow) else 0)
        if characters > CHARACTERS or components > COMPONENTS:
            return max(count, 1)
    return len(contents)


def _parts(content: DirectMessageContent, server: MessageServer) -> Sequence[str | Item]:
    """Return the texts and rows of buttons of a message."""
    match content:
        case LinkVerified():
            return [link_verified_text(content.user_name, server.name)]
        case LinkDisplaced():
            return [link_displaced_text(content.user_name, server.name)]
        case TeammateNoteReceived():
            return note_parts(content, server.name)
        case TeammatesAgreed():
            return [agreed_text(content, server.name)]
        case TeammateSearchEnded():
            return [ended_by_itself_text(content, server.name)]
        case WatchMessage():
            return [watch_message_text(content, server.name, server.competitions)]
        case _:
            assert_never(content)
