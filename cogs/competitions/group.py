"""`/competition`: what this server follows, with the other topics of that group."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from cogs.competitions.browse import CompetitionBrowse
from cogs.competitions.competitions_screen import list_view, synced_view
from cogs.competitions.deadline import CompetitionDeadline
from cogs.competitions.live import CompetitionLive
from cogs.framework.autocomplete import competition_choices, require_follow
from cogs.framework.checks import in_servers
from cogs.framework.layout import notice
from cogs.framework.progress import ProgressMessage
from cogs.framework.responses import Interaction, UserError, defer, respond
from cogs.framework.services import get_services, require_guild_id
from cogs.syncing.competition_end import ending_of
from cogs.syncing.sync import syncer_of

Typed = app_commands.Range[str, 1, 200]


@in_servers
@app_commands.default_permissions(manage_guild=True)
class Competitions(
    CompetitionBrowse,
    CompetitionDeadline,
    CompetitionLive,
    commands.GroupCog,
    group_name="competition",
):
    """Which Kaggle competitions this server follows (for managers)."""

    @app_commands.command()
    @app_commands.describe(competition="Which one")
    @app_commands.autocomplete(competition=competition_choices)
    async def remove(self, interaction: Interaction, competition: Typed) -> None:
        """Follow a competition no more."""
        await defer(interaction, private=True)
        follow = await require_follow(self._services, require_guild_id(interaction), competition)
        slug = follow.competition.slug
        await self._services.storage.guilds.unfollow(follow.guild_id, slug)
        await respond(
            interaction,
            notice(f"**{slug}** is no longer followed. Its history is kept, should you want it."),
        )

    @app_commands.command(name="list")
    async def list_(self, interaction: Interaction) -> None:
        """Everything that this server follows, and where it is announced."""
        await defer(interaction, private=True)
        storage, guild_id = self._services.storage, require_guild_id(interaction)
        follows = await storage.guilds.follows(guild_id)
        if not follows:
            await require_follow(self._services, guild_id, None)
        infos = {
            follow.competition.id: await storage.boards.that_counts(follow.competition.id)
            for follow in follows
        }
        settings = await storage.guilds.settings(guild_id)
        stuck = await storage.outbox.last_errors(guild_id)
        live = await storage.live_boards.of_guild(guild_id)
        await respond(interaction, list_view(follows, infos, settings, stuck, live))

    @app_commands.command()
    @app_commands.describe(competition="Which one; not needed when there is only one")
    @app_commands.autocomplete(competition=competition_choices)
    async def pause(self, interaction: Interaction, competition: Typed | None = None) -> None:
        """Say nothing more of a competition for the time being."""
        await defer(interaction, private=True)
        follow = await require_follow(self._services, require_guild_id(interaction), competition)
        slug = follow.competition.slug
        if not await self._services.storage.guilds.pause(follow.guild_id, slug):
            raise UserError(f"**{slug}** is paused already.")
        await respond(
            interaction,
            notice(f"**{slug}** is paused. `/competition resume` takes it up again."),
        )

    @app_commands.command()
    @app_commands.describe(competition="Which one; not needed when there is only one")
    @app_commands.autocomplete(competition=competition_choices)
    async def resume(self, interaction: Interaction, competition: Typed | None = None) -> None:
        """Take up a paused competition; what happened meanwhile is not told."""
        await defer(interaction, private=True)
        follow = await require_follow(self._services, require_guild_id(interaction), competition)
        slug = follow.competition.slug
        if not await self._services.storage.guilds.resume(follow.guild_id, slug):
            raise UserError(f"**{slug}** is not paused.")
        await respond(interaction, notice(f"**{slug}** is followed again."))

    @app_commands.command()
    @app_commands.describe(competition="Which one; not needed when there is only one")
    @app_commands.autocomplete(competition=competition_choices)
    @app_commands.checks.cooldown(1, 60, key=lambda interaction: interaction.guild_id)
    async def sync(self, interaction: Interaction, competition: Typed | None = None) -> None:
        """Read a board from Kaggle now, not only when it is due."""
        await defer(interaction, private=True)
        follow = await require_follow(self._services, require_guild_id(interaction), competition)
        progress = ProgressMessage(interaction)
        try:
            report = await syncer_of(self._bot).sync(follow.competition, progress)
            if follow.competition.over_at is not None:
                progress("Looking for the private board")
                await ending_of(self._bot).look(follow.competition)
        finally:
            await progress.end()
        now = await self._services.storage.competitions.by_id(follow.competition.id)
        await respond(interaction, synced_view(report, now or follow.competition))


async def setup(bot: commands.Bot) -> None:
    """Add the commands."""
    await bot.add_cog(Competitions(bot, get_services(bot)))
