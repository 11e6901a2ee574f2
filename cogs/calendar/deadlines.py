"""`/deadlines`: what is ahead in the followed competitions, also as a calendar file."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from cogs.calendar.calendar_screen import (
    FILE_NAME,
    NO_DEADLINE_ANYWHERE_TEXT,
    NO_DEADLINE_TEXT,
    FollowedDeadline,
    build_calendar_file,
    deadlines_view,
    ended_text,
    no_deadline_of_text,
)
from cogs.framework.checks import anywhere
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import Interaction, UserError, defer, defer_update_or_reply, respond
from cogs.framework.services import Services, get_services
from cogs.options.autocomplete import competition_choices
from cogs.options.competition_lookup import require_competition
from cogs.options.visibility import (
    Visibility,
    find_effective_guild_id,
    get_visibility,
    needs_private_response,
)
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import Competition
from records.guilds import Follow


class DeadlinesPageButton(PageButton, template=build_page_template("deadlines")):
    """Button that shows another page of `/deadlines`; `argument` is a competition's id, if any."""

    list_name = "deadlines"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update_or_reply(interaction)
        visibility, competition = get_visibility(interaction), None
        if self.argument:
            competition = await visibility.require_visible(int(self.argument))
        await _show(interaction, visibility, competition, self.number)


class Deadlines(commands.Cog):
    """The command for the deadlines that are ahead."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(competition="Only this competition (default: all that are followed)")
    @app_commands.autocomplete(competition=competition_choices)
    async def deadlines(
        self, interaction: Interaction, competition: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        """See all deadlines that are ahead, and add them to your calendar."""
        await defer(interaction, private=needs_private_response(interaction))
        visibility, found = get_visibility(interaction), None
        if competition is not None:
            found = await require_competition(visibility, competition)
        await _show(interaction, visibility, found, 1)


async def _show(
    interaction: Interaction, visibility: Visibility, competition: Competition | None, number: int
) -> None:
    """Respond with a page of the deadlines of a competition, or of all that are visible."""
    services, in_server = get_services(interaction.client), find_effective_guild_id(interaction)
    follows = await visibility.load_follows()
    if not follows:
        raise UserError(visibility.nothing_visible_text)
    if competition is not None:
        follows = [one for one in follows if one.competition.id == competition.id]
    now = services.now()
    deadlines = await _load_ahead(services, follows, now)
    if not deadlines:
        raise UserError(_explain_nothing_ahead(competition, in_server=in_server is not None))
    servers = [interaction.client.get_guild(one.guild_id) for one in follows]
    argument = "" if competition is None else str(competition.id)
    view = deadlines_view(
        deadlines,
        number,
        None if in_server else {guild.id: guild.name for guild in servers if guild},
        lambda page: DeadlinesPageButton.build_rows(page, argument),
    )
    file = await asyncio.to_thread(build_calendar_file, deadlines, now)
    await respond(interaction, view, files=[discord.File(io.BytesIO(file), FILE_NAME)])


def _explain_nothing_ahead(competition: Competition | None, *, in_server: bool) -> str:
    if competition is None:
        return NO_DEADLINE_TEXT if in_server else NO_DEADLINE_ANYWHERE_TEXT
    ended = competition.ended_at is not None
    return ended_text(competition) if ended else no_deadline_of_text(competition)


async def _load_ahead(
    services: Services, follows: Sequence[Follow], now: datetime
) -> list[FollowedDeadline]:
    """Load the deadlines ahead, soonest first.

    One that Kaggle lists appears once, however many servers follow it; one that servers set, once
    for each server.
    """
    given = {
        guild_id: await services.storage.deadlines.load_all_given(guild_id)
        for guild_id in {one.guild_id for one in follows}
    }
    found: dict[tuple[int, DeadlineKind, int | None], FollowedDeadline] = {}
    for follow in follows:
        own = given[follow.guild_id].get(follow.competition.id, {})
        for one in _find_ahead(follow, own, now):
            key = (one.competition.id, one.kind, one.guild_id)
            paused = one.paused and (key not in found or found[key].paused)
            found[key] = replace(one, paused=paused)
    return sorted(found.values(), key=lambda one: (one.at, one.competition.name.casefold()))


def _find_ahead(
    follow: Follow, given: Mapping[DeadlineKind, datetime], now: datetime
) -> Iterator[FollowedDeadline]:
    """Yield the deadlines of a followed competition that are ahead; none once it has ended.

    `given` are those that the server set; they count where Kaggle lists none.
    """
    if follow.competition.ended_at is not None:
        return
    for kind, listed in follow.competition.listed_deadlines.items():
        at = listed or given.get(kind)
        if at is not None and at > now:
            guild_id = follow.guild_id if listed is None else None
            yield FollowedDeadline(follow.competition, kind, at, follow.paused, guild_id)


async def setup(bot: commands.Bot) -> None:
    """Add the command and the buttons below the list."""
    bot.add_dynamic_items(DeadlinesPageButton)
    await bot.add_cog(Deadlines())


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(DeadlinesPageButton)
