"""What is said of members who are not on a board."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.services import Services
from cogs.framework.texts import was_on_board_text
from cogs.options.team_lookup import USERNAME_HINT
from cogs.options.visibility import describe_boards, find_unread_text
from cogs.ranks.target import Target
from records.competitions import Competition, FormerMember


async def explain_absence(
    services: Services, target: Target, competitions: Sequence[Competition]
) -> str:
    """Return the sentence for a person on none of the boards: they left one or never were.

    It says so if no board has been read yet.
    """
    unread = await find_unread_text(services, competitions)
    if unread is not None:
        return unread
    former = await find_former_member(services, target.user_names, competitions)
    if former is not None:
        (board,) = (one for one in competitions if one.slug == former.slug)
        name = fmt.competition_name(board.slug, board.name)
        return was_on_board_text(target.name, name, former)
    if target.typed:
        return (
            f"{target.name} is not on {describe_boards(competitions)} yet, and no team there has"
            f" **{plain(target.typed)}** in its name. {USERNAME_HINT}"
        )
    return explain_never_seen([target.name], competitions)


def explain_never_seen(names: Sequence[str], competitions: Sequence[Competition]) -> str:
    """Return the sentence for people who were on none of the boards.

    Without names it is about everybody who is linked.
    """
    where = describe_boards(competitions)
    if not names:
        return f"Nobody who is linked here is on {where} yet."
    if len(names) == 1:
        return f"{names[0]} is not on {where} yet. Teams appear after their first submission."
    who = fmt.join_words(names)
    return f"{who} are not on {where} yet. Teams appear after their first submission."


async def find_former_member(
    services: Services, user_names: Sequence[str], competitions: Sequence[Competition]
) -> FormerMember | None:
    """Return the user who left one of the boards most recently; None if nobody did."""
    ids = [competition.id for competition in competitions]
    return await services.storage.boards.find_former_member(user_names, ids)
