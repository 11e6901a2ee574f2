"""`/history` and `/compare`: rank histories in a plot and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from cogs.framework import format as fmt
from cogs.framework.checks import anywhere
from cogs.framework.controls import ErrorHandlingItem
from cogs.framework.layout import MAX_CUSTOM_ID_LENGTH
from cogs.framework.responses import Interaction, UserError, defer, defer_update_or_reply, respond
from cogs.framework.services import Services, get_services
from cogs.framework.texts import WHICH_BOARD_TEXT, was_on_board_text
from cogs.options.autocomplete import competition_choices, user_or_team_choices
from cogs.options.competition_lookup import ask_for_competition, load_searched_competitions
from cogs.options.visibility import (
    Visibility,
    find_effective_guild_id,
    get_visibility,
    needs_private_response,
)
from cogs.ranks.absence import explain_absence, find_former_member
from cogs.ranks.history_screen import (
    PERIOD_LABELS,
    YOUR_TEAM_TEXT,
    YOURSELF_TEXT,
    Period,
    RankHistories,
    history_picture,
    history_view,
    not_on_board_text,
    only_best_text,
    repeated_text,
    teams_gone_text,
)
from cogs.ranks.post_marks import load_post_marks
from cogs.ranks.post_marks_screen import IN_SERVER_TEXT, ONE_TEAM_TEXT, PostMarks, marks_text
from cogs.ranks.rank_histories import (
    final_order,
    find_final_board,
    load_rank_histories,
    render_rank_histories,
)
from cogs.ranks.target import Target, require_link, require_own_link, resolve_target
from leaderboards.board import Entry
from plots.specs import MAX_COMPARED
from records.competitions import BoardInfo, Competition
from storage.boards.board_reader import Boards
from storage.storage import Storage

Name = app_commands.Range[str, 1, 200]

_PERIOD_CHOICES = [
    app_commands.Choice(name=name, value=str(period))
    for period, name in (
        (Period.ALL, "everything"),
        (Period.DAY, "24 hours"),
        (Period.WEEK, "7 days"),
        (Period.MONTH, "30 days"),
    )
]
_NO_MARKS = "none"
_MARKS_CHOICES = [
    app_commands.Choice(name="topics and notebooks", value="posts"),
    app_commands.Choice(name="nothing", value=_NO_MARKS),
]


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a command besides people."""

    competition: str | None
    period: Period
    note: str = ""
    """A line about options that change nothing."""
    all_members: bool = False
    """Whether all linked members are compared: those not on the board are not mentioned."""
    own_names: Sequence[str] = ()
    """Kaggle user names whose team is shown even if it is not among the best."""
    marks_posts: bool = False
    """Whether topics and notebooks are marked in the picture."""
    has_opponent: bool = False
    """Whether the user is compared with the first of the people, who must then be on the board."""


@dataclass(frozen=True, slots=True)
class _BoardTeams:
    """Some teams on one board."""

    competition: Competition
    info: BoardInfo
    teams: Sequence[Entry]


class PeriodButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"history:(?P<period>day|week|month|all)(?P<marks>\+posts)?:(?P<competition>\d{1,18}):"
    r"(?P<teams>\d{1,18}(?:\.\d{1,18}){0,9})",
):
    """A button that shows the histories of the same teams in another period."""

    def __init__(
        self,
        period: Period,
        competition_id: int,
        team_ids: Sequence[int],
        *,
        is_current: bool = False,
        marks_posts: bool = False,
    ) -> None:
        teams = ".".join(map(str, team_ids))
        marks = "+posts" if marks_posts else ""
        style = discord.ButtonStyle.primary if is_current else discord.ButtonStyle.secondary
        super().__init__(
            ui.Button(
                label=PERIOD_LABELS[period],
                custom_id=f"history:{period}{marks}:{competition_id}:{teams}",
                style=style,
            )
        )
        self.period = period
        self.competition_id = competition_id
        self.team_ids = team_ids
        self.marks_posts = marks_posts

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        team_ids = [int(team_id) for team_id in match["teams"].split(".")]
        marks_posts = match["marks"] is not None
        period, competition_id = Period(match["period"]), int(match["competition"])
        return cls(period, competition_id, team_ids, marks_posts=marks_posts)

    async def on_use(self, interaction: Interaction) -> None:
        """Show that period."""
        await defer_update_or_reply(interaction)
        visibility = get_visibility(interaction)
        competition = await visibility.require_visible(self.competition_id)
        storage = get_services(interaction.client).storage
        info = await storage.boards.find_info(competition.id)
        teams = await _find_teams(storage, info, self.team_ids) if info else []
        if info is None or not teams:
            name = fmt.competition_name(competition.slug, competition.name)
            raise UserError(teams_gone_text(name))
        board = _BoardTeams(competition, info, teams)
        options = _Options(None, self.period, marks_posts=self.marks_posts)
        await _show(interaction, visibility, board, options)


class History(commands.Cog):
    """The commands `/history` and `/compare`."""

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="A member of this server (default: you)",
        member2="Another member, in the same picture",
        member3="Another member, in the same picture",
        username="Any Kaggle user name, or any part of a team's name",
        competition="The competition (not needed in its channel, or if they are on one board only)",
        period="How far back (default: everything)",
        marks="What is marked in the picture, with its number in the list below (default: nothing)",
    )
    @app_commands.choices(period=_PERIOD_CHOICES, marks=_MARKS_CHOICES)
    @app_commands.autocomplete(username=user_or_team_choices, competition=competition_choices)
    async def history(  # noqa: PLR0917 - options
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        member2: discord.User | None = None,
        member3: discord.User | None = None,
        username: Name | None = None,
        competition: Name | None = None,
        period: str = Period.ALL,
        marks: str = _NO_MARKS,
    ) -> None:
        """Show how you, other members or anyone on Kaggle moved on a board."""
        await defer(interaction, private=needs_private_response(interaction))
        visibility = get_visibility(interaction)
        members = [member, member2, member3]
        people, note = await _resolve_targets(
            interaction, visibility, members, username, competition
        )
        people = people or [await require_own_link(visibility, interaction.user)]
        marks_posts = marks != _NO_MARKS
        options = _Options(competition, Period(period), note, marks_posts=marks_posts)
        await _show_people(interaction, visibility, people, options)

    @app_commands.command()
    @anywhere
    @app_commands.describe(
        member="Whom to compare yourself with (default: the best members of this server, and you)",
        member2="A second member (you are then left out)",
        member3="Another member",
        member4="Another member",
        member5="Another member",
        username="Any Kaggle user name, or any part of a team's name",
        competition="The competition (not needed in its channel, or if they are on one board only)",
        period="How far back (default: everything)",
    )
    @app_commands.choices(period=_PERIOD_CHOICES)
    @app_commands.autocomplete(username=user_or_team_choices, competition=competition_choices)
    async def compare(  # noqa: PLR0917 - options
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        member2: discord.User | None = None,
        member3: discord.User | None = None,
        member4: discord.User | None = None,
        member5: discord.User | None = None,
        username: Name | None = None,
        competition: Name | None = None,
        period: str = Period.ALL,
    ) -> None:
        """See who is ahead of whom, by how much, and since when."""
        await defer(interaction, private=needs_private_response(interaction))
        visibility = get_visibility(interaction)
        members = [member, member2, member3, member4, member5]
        people, note = await _resolve_targets(
            interaction, visibility, members, username, competition
        )
        options = _Options(competition, Period(period), note)
        if not people:
            people = [Target([link.user_name], "") for link in await visibility.load_links()]
            if not people:
                raise UserError(visibility.nobody_linked_text)
            own_names = await visibility.find_user_names(interaction.user.id)
            options = replace(options, all_members=True, own_names=own_names)
        elif len(people) == 1:
            own = await require_link(visibility, interaction.user, interaction.user)
            if own.is_same_person(people[0]):
                raise UserError(YOURSELF_TEXT if people[0].team is None else YOUR_TEAM_TEXT)
            people.append(own)
            options = replace(options, has_opponent=True)
        await _show_people(interaction, visibility, people, options)


async def _find_teams(storage: Storage, info: BoardInfo, team_ids: Sequence[int]) -> list[Entry]:
    """Return the teams that are on the board; of those that merged, the ones they are in now."""
    found: dict[int, Entry] = {}
    waiting, known = list(team_ids), set(team_ids)
    while waiting:
        team_id = waiting.pop(0)
        team = await storage.boards.find_team(info.board_id, team_id)
        if team is not None:
            found[team_id] = team
            continue
        successors = await storage.history.load_successors(info.board_id, [team_id])
        continuation = successors.get(team_id)
        if continuation is not None and continuation.into_team_id not in known:
            known.add(continuation.into_team_id)
            waiting.append(continuation.into_team_id)
    return list(found.values())


async def _resolve_targets(
    interaction: Interaction,
    visibility: Visibility,
    users: Sequence[discord.User | None],
    typed: str | None,
    competition: str | None,
) -> tuple[list[Target], str]:
    """Return each person once, and a note on those who were named more than once."""
    named = [user for user in users if user is not None]
    unique = list(dict.fromkeys(named))
    people = [await require_link(visibility, interaction.user, user) for user in unique]
    repeated = [one.name for user, one in zip(unique, people, strict=True) if named.count(user) > 1]
    if typed is not None:
        target = await resolve_target(interaction, visibility, None, typed, competition)
        if any(target.is_same_person(one) for one in people):
            repeated.append(target.name)
        else:
            people.append(target)
    return people, repeated_text(repeated) if repeated else ""


async def _show_people(
    interaction: Interaction,
    visibility: Visibility,
    people: Sequence[Target],
    options: _Options,
) -> None:
    """Show people on the board asked for, or on the only one that they are on.

    Raise `UserError` if they are on no board, and `OptionNeeded` if they are on several.
    """
    services = get_services(interaction.client)
    boards = services.storage.boards
    competitions = await load_searched_competitions(visibility, options.competition)
    named = [one.team.competition_id for one in people if one.team is not None]
    found: list[tuple[Competition, BoardInfo, list[list[Entry]]]] = []
    for competition in competitions:
        info = await boards.find_info(competition.id)
        if info is None or (named and competition.id not in named):
            continue
        teams = await _find_entries(boards, info, people)
        if teams[0] if options.has_opponent else any(teams):
            found.append((competition, info, teams))
    if not found:
        absent = people[:1] if options.has_opponent else people
        raise UserError(await explain_absence(services, absent, competitions))
    if len(found) > 1:
        raise ask_for_competition(WHICH_BOARD_TEXT, [competition for competition, _, _ in found])
    ((competition, info, teams),) = found
    absent = [one for one, some in zip(people, teams, strict=True) if not some]
    unique = {team.team_id: team for some in teams for team in some}
    final_board = await find_final_board(services, info)
    finals: dict[int, Entry] = {}
    if final_board is not None:
        final_teams = await _find_entries(boards, final_board, people)
        finals = {team.team_id: team for some in final_teams for team in some}
    ranked = sorted(unique.values(), key=lambda team: final_order(team, finals))
    best, others = ranked[:MAX_COMPARED], ranked[MAX_COMPARED:]
    own = next((team for team in others if _has_member(team, options.own_names)), None)
    if own is not None:
        best = [*best[:-1], own]
    note = options.note
    if absent and not options.all_members:
        missing = await _describe_absent(services, absent, competition)
        note = "\n".join(filter(None, [note, missing]))
    if others:
        left_out = only_best_text(len(best), len(unique), with_own=own is not None)
        note = "\n".join(filter(None, [note, left_out]))
    board = _BoardTeams(competition, info, best)
    await _show(interaction, visibility, board, replace(options, note=note))


def _has_member(team: Entry, user_names: Sequence[str]) -> bool:
    """Return whether one of some Kaggle users is in a team."""
    folded = {name.casefold() for name in user_names}
    return any(name.casefold() in folded for name in team.members)


async def _find_entries(
    boards: Boards, info: BoardInfo, people: Sequence[Target]
) -> list[list[Entry]]:
    """Return the teams of each person on a board."""
    names = [name for one in people if one.team is None for name in one.user_names]
    by_name = await boards.find_teams_by_user_names(info.board_id, names)
    found: list[list[Entry]] = []
    for one in people:
        if one.team is None:
            folded = [name.casefold() for name in one.user_names]
            found.append([by_name[name] for name in folded if name in by_name])
        else:
            team = await boards.find_team(info.board_id, one.team.team_id)
            found.append([team] if team is not None else [])
    return found


async def _describe_absent(
    services: Services, absent: Sequence[Target], competition: Competition
) -> str:
    """Return who is not on a board, and of those who were, until when."""
    never, lines = [], []
    board = fmt.competition_name(competition.slug, competition.name)
    for one in absent:
        former = await find_former_member(services, one.user_names, [competition])
        if former is None:
            never.append(one)
        else:
            lines.append(f"-# {was_on_board_text(one.name, board, former)}")
    if never:
        lines.append(not_on_board_text([one.name for one in never]))
    return "\n".join(lines)


async def _show(
    interaction: Interaction, visibility: Visibility, board: _BoardTeams, options: _Options
) -> None:
    """Respond in words at once, and add the plot when it is rendered."""
    services, competition = get_services(interaction.client), board.competition
    histories = await load_rank_histories(
        services,
        competition,
        board.info,
        board.teams,
        links=await visibility.load_links_by_user_name(),
        period=options.period,
    )
    marks, note = PostMarks(), options.note
    if options.marks_posts:
        marks, text = await _find_marks(interaction, histories)
        note = "\n".join(filter(None, [text, note]))
    buttons = _build_period_buttons(competition.id, histories, marks_posts=options.marks_posts)
    await respond(interaction, history_view(histories, buttons, note=note))
    png = await render_rank_histories(services, histories, interaction.user.id, marks.posts)
    if png is not None:
        pictures = [history_picture(histories, png)]
        view = history_view(histories, buttons, note=note, pictures=pictures)
        await respond(interaction, view, pictures)


async def _find_marks(interaction: Interaction, histories: RankHistories) -> tuple[PostMarks, str]:
    """Return what is marked in a history, and the list of it or why nothing is."""
    guild_id = find_effective_guild_id(interaction)
    if guild_id is None:
        return PostMarks(), IN_SERVER_TEXT
    if len(histories.teams) > 1:
        return PostMarks(), ONE_TEAM_TEXT
    marks = await load_post_marks(get_services(interaction.client), guild_id, histories)
    return marks, marks_text(marks)


def _build_period_buttons(
    competition_id: int, histories: RankHistories, *, marks_posts: bool
) -> list[PeriodButton]:
    """Build a button for each period; none if the team ids do not fit into a custom_id."""
    team_ids = [team.team.team_id for team in histories.teams]
    buttons = [
        PeriodButton(
            period,
            competition_id,
            team_ids,
            is_current=period is histories.period,
            marks_posts=marks_posts,
        )
        for period in Period
    ]
    if any(len(button.custom_id) > MAX_CUSTOM_ID_LENGTH for button in buttons):
        return []
    return buttons


async def setup(bot: commands.Bot) -> None:
    """Add the commands and the buttons."""
    bot.add_dynamic_items(PeriodButton)
    await bot.add_cog(History())


async def teardown(bot: commands.Bot) -> None:
    """Remove the buttons."""
    bot.remove_dynamic_items(PeriodButton)
