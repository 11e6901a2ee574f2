"""`/competition live`: a board that stays in a channel and is kept as it stands."""

from __future__ import annotations

import discord
from discord import app_commands

from cogs.boards.live_boards import take_away
from cogs.competitions.base import CompetitionPart
from cogs.framework.autocomplete import competition_choices, require_follow
from cogs.framework.channels import require_writable
from cogs.framework.layout import notice
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import require_guild_id


class CompetitionLive(CompetitionPart):
    """Puts live boards in channels, and takes them away."""

    @app_commands.command()
    @app_commands.describe(
        channel="Where it stands; nothing takes it away",
        competition="Which competition; not needed when there is only one",
    )
    @app_commands.autocomplete(competition=competition_choices)
    async def live(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        competition: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Keep the top of a board in a channel, in one message that is edited with each sync."""
        await defer(interaction, private=True)
        live_boards, guild_id = self._services.storage.live_boards, require_guild_id(interaction)
        follow = await require_follow(self._services, guild_id, competition)
        slug, competition_id = follow.competition.slug, follow.competition.id
        if channel is None:
            before = await live_boards.remove(guild_id, competition_id)
            if before is None:
                raise UserError(f"**{slug}** has no live board. Name a channel to get one.")
            text = f"The live board of **{slug}** is gone."
        else:
            require_writable(channel)
            before = await live_boards.put(
                guild_id, competition_id, channel.id, self._services.now()
            )
            text = f"The live board of **{slug}** is now in {channel.mention}."
            self._bot.dispatch("outbox_filled")
        if before is not None:
            await take_away(self._bot, guild_id, before.channel_id, before.message_id)
        await respond(interaction, notice(text))
