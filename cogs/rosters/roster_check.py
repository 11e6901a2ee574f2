"""Check of a roster before it is applied: its rows compared with the members and their links."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cogs.rosters.roster_file import RosterRow
from leaderboards.kaggle_ids import find_user_name
from records.members import StoredLink

_ID = re.compile(r"(?:<@!?)?(\d{15,20})>?")
_ROUNDED_ID = re.compile(r"\d[.,]?\d*E\+1\d", re.IGNORECASE)
_DISCRIMINATOR = re.compile(r"#(?:0|\d{4})$")


@dataclass(frozen=True, slots=True)
class ServerMember:
    """A member of the server, by all names that a roster may have for them."""

    id: int
    discord_name: str
    """Unique on Discord."""
    display_name: str
    """As the server shows it."""
    other_names: tuple[str, ...] = ()
    """More names, which several members can share as they can the display name."""
    bot: bool = False


class RowResult(StrEnum):
    """Effect of applying a row of the roster."""

    LINK = "link"
    REPLACE = "replace"
    """The member is linked to another Kaggle user name, which they have not verified."""
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    """Nobody in the server has that name or id."""
    TAKEN = "taken"
    """The Kaggle user name is linked to another member."""
    DOUBTFUL = "doubtful"


class Doubt(StrEnum):
    """Reason why a row is doubtful."""

    SHARED_NAME = "shared_name"
    DISCORD_NAME_MISSING = "discord_name_missing"
    """There is no id either."""
    USER_NAME_MISSING = "user_name_missing"
    ROUNDED_ID = "rounded_id"
    INVALID_USER_NAME = "invalid_user_name"
    BOT = "bot"
    MEMBER_TWICE = "member_twice"
    USER_NAME_TWICE = "user_name_twice"
    VERIFIED_OTHER = "verified_other"
    """The member has verified another Kaggle account, which a file cannot replace."""


APPLIED = (RowResult.LINK, RowResult.REPLACE)
"""The results of rows that change something."""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of a roster, and what becomes of it."""

    row: RosterRow
    result: RowResult
    user_name: str | None = None
    """The Kaggle user name without an address around it; None if it is none."""
    found_members: tuple[ServerMember, ...] = ()
    """The members whom the Discord cell names: one, unless nobody has the name or several have."""
    doubt: Doubt | None = None
    link: StoredLink | None = None
    """The link that stands in the way, or that is replaced."""
    on_board: bool = True
    """Whether the Kaggle user is on a board that the server follows."""


def find_id(text: str) -> int | None:
    """Return the Discord id in a cell: the number or a mention; None for a name."""
    found = _ID.fullmatch(text)
    return int(found[1]) if found else None


def find_name(text: str) -> str | None:
    """Return the Discord name in a cell, without @ and the number after #; None for an id."""
    if not text or find_id(text) is not None or _ROUNDED_ID.fullmatch(text):
        return None
    return _DISCRIMINATOR.sub("", text.removeprefix("@")).strip() or None


class _MemberIndex:
    """The members of a server by what a cell can name: their id, user name or another name."""

    def __init__(self, members: Sequence[ServerMember]) -> None:
        self._by_id = {one.id: one for one in members}
        # Of two with the same user name, as bots can have, the first counts.
        self._by_discord_name = {one.discord_name.casefold(): one for one in reversed(members)}
        self._by_other_name: defaultdict[str, list[ServerMember]] = defaultdict(list)
        for one in members:
            for name in {other.casefold() for other in (one.display_name, *one.other_names)}:
                self._by_other_name[name].append(one)

    def find(self, text: str) -> tuple[ServerMember, ...]:
        """Return the members that a cell names; several only if they share a shown name."""
        id_, name = find_id(text), find_name(text)
        if id_ is not None:
            return (self._by_id[id_],) if id_ in self._by_id else ()
        if name is None:
            return ()
        wanted = name.casefold()
        if wanted in self._by_discord_name:
            return (self._by_discord_name[wanted],)
        return tuple(self._by_other_name.get(wanted, ()))


def check_roster(
    rows: Sequence[RosterRow],
    server_members: Sequence[ServerMember],
    links: Sequence[StoredLink],
    on_boards: Mapping[str, bool],
) -> list[CheckedRow]:
    """Compare the rows with the server's members and links; nothing is changed.

    `on_boards` has, by casefolded Kaggle user name, who is on a followed board.
    """
    by_user = {link.user_id: link for link in links}
    by_name = {link.user_name.casefold(): link for link in links}
    index = _MemberIndex(server_members)
    matched = [index.find(row.member) for row in rows]
    members = Counter(found[0].id for found in matched if len(found) == 1)
    names = Counter(
        name.casefold() for row in rows if (name := find_user_name(row.user_name)) is not None
    )
    checked: list[CheckedRow] = []
    for row, found in zip(rows, matched, strict=True):
        name = find_user_name(row.user_name)
        key = "" if name is None else name.casefold()
        one = CheckedRow(row, RowResult.DOUBTFUL, name, found, on_board=on_boards.get(key, True))
        one = replace(one, doubt=_find_doubt(one, members, names))
        if one.doubt is None:
            own = by_user.get(found[0].id) if found else None
            one = _compare_links(one, own, by_name.get(key))
        checked.append(one)
    return checked


def _find_doubt(
    checked: CheckedRow, members: Mapping[int, int], names: Mapping[str, int]
) -> Doubt | None:
    """Return why a row cannot be applied as it is written.

    `members` and `names` count how many rows have a member and a Kaggle user name.
    """
    name, found, member = checked.user_name, checked.found_members, checked.row.member
    doubts = {
        # Before the next one, as a rounded id is no name either.
        Doubt.ROUNDED_ID: _ROUNDED_ID.fullmatch(member) is not None,
        Doubt.DISCORD_NAME_MISSING: find_id(member) is None and find_name(member) is None,
        Doubt.USER_NAME_MISSING: not checked.row.user_name,
        Doubt.INVALID_USER_NAME: name is None,
        Doubt.SHARED_NAME: len(found) > 1,
        Doubt.BOT: any(one.bot for one in found),
        Doubt.MEMBER_TWICE: any(members[one.id] > 1 for one in found),
        Doubt.USER_NAME_TWICE: name is not None and names[name.casefold()] > 1,
    }
    return next((doubt for doubt, applies in doubts.items() if applies), None)


def _compare_links(
    checked: CheckedRow, own: StoredLink | None, of_name: StoredLink | None
) -> CheckedRow:
    """Compare a row with the member's own link and with that of the Kaggle user name."""
    if not checked.found_members:
        return replace(checked, result=RowResult.UNKNOWN)
    if of_name is not None and of_name == own:
        return replace(checked, result=RowResult.UNCHANGED)
    if of_name is not None:
        return replace(checked, result=RowResult.TAKEN, link=of_name)
    if own is None:
        return replace(checked, result=RowResult.LINK)
    if own.verification is not None:
        return replace(checked, doubt=Doubt.VERIFIED_OTHER, link=own)
    return replace(checked, result=RowResult.REPLACE, link=own)
