"""Data of the screens of `/team`, and the checks that come before a search or a note."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import discord

from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.options.memberships import Memberships, query_members
from cogs.options.visibility import get_server_visibility
from cogs.settings.time_zones import parse_time_zone
from cogs.teammates.teammates_screen import (
    EMPTY_SENTENCE_TEXT,
    OwnSearchData,
    ShownSearch,
    TeamListData,
    search_refused_text,
)
from leaderboards.display_text import NAMELESS, clean
from leaderboards.members.rank_group import RankGroup, find_rank_group
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import Competition
from records.teammates import NoteState, OpenSearch, SearchEnd, TeammateNote, TeammateProfile
from storage.errors import SearchRefused

_NOTHING = "-"
"""What is typed to take languages or time zone away."""
_LISTED_STATES = (NoteState.OPEN, NoteState.AGREED)
"""Notes after which two members still see each other's search."""


async def save_search(
    interaction: Interaction,
    competition: Competition,
    *,
    sentence: str | None,
    languages: str | None,
    time_zone: str | None,
) -> str:
    """Store what a member tells; return why their time zone was left out, else nothing.

    What is None or empty stays as it was, and `-` takes languages or time zone away. Raises
    `UserError` if they cannot look for team mates in the competition.
    """
    unlinked = await explain_unlinked(interaction)
    if unlinked:
        raise UserError(unlinked)
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    searches, user_id = services.storage.teammate_searches, interaction.user.id
    now = services.now()
    current = await searches.find(guild_id, user_id, competition.id, now)
    profile, problem = current.search.profile if current else TeammateProfile(""), ""
    if sentence:
        profile = replace(profile, sentence=clean(sentence))
    if profile.sentence in {"", NAMELESS}:
        raise UserError(EMPTY_SENTENCE_TEXT)
    if languages:
        shown = clean(languages)
        profile = replace(profile, languages="" if shown in {_NOTHING, NAMELESS} else shown)
    if time_zone:
        zone, problem = await _find_time_zone(time_zone)
        profile = replace(profile, time_zone=zone)
    try:
        await searches.save(guild_id, user_id, competition.id, profile, now)
    except SearchRefused as error:
        raise UserError(search_refused_text(error.reason, competition)) from error
    return problem


async def explain_unlinked(interaction: Interaction) -> str:
    """Return why an interaction's user has no link that counts; nothing if they have one."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    user_id = interaction.user.id
    if await services.storage.links.find_counted_link(guild_id, user_id) is not None:
        return ""
    return await get_server_visibility(interaction).explain_unlinked(user_id, own=True)


async def _find_time_zone(typed: str) -> tuple[str | None, str]:
    """Return the time zone that was typed, or None and why: the rest is to be kept."""
    if typed.strip() == _NOTHING:
        return None, ""
    try:
        return await asyncio.to_thread(parse_time_zone, typed), ""
    except UserError as error:
        return None, str(error)


async def load_own_search(
    interaction: Interaction, competition: Competition
) -> OwnSearchData | None:
    """Load the own open search of an interaction's user; None without one."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    now = services.now()
    search = await services.storage.teammate_searches.find(
        guild_id, interaction.user.id, competition.id, now
    )
    if search is None:
        return None
    return OwnSearchData(
        competition=competition,
        search=search,
        group=(await find_groups(services, guild_id, competition, [search]))[search.search.id],
        mergers_end=await _find_mergers_end(services, guild_id, competition),
        now=now,
    )


async def load_team_list(interaction: Interaction, competition: Competition) -> TeamListData:
    """Load the searches of others that an interaction's user may see, the closest first."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    user_id, now = interaction.user.id, services.now()
    searches, notes = services.storage.teammate_searches, services.storage.teammate_notes
    opened = await searches.load_open(guild_id, competition.id, now)
    rank, own_team_id = await _find_own_team(services, guild_id, user_id, competition)
    notes_by_member = await notes.load_by_member(guild_id, user_id, competition.id)
    others = [one for one in opened if one.search.user_id != user_id and one.team_id != own_team_id]
    present = await _find_listed(interaction, {one.search.user_id for one in others})
    groups = await find_groups(services, guild_id, competition, others)
    shown = [
        ShownSearch(one, groups[one.search.id], note)
        for one in others
        if one.search.user_id in present
        and _is_listed(one, note := notes_by_member.get(one.search.user_id))
    ]
    shown.sort(key=lambda one: _distance(one.group, rank))
    mergers_end = await _find_mergers_end(services, guild_id, competition)
    reader_searches = any(one.search.user_id == user_id for one in opened)
    return TeamListData(competition, shown, reader_searches, mergers_end, now)


def _is_listed(search: OpenSearch, note: TeammateNote | None) -> bool:
    """Return whether the reader sees a search.

    `note` is the one between the reader and the member who searches.
    """
    return search.search.takes_notes if note is None else note.state in _LISTED_STATES


def _distance(group: RankGroup | None, rank: int | None) -> float:
    """Return how far a member stands from the reader, as far as the list tells it.

    The exact distance would tell who it is.
    """
    return float("inf") if group is None or rank is None else group.distance(rank)


async def find_groups(
    services: Services, guild_id: int, competition: Competition, searches: Collection[OpenSearch]
) -> dict[int, RankGroup | None]:
    """Return where the members of some searches stand, by the search's id."""
    info = await services.storage.boards.find_info(competition.id)
    if info is None:
        return {one.search.id: None for one in searches}
    linked = await services.storage.teammate_searches.load_linked_ranks(guild_id, competition.id)
    return {
        one.search.id: find_rank_group(
            one.rank, linked, info.team_count, awards_medals=competition.awards_medals
        )
        for one in searches
    }


async def find_present_and_end_others(
    services: Services, guild: discord.Guild, user_ids: Collection[int]
) -> dict[int, str]:
    """Return the Discord names of those users who are in a server; end the searches of others.

    Discord is asked anew: nothing may be told of or to somebody who was banned a minute ago.
    """
    names = {
        one.id: one.name async for members in query_members(guild, user_ids) for one in members
    }
    absent = set(user_ids) - names.keys()
    if absent:
        await services.storage.teammate_searches.end_searches_of_absent(guild.id, absent)
    return names


async def _find_own_team(
    services: Services, guild_id: int, user_id: int, competition: Competition
) -> tuple[int | None, int | None]:
    """Return a member's rank on the public board, and the id of the team if the link is verified.

    Searches of the reader's own team are left out of the list. With an unverified link anybody
    could claim to be in a team, and see from what is missing that somebody in it searches. None for
    what is not known.
    """
    link = await services.storage.links.find_counted_link(guild_id, user_id)
    info = await services.storage.boards.find_info(competition.id)
    if link is None or info is None:
        return None, None
    teams = await services.storage.boards.find_teams_by_user_names(info.board_id, [link.user_name])
    team = teams.get(link.user_name.casefold())
    if team is None:
        return None, None
    return team.rank, None if link.verification is None else team.team_id


async def _find_listed(interaction: Interaction, user_ids: set[int]) -> set[int]:
    """Return which of some users are in the server, or were some minutes ago."""
    if interaction.guild is None:
        return set()
    memberships = get_services(interaction.client).get(Memberships)
    return await memberships.find_members(interaction.guild, user_ids)


async def require_open_mergers(interaction: Interaction, competition: Competition) -> None:
    """Raise `UserError` if teams cannot merge any more in a competition."""
    services, guild_id = get_services(interaction.client), require_guild_id(interaction)
    end = await _find_mergers_end(services, guild_id, competition)
    is_over = end is not None and end[1] <= services.now()
    if is_over or competition.ended_at is not None:
        raise UserError(search_refused_text(SearchEnd.MERGERS_CLOSED, competition))


async def _find_mergers_end(
    services: Services, guild_id: int, competition: Competition
) -> tuple[DeadlineKind, datetime] | None:
    """Return until when teams can merge, if Kaggle or the server tells, and which deadline it is.

    Without a known merger deadline that is the end of the competition.
    """
    given = await services.storage.deadlines.load_given(guild_id, competition.id)
    listed = competition.listed_deadlines
    for kind in (DeadlineKind.MERGER, DeadlineKind.FINAL):
        at = listed[kind] or given.get(kind)
        if at is not None:
            return kind, at
    return None
