"""Lookup of the competition of a command: the named one, that of the channel, or the only one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import discord

from cogs.framework import format as fmt
from cogs.framework.layout import MAX_CHOICES
from cogs.framework.responses import Interaction, OptionNeeded, UserError
from cogs.framework.services import Services, get_services, require_guild_id
from cogs.framework.texts import (
    ENDED_CHOICE_TEXT,
    WHICH_COMPETITION_TEXT,
    first_competitions_text,
    unclear_competition_text,
    unread_text,
)
from cogs.options.visibility import Visibility, get_server_visibility
from leaderboards.errors import InvalidInput
from leaderboards.kaggle_ids import is_address, parse_competition
from records.competitions import Competition
from records.guilds import Follow


async def require_competition(
    visibility: Visibility, name: str | None, *, asks_about_slugs: bool = False
) -> Competition:
    """Return the competition with a slug, address or name, or with words of a name.

    Without a name, that of the channel or else the only open one. Raises `UserError` if there
    is none, and `OptionNeeded` if it must be chosen: those of the channel come first.
    With `asks_about_slugs` it must also be chosen if the only word may be another one's slug.
    """
    found = await _load_named_or_all(visibility, name, asks_about_slugs=asks_about_slugs)
    if name is not None:
        return found[0]
    of_channel = await visibility.load_channel_competitions()
    only = _find_only(of_channel) or _find_only(found)
    if only is None:
        fits = len(found) <= MAX_CHOICES
        offered = found if fits else _select_open(found) or found
        own_slugs = {one.slug for one in of_channel}
        offered = sorted(offered, key=lambda one: one.slug not in own_slugs)
        raise ask_for_competition(WHICH_COMPETITION_TEXT, offered)
    return only


async def load_searched_competitions(
    visibility: Visibility, name: str | None
) -> Sequence[Competition]:
    """Return the competitions in which a command looks for people: the one that was named.

    Without a name, that of the channel or else all. Raises `UserError` if there is none.
    """
    found = await _load_named_or_all(visibility, name)
    own = None if name is not None else _find_only(await visibility.load_channel_competitions())
    return found if own is None else [own]


async def _load_named_or_all(
    visibility: Visibility, name: str | None, *, asks_about_slugs: bool = False
) -> Sequence[Competition]:
    """Return the competition that was named, or all; raises `UserError` if there is none."""
    found = await visibility.load_competitions()
    if name is not None:
        return [_find_named(visibility, found, name, asks_about_slugs=asks_about_slugs)]
    if not found:
        raise UserError(visibility.nothing_visible_text)
    return found


def _find_named(
    visibility: Visibility,
    competitions: Sequence[Competition],
    typed: str,
    *,
    asks_about_slugs: bool,
) -> Competition:
    """Return the competition with a slug, address, name, or words of a name.

    Raises `UserError` if there is none, and `OptionNeeded` if it is not clear which is meant.
    """
    named = find_by_name(competitions, typed)
    if named is not None:
        return named
    try:
        unknown = parse_competition(typed)
        is_slug = True
    except InvalidInput:
        if is_address(typed):
            raise
        unknown, is_slug = typed, False
    similar = [one for one in competitions if fmt.is_named(typed, one.slug, one.name, one.title)]
    if len(similar) == 1 and not (is_slug and asks_about_slugs):
        return similar[0]
    if similar:
        raise ask_for_competition(unclear_competition_text(typed), similar)
    raise UserError(visibility.describe_unknown(unknown))


async def require_follow(interaction: Interaction, name: str | None) -> Follow:
    """Return the followed competition that was named, or else that of the channel, or the only one.

    Raises `UserError`, or `OptionNeeded` if it must be chosen. It is for commands that change what
    others see: one word may be the slug of a competition that is not followed, so they ask.
    """
    visibility = get_server_visibility(interaction)
    slug = (await require_competition(visibility, name, asks_about_slugs=True)).slug
    guilds = get_services(interaction.client).storage.guilds
    follow = await guilds.find_follow(require_guild_id(interaction), slug)
    if follow is None:
        raise UserError(visibility.describe_unknown(slug))
    return follow


def find_by_name(competitions: Sequence[Competition], name: str) -> Competition | None:
    """Return the competition with a slug, an address, a server's own name or Kaggle's title.

    A slug comes first: the name of one competition may look like the slug of another.
    """
    with suppress(InvalidInput):
        slug = parse_competition(name)
        for competition in competitions:
            if competition.slug == slug:
                return competition
    typed = name.strip().casefold()
    for competition in competitions:
        if typed in {competition.name.casefold(), (competition.title or "").casefold()}:
            return competition
    return None


def _select_open(competitions: Sequence[Competition]) -> Sequence[Competition]:
    """Return the competitions that are not archived."""
    return [competition for competition in competitions if competition.archived_at is None]


def _find_only(competitions: Sequence[Competition]) -> Competition | None:
    """Return the only open competition, or else the only one; None if there are several."""
    for candidates in (_select_open(competitions), competitions):
        if len(candidates) == 1:
            return candidates[0]
    return None


def ask_for_competition(question: str, competitions: Sequence[Competition]) -> OptionNeeded:
    """Return the error that lets the user of a command choose one of some competitions."""
    choices = [
        discord.SelectOption(
            label=fmt.competition_choice(one.slug, one.name),
            value=one.slug,
            description=ENDED_CHOICE_TEXT if one.archived_at else None,
        )
        for one in competitions[:MAX_CHOICES]
    ]
    if len(choices) < len(competitions):
        question += f"\n{first_competitions_text(len(choices), len(competitions))}"
    return OptionNeeded(question, "competition", choices)


def find_board_name(competitions: Sequence[Competition]) -> str | None:
    """Return what the only competition is called, escaped; None if there are several."""
    if len(competitions) != 1:
        return None
    return fmt.competition_name(competitions[0].slug, competitions[0].name)


async def find_unread_text(services: Services, competitions: Sequence[Competition]) -> str | None:
    """Return the sentence for competitions of which none has a board yet; None if one has."""
    for competition in competitions:
        if await services.storage.boards.find_info(competition.id) is not None:
            return None
    return unread_text(find_board_name(competitions))
