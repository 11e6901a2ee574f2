"""The buttons that move a competition to the slug that Kaggle gave it."""

from __future__ import annotations

import re
from typing import Any, Literal, Self, cast

import discord
from discord import ui

from cogs.channels.target_channels import NewThread, TargetChannel
from cogs.competitions.follow_service import FollowService, RenameOffered
from cogs.competitions.rename_screen import (
    not_moved_text,
    rename_offer_view,
    rename_question_view,
    renamed_text,
    same_slug_text,
)
from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, defer_update, respond
from cogs.framework.services import get_services
from cogs.options.visibility import get_server_visibility
from cogs.server.rename_buttons import build_rename_buttons, rename_custom_id
from records.guilds import Follow

Step = Literal["ask", "move", "keep"]


class RenameButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"rename:(?P<step>ask|move|keep):(?P<id>[1-9]\d{0,17}):(?P<slug>[a-z0-9][a-z0-9-]*)",
):
    """Button that asks whether to move a competition, or answers that question.

    Its custom_id names both the competition and its new slug, as they were when it was shown.
    """

    def __init__(self, step: Step, competition_id: int, new_slug: str) -> None:
        # The button with `ask` is built by `build_rename_buttons`, and only read here.
        move = step == "move"
        super().__init__(
            ui.Button(
                label="Move it" if move else "Leave it",
                custom_id=rename_custom_id(step, competition_id, new_slug),
                style=discord.ButtonStyle.primary if move else discord.ButtonStyle.secondary,
            )
        )
        self.step = step
        self.competition_id = competition_id
        self.new_slug = new_slug

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(cast("Step", match["step"]), int(match["id"]), match["slug"])

    async def on_use(self, interaction: Interaction) -> None:
        """Ask, move or leave the competition."""
        await defer_update(interaction)
        require_manager(interaction)
        services = get_services(interaction.client)
        follow = await get_server_visibility(interaction).require_follow(self.competition_id)
        old_slug = follow.competition.slug
        if old_slug == self.new_slug:
            raise UserError(same_slug_text(old_slug))
        if self.step == "ask":
            await respond(interaction, _build_question(follow, self.new_slug))
        elif self.step == "keep":
            await respond(interaction, notice(not_moved_text(old_slug)))
        else:
            try:
                await services.get(FollowService).rename(interaction, follow, self.new_slug)
            except Exception:
                # The progress has replaced the buttons.
                await respond(interaction, _build_question(follow, self.new_slug))
                raise
            await respond(interaction, notice(renamed_text(old_slug, self.new_slug)))


async def ask_to_rename(interaction: Interaction, follow: Follow, new_slug: str) -> None:
    """Ask whether to move a competition; raise `UserError` if it has that slug already.

    Raises `LeaderboardError` if Kaggle does not know the slug or cannot be asked. If the slug is
    too long for a button, move it without asking.
    """
    old_slug = follow.competition.slug
    if old_slug == new_slug:
        raise UserError(same_slug_text(old_slug))
    follow_service = get_services(interaction.client).get(FollowService)
    if build_rename_buttons(follow.competition.id, new_slug):
        await follow_service.require_known(new_slug)  # So that nobody answers in vain.
        await respond(interaction, _build_question(follow, new_slug))
        return
    await follow_service.rename(interaction, follow, new_slug)
    await respond(interaction, notice(renamed_text(old_slug, new_slug)))


def _build_question(follow: Follow, new_slug: str) -> ui.LayoutView:
    steps: tuple[Step, ...] = ("move", "keep")
    buttons = [RenameButton(step, follow.competition.id, new_slug) for step in steps]
    return rename_question_view(follow.competition.slug, new_slug, buttons)


async def follow_or_offer_rename(
    interaction: Interaction, slug: str, channel: TargetChannel | NewThread | None = None
) -> None:
    """Follow a competition and respond; offer a move if it is a followed one that was renamed."""
    follow_service = get_services(interaction.client).get(FollowService)
    try:
        await follow_service.follow(interaction, slug, channel)
    except RenameOffered as offer:
        buttons = build_rename_buttons(offer.competition_id, slug)
        await respond(interaction, rename_offer_view(str(offer), buttons))
