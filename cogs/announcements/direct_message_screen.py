"""The screen of each kind of direct message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from discord import ui

from cogs.framework.layout import CHARACTERS, COMPONENTS, Item, card
from cogs.members.links_screen import link_displaced_text, link_verified_text
from cogs.teammates.teammates_screen import agreed_text, ended_by_itself_text, note_parts
from records.direct_messages import DirectMessageContent, LinkDisplaced, LinkVerified
from records.teammates import TeammateNoteReceived, TeammatesAgreed, TeammateSearchEnded


def direct_messages_view(
    contents: Sequence[DirectMessageContent],
    server: str,
    id: int | None = None,  # noqa: A002 - Discord's own name for it
) -> ui.LayoutView:
    """Build one or several direct messages; `server` is the server's name, escaped."""
    return card(*(part for content in contents for part in _parts(content, server)), id=id)


def count_fitting(contents: Sequence[DirectMessageContent], server: str) -> int:
    """Return how many of some direct messages one view can hold, from the first on."""
    characters, components = 0, 1
    for count, content in enumerate(contents):
        for part in _parts(content, server):
            characters += len(part) if isinstance(part, str) else 0
            components += 1 + (len(part.children) if isinstance(part, ui.ActionRow) else 0)
        if characters > CHARACTERS or components > COMPONENTS:
            return max(count, 1)
    return len(contents)


def _parts(content: DirectMessageContent, server: str) -> Sequence[str | Item]:
    """Return the texts and rows of buttons of a message."""
    match content:
        case LinkVerified():
            return [link_verified_text(content.user_name, server)]
        case LinkDisplaced():
            return [link_displaced_text(content.user_name, server)]
        case TeammateNoteReceived():
            return note_parts(content, server)
        case TeammatesAgreed():
            return [agreed_text(content, server)]
        case TeammateSearchEnded():
            return [ended_by_itself_text(content, server)]
        case _:
            assert_never(content)
