"""`/history` and `/compare`: how people moved over a board, in a picture and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework import format as fmt
from cogs.framework.autocomplete import competition_choices, user_name_choices
from cogs.framework.checks import anywhere
from cogs.framework.components import ErrorHandlingItem
from cogs.framework.responses import Interaction, UserError, defer, defer_update_or_reply, respond
from cogs.framework.services import get_services
from cogs.framework.target_member import TargetMember, resolve_target
from cogs.framework.visibility import Visibility, is_outside_guild, visibility_of
from cogs.ranks.history_screen import PERIODS, picture_of, tracks_view
from cogs.ranks.rank_histories import Period, Tracks, drawn, tracks_of
from leaderboards.board import Entry
from plots.specs import MOST_COMPARED
from records.competitions import BoardInfo, Competition

User = discord.User
Name = app_commands.Range[str, 1, 200]

_CHOICES = [
    app_commands.Choice(name=name, value=str(period))
    for period, name in (
        (Period.ALL, "everything"),
        (Period.DAY, "24 hours"),
        (Period.WEEK, "7 days"),
        (Period.MONTH, "30 days"),
    )
]
_CUSTOM_ID = 100
"""Characters that Discord allows in one."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for besides people."""

    competition: str | None
    period: Period
    all_members: bool = False
    """Whether nobody was named, so that nobody is missed."""


@dataclass(frozen=True, slots=True)
class _Board:
    """Some teams on a board."""

    competition: Competition
    info: BoardInfo
    teams: Sequence[Entry]


class PeriodButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"tracks:(?P<period>day|week|month|all):(?P<competition>\d{1,18}):"
    r"(?P<teams>\d{1,18}(?:\.\d{1,18}){0,9})",
):
    """Below the ways of some teams: shows another stretch of time."""

    def __init__(
        self, period: Period, competition_id: int, team_ids: Sequence[int], *, chosen: bool = False
    ) -> None:
        teams = ".".join(map(str, team_ids))
        style = discord.ButtonStyle.primary if chosen else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(
                label=PERIODS[period],
                custom_id=f"tracks:{period}:{competition_id}:{teams}",
                style=style,
            )
        )
        self.period = period
        self.competition_id = competition_id
        self.team_ids = team_ids

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Read the button from what Discord sends back."""
        team_ids = [int(team_id) for team_id in match["teams"].split(".")]
        return cls(Period(match["period"]), int(match["competition"]), team_ids)

    async def on_use(self, interaction: Interaction) -> None:
        """Show that time."""
        await defer_update_or_reply(interaction)
        scope = visibility_of(interaction)
        competition = await scope.with_id(self.competition_id)
        if competition is None:
            raise UserError(scope.gone)
        boards = get_services(interaction.client).storage.boards
        info = await boards.info(competition.id)
        found = [await boards.team(info.board_id, one) for one in self.team_ids] if info else []
        teams = [team for team in found if team is not None]
        if info is None or not teams:
            raise UserError(f"None of them is on the board of {competition.slug} any more.")
        await _show(interaction, scope, _Board(competition, info, teams), self.period)


class History(commands.Cog):
    """Shows how people moved."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="A member of this server; yourself when nobody is named",
        member2="Another one, in the same picture",
        member3="Another one, in the same picture",
        username="A user name on Kaggle, whether or not anybody here has it",
        competition="Which competition; not needed when they are on one board only",
        period="How far back; everything when nothing is given",
    )
    @app_commands.choices(period=_CHOICES)
    @app_commands.autocomplete(username=user_name_choices, competition=competition_choices)
    async def history(  # noqa: PLR0917 - options
        self,
        interaction: Interaction,
        member: User | None = None,
        member2: User | None = None,
        member3: User | None = None,
        username: Name | None = None,
        competition: Name | None = None,
        period: str = Period.ALL,
    ) -> None:
        """How you, members or anybody on Kaggle moved over the board."""
        await defer(interaction, private=is_outside_guild(interaction))
        scope = visibility_of(interaction)
        people = await _people(interaction, scope, [member, member2, member3], username)
        people = people or [await resolve_target(scope, interaction.user, None, None)]
        await _show_people(interaction, scope, people, _Request(competition, Period(period)))

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="With whom to compare you; the best of this server when nobody is named",
        member2="Another one, in your place",
        member3="Another one",
        member4="Another one",
        member5="Another one",
        username="A user name on Kaggle, whether or not anybody here has it",
        competition="Which competition; not needed when they are on one board only",
        period="How far back; everything when nothing is given",
    )
    @app_commands.choices(period=_CHOICES)
    @app_commands.autocomplete(username=user_name_choices, competition=competition_choices)
    async def compare(  # noqa: PLR0917 - options
        self,
        interaction: Interaction,
        member: User | None = None,
        member2: User | None = None,
        member3: User | None = None,
        member4: User | None = None,
        member5: User | None = None,
        username: Name | None = None,
        competition: Name | None = None,
        period: str = Period.ALL,
    ) -> None:
        """Who is ahead of whom, by how much, and since when."""
        await defer(interaction, private=is_outside_guild(interaction))
        scope = visibility_of(interaction)
        named = [member, member2, member3, member4, member5]
        people = await _people(interaction, scope, named, username)
        everybody = not people
        if everybody:
            people = [TargetMember([link.user_name], "") for link in await scope.links()]
            if not people:
                raise UserError(f"Nobody is linked here yet. {scope.unlinked}")
        elif len(people) == 1:
            people.append(await resolve_target(scope, interaction.user, None, None))
        request = _Request(competition, Period(period), all_members=everybody)
        await _show_people(interaction, scope, people, request)


async def _people(
    interaction: Interaction, scope: Visibility, users: Sequence[User | None], user_name: str | None
) -> list[TargetMember]:
    named = [user for user in dict.fromkeys(users) if user is not None]
    people = [await resolve_target(scope, interaction.user, user, None) for user in named]
    if user_name is not None:
        people.append(await resolve_target(scope, interaction.user, None, user_name))
    return people


async def _show_people(
    interaction: Interaction, scope: Visibility, people: Sequence[TargetMember], request: _Request
) -> None:
    """Show people on the one board that they are on, or on the one that is asked for."""
    boards = get_services(interaction.client).storage.boards
    typed = request.competition
    competitions = [await scope.competition(typed)] if typed else await scope.competitions()
    if not competitions:
        raise UserError(scope.nothing)
    names = [name for one in people for name in one.user_names]
    found: list[tuple[Competition, BoardInfo, dict[str, Entry]]] = []
    for competition in competitions:
        info = await boards.info(competition.id)
        teams = await boards.of_users(info.board_id, names) if info else {}
        if info is not None and teams:
            found.append((competition, info, teams))
    if not found:
        where = competitions[0].slug if len(competitions) == 1 else "any board followed here"
        raise UserError(f"{_none_of(people)} on {where} yet. The first submission will show up.")
    if len(found) > 1:
        slugs = fmt.choice(competition.slug for competition, _, _ in found)
        raise UserError(f"On which board? There are {slugs}; name one with `competition`.")
    ((competition, info, teams),) = found
    absent = [one for one in people if not any(name.casefold() in teams for name in one.user_names)]
    unique = {team.team_id: team for team in teams.values()}
    best = sorted(unique.values(), key=lambda team: team.rank)[:MOST_COMPARED]
    note = f"-# {_none_of(absent)} on this board." if absent and not request.all_members else ""
    board = _Board(competition, info, best)
    await _show(interaction, scope, board, request.period, note)


def _none_of(people: Sequence[TargetMember]) -> str:
    who = [one.who for one in people if one.who]
    if not who:
        return "Nobody who is linked here is"
    return f"{fmt.join_words(who)} {'is' if len(who) == 1 else 'are'} not"


async def _show(
    interaction: Interaction, scope: Visibility, board: _Board, period: Period, note: str = ""
) -> None:
    """Answer in words at once, and let the picture follow."""
    services, competition = get_services(interaction.client), board.competition
    tracks = await tracks_of(
        services,
        competition,
        board.info,
        board.teams,
        users=await scope.users(),
        period=period,
    )
    buttons = _buttons(competition.id, tracks)
    await respond(interaction, tracks_view(tracks, buttons, note=note))
    png = await drawn(services, tracks)
    if png is not None:
        pictures = [picture_of(tracks, png)]
        view = tracks_view(tracks, buttons, note=note, pictures=pictures)
        await respond(interaction, view, pictures)


def _buttons(competition_id: int, tracks: Tracks) -> list[PeriodButton]:
    team_ids = [track.team.team_id for track in tracks.tracks]
    buttons = [
        PeriodButton(period, competition_id, team_ids, chosen=period is tracks.period)
        for period in Period
    ]
    return buttons if all(len(one.custom_id) <= _CUSTOM_ID for one in buttons) else []


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the buttons."""
    bot.add_dynamic_items(PeriodButton)
    await bot.add_cog(History())


async def teardown(bot: commands.Bot) -> None:
    """Take the buttons away again."""
    bot.remove_dynamic_items(PeriodButton)
