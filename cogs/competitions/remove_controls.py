"""Buttons below the questions whether to remove a competition, its live board or a deadline."""

from __future__ import annotations

from cogs.competitions.competitions_screen import (
    deadline_removed_text,
    live_board_removed_text,
    no_deadline_text,
    no_live_board_text,
    removed_text,
)
from cogs.framework.checks import require_manager
from cogs.framework.controls import ConfirmationButton, build_confirmation_template
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, respond
from cogs.framework.services import get_services
from cogs.options.visibility import get_server_visibility
from leaderboards.news.deadlines import DeadlineKind
from records.guilds import Follow


class RemoveCompetitionButton(
    ConfirmationButton, template=build_confirmation_template("competition")
):
    """Button that stops following a competition; its argument is the competition's id."""

    question_name = "competition"
    label = "Stop following"

    async def delete(self, interaction: Interaction) -> None:
        """Stop following it, delete its live board and close its thread."""
        follow = await _require_follow(interaction, self.argument)
        services = get_services(interaction.client)
        slug = follow.competition.slug
        await services.storage.guilds.unfollow(follow.guild_id, slug, services.now())
        interaction.client.dispatch("messages_queued")
        days = services.limits.keep_unfollowed.days
        await respond(interaction, notice(removed_text(follow.competition, days)))


class RemoveLiveBoardButton(ConfirmationButton, template=build_confirmation_template("live")):
    """Button that removes a live board; its argument is the competition's id."""

    question_name = "live"
    label = "Remove the live board"

    async def delete(self, interaction: Interaction) -> None:
        """Remove it; its message is deleted or edited later."""
        follow = await _require_follow(interaction, self.argument)
        live_boards = get_services(interaction.client).storage.live_boards
        if not await live_boards.remove(follow.guild_id, follow.competition.id):
            raise UserError(no_live_board_text(follow.competition))
        interaction.client.dispatch("messages_queued")
        await respond(interaction, notice(live_board_removed_text(follow.competition)))


class RemoveDeadlineButton(ConfirmationButton, template=build_confirmation_template("deadline")):
    """Button that removes a deadline that was set here; `argument`: kind and competition's id."""

    question_name = "deadline"
    label = "Remove the deadline"

    async def delete(self, interaction: Interaction) -> None:
        """Remove it."""
        name, _, competition_id = self.argument.partition(".")
        follow = await _require_follow(interaction, competition_id)
        deadlines, kind = get_services(interaction.client).storage.deadlines, DeadlineKind(name)
        key = follow.guild_id, follow.competition.id
        if kind not in await deadlines.load_given(*key):
            raise UserError(no_deadline_text(follow.competition, kind))
        await deadlines.set(*key, kind, None)
        await respond(interaction, notice(deadline_removed_text(follow.competition, kind)))


async def _require_follow(interaction: Interaction, competition_id: str) -> Follow:
    """Return a followed competition by its id, for a manager; raise `UserError` if it is gone."""
    require_manager(interaction)
    return await get_server_visibility(interaction).require_follow(int(competition_id))


REMOVE_BUTTONS = (RemoveCompetitionButton, RemoveLiveBoardButton, RemoveDeadlineButton)
"""The dynamic items to register."""
