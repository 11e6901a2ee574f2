"""Teams by what is typed into an option: any part of their name, or what autocomplete fills in."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord

from cogs.framework import format as fmt
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import OptionNeeded, UserError
from cogs.framework.services import Services
from cogs.framework.texts import first_teams_text, no_team_text, team_gone_text, which_team_text
from cogs.options.competition_lookup import find_board_name, find_unread_text
from leaderboards.board import Entry
from leaderboards.display_text import clean_and_shorten
from leaderboards.kaggle_ids import is_user_name
from records.competitions import Competition, NamedTeam

_MAX_TEAM_NAME, _MAX_COMPETITION_NAME = 45, 40
"""Characters of two names: with the rank they fit into one choice."""

_VALUE = re.compile(r"team:(\d{1,18}):(\d{1,18})")


def team_value(team: NamedTeam) -> str:
    """Return the value of a choice, which identifies a team where several have its name."""
    return f"team:{team.competition_id}:{team.team_id}"


async def find_team(
    services: Services, text: str, competitions: Sequence[Competition]
) -> NamedTeam | None:
    """Return the team on these boards that a choice identifies, or whose name has all words typed.

    One of exactly that name comes before others. None if there is no such team; raises
    `OptionNeeded` if there are several.
    """
    chosen = _VALUE.fullmatch(text.strip())
    if chosen is not None:
        return await _require_chosen(services, int(chosen[1]), int(chosen[2]), competitions)
    found, count = await search_teams(services, text, competitions, MAX_CHOICES)
    exact = [team for team in found if _is_name(team.team_name, text)]
    if len(exact) == 1:
        return exact[0]
    if len(found) > 1:
        raise _ask_for_team(text, found, count, competitions)
    return found[0] if found else None


async def search_teams(
    services: Services, text: str, competitions: Sequence[Competition], limit: int
) -> tuple[list[NamedTeam], int]:
    """Return the teams whose name contains each word of a text, and how many there are."""
    ids = [competition.id for competition in competitions]
    return await services.storage.boards.find_teams_by_name(text, ids, limit)


async def load_teams_of_name(
    services: Services, name: str, competitions: Sequence[Competition]
) -> list[tuple[Competition, Entry]]:
    """Return the teams of exactly a name, the best ranks first; at most `MAX_CHOICES`."""
    boards, by_id = services.storage.boards, {one.id: one for one in competitions}
    teams: list[tuple[Competition, Entry]] = []
    for found in (await search_teams(services, name, competitions, MAX_CHOICES))[0]:
        info = await boards.find_private_or_public(found.competition_id)
        team = await boards.find_team(info.board_id, found.team_id) if info else None
        if team is not None and _is_name(team.team_name, name):
            teams.append((by_id[found.competition_id], team))
    return teams


def _is_name(team_name: str, typed: str) -> bool:
    return team_name.strip().casefold() == typed.strip().casefold()


async def load_team_user_names(services: Services, team: NamedTeam) -> list[str]:
    """Return the Kaggle user names of a team; none if its board does not name them."""
    boards = services.storage.boards
    info = await boards.find_private_or_public(team.competition_id)
    entry = await boards.find_team(info.board_id, team.team_id) if info else None
    return [name for name in entry.members if is_user_name(name)] if entry else []


async def explain_no_team(
    services: Services, text: str, competitions: Sequence[Competition]
) -> str:
    """Return the sentences for a text that is in no team's name, and no user name."""
    unread = await find_unread_text(services, competitions)
    return unread or no_team_text(text, find_board_name(competitions))


def build_team_options(
    teams: Sequence[NamedTeam], competitions: Sequence[Competition]
) -> list[discord.SelectOption]:
    """Return the choices for some teams: names repeat, on one board and on several."""
    names = {competition.id: competition.name for competition in competitions}
    return [
        discord.SelectOption(
            label=clean_and_shorten(team.team_name, _MAX_TEAM_NAME),
            description=fmt.join_dotted(
                [
                    fmt.rank(team.rank),
                    clean_and_shorten(names[team.competition_id], _MAX_COMPETITION_NAME),
                ]
            ),
            value=team_value(team),
        )
        for team in teams
    ]


async def _require_chosen(
    services: Services, competition_id: int, team_id: int, competitions: Sequence[Competition]
) -> NamedTeam:
    boards = services.storage.boards
    info = team = None
    if any(competition.id == competition_id for competition in competitions):
        info = await boards.find_private_or_public(competition_id)
    if info is not None:
        team = await boards.find_team(info.board_id, team_id)
    if team is None:
        raise UserError(team_gone_text(find_board_name(competitions)))
    return NamedTeam(competition_id, team_id, team.team_name, team.rank)


def _ask_for_team(
    text: str, teams: Sequence[NamedTeam], count: int, competitions: Sequence[Competition]
) -> OptionNeeded:
    question = which_team_text(text, count)
    if count > len(teams):
        question += f"\n{first_teams_text(len(teams))}"
    return OptionNeeded(question, "username", build_team_options(teams, competitions))
