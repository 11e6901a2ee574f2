"""The Kaggle user or team that a command is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.responses import Interaction, UserError
from cogs.framework.services import Services, get_services
from cogs.framework.texts import MEMBER_OR_USERNAME_TEXT, UNLINKED_OR_OTHERS_TEXT, UNLINKED_TEXT
from cogs.options.competition_lookup import load_searched_competitions
from cogs.options.team_lookup import explain_no_team, find_team, load_team_user_names
from cogs.options.visibility import Visibility
from leaderboards.kaggle_ids import find_user_name, parse_user_name
from records.competitions import Competition, NamedTeam, TeamOnBoard


@dataclass(frozen=True, slots=True)
class Target:
    """The Kaggle user names of one person, or a team."""

    user_names: Sequence[str]
    """One in a server; in direct messages one for each server in which they are linked.

    If a team is meant: its members, as far as its board names them.
    """
    name: str
    """What screens call the person, already escaped: a mention or a link to the profile.

    If a team is meant: its name. Empty if the command names nobody.
    """
    team: NamedTeam | None = None
    """The team, if that was named and no user."""
    typed: str = ""
    """What was typed, if it is neither a user nor in the name of a team on any board."""

    def is_same_person(self, other: Target) -> bool:
        """Return whether two targets share a Kaggle user name, however each was named."""
        own, others = ({name.casefold() for name in one.user_names} for one in (self, other))
        return not own.isdisjoint(others)


async def resolve_target(
    interaction: Interaction,
    visibility: Visibility,
    user: discord.User | discord.Member | None,
    typed: str | None,
    competition: str | None,
) -> Target:
    """Return whom a command's options name, by default its user.

    `typed` is a user name or a part of a team's name on the boards that the option `competition`
    stands for. Raises `UserError` if there is no such person or team, and `OptionNeeded` if there
    are several teams.
    """
    if typed is None:
        if user is None:
            return await require_own_link(visibility, interaction.user)
        return await require_link(visibility, interaction.user, user)
    if user is not None:
        raise UserError(MEMBER_OR_USERNAME_TEXT)
    competitions = await load_searched_competitions(visibility, competition)
    return await _find_typed(get_services(interaction.client), visibility, typed, competitions)


async def resolve_user_name(
    interaction: Interaction, visibility: Visibility, user_name: str
) -> Target:
    """Return the user of a name that a control holds; without a name the user of the control."""
    if not user_name:
        return await require_link(visibility, interaction.user, interaction.user)
    return _build_user_target(parse_user_name(user_name))


def _build_user_target(user_name: str, typed: str = "") -> Target:
    return Target([user_name], fmt.profile_link(user_name), typed=typed)


async def _find_typed(
    services: Services, visibility: Visibility, typed: str, competitions: Sequence[Competition]
) -> Target:
    """Return the user that was typed if there is one, else the team."""
    user_name = find_user_name(typed)
    if user_name is not None and await _is_known(services, visibility, user_name, competitions):
        return _build_user_target(user_name)
    team = await find_team(services, typed, competitions)
    if team is not None:
        members = await load_team_user_names(services, team)
        return Target(members, f"**{escape(team.team_name)}**", team)
    if user_name is None:
        raise UserError(await explain_no_team(services, typed, competitions))
    return _build_user_target(user_name, typed)


async def _is_known(
    services: Services,
    visibility: Visibility,
    user_name: str,
    competitions: Sequence[Competition],
) -> bool:
    """Return whether a user is or was on one of some boards, or has a visible link."""
    boards, ids = services.storage.boards, [competition.id for competition in competitions]
    return bool(
        user_name.casefold() in await visibility.load_links_by_user_name()
        or await boards.find_boards_by_user_name(user_name, ids)
        or await boards.find_former_member([user_name], ids)
    )


async def find_boards(
    services: Services, target: Target, competitions: Sequence[Competition]
) -> list[TeamOnBoard]:
    """Return the boards that a person or team is on, with the team there.

    In each competition that is the private board if there is one, else the public one.
    """
    boards, by_id = services.storage.boards, {one.id: one for one in competitions}
    if target.team is not None:
        competition = by_id.get(target.team.competition_id)
        info = await boards.find_private_or_public(target.team.competition_id)
        team = await boards.find_team(info.board_id, target.team.team_id) if info else None
        return [TeamOnBoard(competition, info, team)] if competition and info and team else []
    found = {
        (info.board_id, team.team_id): TeamOnBoard(by_id[info.competition_id], info, team)
        for name in target.user_names
        for info, team in await boards.find_boards_by_user_name(name, list(by_id))
    }
    return list(found.values())


def find_best_team(boards: Iterable[TeamOnBoard]) -> TeamOnBoard:
    """Return the team with the best rank: somebody with several names can be in several teams."""
    return min(boards, key=lambda board: board.team.rank)


async def require_own_link(
    visibility: Visibility, requester: discord.User | discord.Member
) -> Target:
    """Return the Kaggle user of a member who named nobody in the options `member` and `username`.

    Raises `UserError` without a link.
    """
    try:
        return await require_link(visibility, requester, requester)
    except UserError as error:
        if str(error) == UNLINKED_TEXT:
            raise UserError(UNLINKED_OR_OTHERS_TEXT) from error
        raise


async def require_link(
    visibility: Visibility,
    requester: discord.User | discord.Member,
    user: discord.User | discord.Member,
) -> Target:
    """Return the linked Kaggle user of a Discord user; raises `UserError` without a link."""
    names = await visibility.find_user_names(user.id)
    if names:
        profiles = fmt.join_words(map(fmt.profile_link, names))
        return Target(names, f"{fmt.member(user.id)} ({profiles})")
    is_own = user.id == requester.id
    raise UserError(await visibility.explain_unlinked(user.id, own=is_own))
