"""`/competition deadline`: the deadlines that Kaggle's list does not tell."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from cogs.competitions.base import CompetitionPart
from cogs.framework import format as fmt
from cogs.framework.autocomplete import competition_choices, require_follow
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import require_guild_id
from leaderboards.news.deadlines import DeadlineKind, parse_deadline

_NAMES = {DeadlineKind.ENTRY: "entry deadline", DeadlineKind.MERGER: "team merger deadline"}


class CompetitionDeadline(CompetitionPart):
    """Entry and merger deadlines, given by a server's managers."""

    @app_commands.command()
    @app_commands.describe(
        kind="Which one; the end itself is read from Kaggle",
        at="In UTC, as 2026-12-31 23:59 or 2026-12-31; nothing takes it back",
        competition="Which one; not needed when there is only one",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def deadline(
        self,
        interaction: Interaction,
        kind: Literal["entry", "merger"],
        at: app_commands.Range[str, 1, 40] | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Give a deadline for entry or team mergers, so that it is told ahead."""
        await defer(interaction, private=True)
        storage, guild_id = self._services.storage, require_guild_id(interaction)
        follow = await require_follow(self._services, guild_id, competition)
        chosen = DeadlineKind(kind)
        moment = None if at is None else parse_deadline(at)
        if moment is not None and moment <= self._services.now():
            raise UserError(f"{fmt.date(moment)} is over.")
        await storage.deadlines.set(guild_id, follow.competition.id, chosen, moment)
        name, slug = _NAMES[chosen], follow.competition.slug
        if moment is None:
            await respond(interaction, notice(f"**{slug}** has no {name} any more."))
        else:
            text = f"The {name} of **{slug}** is {fmt.date(moment)}, {fmt.when(moment)}."
            await respond(interaction, notice(text))
