"""Explanation for members who are not on a board."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.framework import format as fmt
from cogs.framework.responses import UserError
from cogs.framework.services import Services
from cogs.framework.texts import neither_user_nor_team_text, never_on_board_text, was_on_board_text
from cogs.options.competition_lookup import find_board_name, find_unread_text
from cogs.ranks.target import Target, find_boards
from records.competitions import Competition, FormerMember, TeamOnBoard


async def require_boards(
    services: Services, target: Target, competitions: Sequence[Competition]
) -> list[TeamOnBoard]:
    """Return the boards that a person or team is on, as `find_boards` does.

    Raises `UserError` if there is none.
    """
    boards = await find_boards(services, target, competitions)
    if not boards:
        raise UserError(await explain_absence(services, [target], competitions))
    return boards


async def explain_absence(
    services: Services, targets: Sequence[Target], competitions: Sequence[Competition]
) -> str:
    """Return why some people are on no board of the given competitions.

    No board has been read yet, or the only person left one, or none of them ever was on any. People
    whom the command did not name are not named here either.
    """
    unread = await find_unread_text(services, competitions)
    if unread is not None:
        return unread
    board_name = find_board_name(competitions)
    final = all(one.archived_at is not None for one in competitions)
    named = [target for target in targets if target.name]
    if len(targets) != 1 or not named:
        return never_on_board_text([one.name for one in named], board_name, final=final)
    (target,) = named
    former = await find_former_member(services, target.user_names, competitions)
    if former is not None:
        (board,) = (one for one in competitions if one.slug == former.slug)
        name = fmt.competition_name(board.slug, board.name)
        return was_on_board_text(target.name, name, former)
    if target.typed:
        return neither_user_nor_team_text(target.name, target.typed, board_name, final=final)
    return never_on_board_text([target.name], board_name, final=final)


async def find_former_member(
    services: Services, user_names: Sequence[str], competitions: Sequence[Competition]
) -> FormerMember | None:
    """Return the user who left one of the boards most recently; None if nobody did."""
    ids = [competition.id for competition in competitions]
    return await services.storage.boards.find_former_member(user_names, ids)
