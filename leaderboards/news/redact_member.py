"""Which part of a message is about one Discord member, and what is left of it without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from leaderboards.news.digest import DigestMessage
from leaderboards.news.ended import EndedMessage
from leaderboards.news.items import Item, NewsMessage, Passed, Reason
from leaderboards.news.messages import Message

Personal = NewsMessage | DigestMessage | EndedMessage
"""Messages that name members."""


def extract_personal(message: Message, user_id: int) -> Personal | None:
    """Give what a message says of a member, other members left out; None when it says nothing."""
    if isinstance(message, DigestMessage):
        return _digest(message, lambda user_ids: _only(user_ids, user_id))
    if isinstance(message, EndedMessage):
        own = _end(message, lambda user_ids: _only(user_ids, user_id))
        return replace(own, more=0) if own.finishers else None
    if not isinstance(message, NewsMessage):
        return None
    items = tuple(
        _of_one(item, user_id) for item in message.items if user_id in _everybody_in(item)
    )
    return replace(message, items=items, more=0) if items else None


def redact_member(message: Message, user_id: int) -> Message | None:
    """Give a message that no longer names a member; None when it was about nobody else."""
    if isinstance(message, DigestMessage):
        return _digest(message, lambda user_ids: _others(user_ids, user_id))
    if isinstance(message, EndedMessage):
        return _end(message, lambda user_ids: _others(user_ids, user_id))
    if not isinstance(message, NewsMessage):
        return message
    items = tuple(left for item in message.items if (left := _without(item, user_id)) is not None)
    return replace(message, items=items) if items else None


def _digest(
    message: DigestMessage, kept: Callable[[tuple[int, ...]], tuple[int, ...]]
) -> DigestMessage | None:
    """Keep of a digest the teams of some members; None when there is none."""
    competitions = []
    for one in message.competitions:
        teams = tuple(
            replace(team, user_ids=kept(team.user_ids)) for team in one.teams if kept(team.user_ids)
        )
        if teams:
            competitions.append(replace(one, teams=teams))
    return replace(message, competitions=tuple(competitions)) if competitions else None


def _end(message: EndedMessage, kept: Callable[[tuple[int, ...]], tuple[int, ...]]) -> EndedMessage:
    """Keep of an end the teams of some members; it is news without anybody as well."""
    return replace(
        message,
        winner=replace(message.winner, user_ids=kept(message.winner.user_ids)),
        finishers=tuple(
            replace(team, user_ids=kept(team.user_ids))
            for team in message.finishers
            if kept(team.user_ids)
        ),
    )


def find_teams(message: Personal) -> set[int]:
    """Give the teams of one competition whose members a message names."""
    match message:
        case NewsMessage():
            return {item.team_id for item in message.items if item.user_ids}
        case EndedMessage():
            return {team.team_id for team in message.finishers}
        case DigestMessage():
            return set()


def _everybody_in(item: Item) -> set[int]:
    return {*item.user_ids, *(user_id for team in item.passed for user_id in team.user_ids)}


def _of_one(item: Item, user_id: int) -> Item:
    """Keep of an item what concerns one member: their team, or that it was passed by another."""
    if user_id in item.user_ids:
        return replace(
            item,
            user_ids=(user_id,),
            mention_ids=_only(item.mention_ids, user_id),
            passed=(),
        )
    return replace(
        item,
        user_ids=(),
        mention_ids=(),
        passed=tuple(
            replace(team, user_ids=(user_id,)) for team in item.passed if user_id in team.user_ids
        ),
    )


def _without(item: Item, user_id: int) -> Item | None:
    left = replace(
        item,
        user_ids=_others(item.user_ids, user_id),
        mention_ids=_others(item.mention_ids, user_id),
        passed=tuple(_others_of(item.passed, user_id)),
    )
    if item.user_ids and not left.user_ids:
        return None
    if item.passed and not left.passed:
        reasons = tuple(reason for reason in item.reasons if reason is not Reason.PASSED)
        return replace(left, reasons=reasons) if reasons else None
    return left


def _others_of(passed: tuple[Passed, ...], user_id: int) -> list[Passed]:
    """Leave out a team of which nobody else is left; its name would still tell whose it is."""
    teams = [replace(team, user_ids=_others(team.user_ids, user_id)) for team in passed]
    return [team for team in teams if team.user_ids]


def _only(user_ids: tuple[int, ...], user_id: int) -> tuple[int, ...]:
    return tuple(one for one in user_ids if one == user_id)


def _others(user_ids: tuple[int, ...], user_id: int) -> tuple[int, ...]:
    return tuple(one for one in user_ids if one != user_id)
