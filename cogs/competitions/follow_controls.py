"""The button and the modal with which managers follow a competition by slug, address or title."""

from __future__ import annotations

import re
from typing import Any, Self

from discord import ui

from cogs.channels.target_channels import NewThread, TargetChannel
from cogs.competitions.browse_controls import show_page
from cogs.competitions.browse_screen import unclear_name_text, unknown_slug_text
from cogs.competitions.rename_controls import follow_or_offer_rename
from cogs.competitions.search_cache import SearchCache, normalize_search
from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem, ErrorHandlingModal
from cogs.framework.responses import Interaction, UserError, defer
from cogs.framework.services import get_services
from cogs.server.help_controls import FOLLOW_CUSTOM_ID, build_follow_button
from leaderboards.errors import CompetitionNotFound, Forbidden, InvalidInput
from leaderboards.kaggle_ids import is_address, parse_competition


class FollowButton(ErrorHandlingItem, ui.DynamicItem[ui.Button[Any]], template=FOLLOW_CUSTOM_ID):
    """Button that opens the modal."""

    def __init__(self) -> None:
        super().__init__(build_follow_button())

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Open the modal for managers."""
        require_manager(interaction)
        await interaction.response.send_modal(FollowModal())


class FollowModal(ErrorHandlingModal):
    """The modal with one text field, for a competition."""

    def __init__(self) -> None:
        super().__init__(title="Follow a competition")
        self._competition = ui.TextInput[Any](placeholder="titanic", max_length=200)
        self.add_item(
            ui.Label(
                text="Competition",
                description="Its title, its slug, or its address on Kaggle.",
                component=self._competition,
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Follow the competition as `/competition add` does."""
        require_manager(interaction)
        await defer(interaction, private=True)
        await follow_named(interaction, self._competition.value)


async def follow_named(
    interaction: Interaction, typed: str, channel: TargetChannel | NewThread | None = None
) -> None:
    """Follow the competition that was typed, and respond.

    If Kaggle knows no such slug, show what it finds for the words. Raises `InvalidInput` for an
    address that names no competition, and `UserError` if Kaggle refuses the competition, knows none
    at the address, or would have to be searched with a `channel`: a competition that is selected
    from what Kaggle finds would not get that channel.
    """
    slug = await _find_slug(interaction, typed)
    try:
        if slug is not None:
            await follow_or_offer_rename(interaction, slug, channel)
            return
    except (CompetitionNotFound, Forbidden) as error:
        if channel is not None or is_address(typed) or isinstance(error, Forbidden):
            raise UserError(unknown_slug_text(str(error))) from error
        # A title of one word looks like a slug.
    if channel is not None:
        raise UserError(unclear_name_text(typed))
    await show_page(interaction, normalize_search(typed), 1)


async def _find_slug(interaction: Interaction, typed: str) -> str | None:
    """Return the slug that was typed, or that of the only competition with the typed title."""
    try:
        return parse_competition(typed)
    except InvalidInput:
        if is_address(typed):
            raise
    found = await get_services(interaction.client).get(SearchCache).find(typed)
    title = " ".join(typed.casefold().split())
    slugs = [one.slug for one in found if (one.title or "").casefold() == title]
    if not slugs:
        slugs = [one.slug for one in found]
    return slugs[0] if len(slugs) == 1 else None
