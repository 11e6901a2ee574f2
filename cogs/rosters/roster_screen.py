"""The screens of `/roster`: what a file would change, what it changed, and who stands where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import CHARACTERS, Item, card, join_lines
from cogs.rosters.roster_check import APPLIED, CheckedRow, Doubt, RowResult
from records.competitions import Competition

CHECK_FILE_NAME = "roster-check.csv"

CANCELLED_TEXT = "Nothing was changed."
CHECK_GONE_TEXT = (
    "The file of this check is gone, so nothing was changed. Use `/roster import` again."
)
FUTURE_TEXT = (
    "That moment is ahead; a day without a time means its end, in UTC. Give a moment that has"
    " passed, or none for the newest board."
)
NOBODY_TO_LIST_TEXT = (
    "Nobody here has linked a Kaggle account yet, so there is nobody to list. Members use `/link`,"
    " or you link them all with `/roster import`."
)
NO_MEMBER_LIST_TEXT = (
    "Discord did not say who is in this server, so nothing was done. Try again in a minute."
)
VERIFIED_ONLY_TEXT = (
    "-# Only verified links count in this server: each member has to verify theirs with `/link`."
)

_ROOM_FOR_ROWS = CHARACTERS - 800
"""Characters for the rows that need attention; the file has all rows."""

_COUNT_TEXTS = {
    RowResult.LINK: "✅ {rows} to link",
    RowResult.REPLACE: "🔁 {rows} to link to another Kaggle account",
    RowResult.UNCHANGED: "▫️ {rows} linked already",
    RowResult.UNKNOWN: "❔ {rows} without a member of that name here",
    RowResult.TAKEN: "⛔ {rows} with a Kaggle account of another member",
    RowResult.DOUBTFUL: "⚠️ {rows} in doubt",
}

_REPLACE_TEXTS = {
    True: "replaces {linked}",
    False: "replaces {linked}, but is on no board here yet",
}
"""What becomes of a member's link, by whether the new Kaggle user is on a board."""

DOUBT_TEXTS = {
    Doubt.SHARED_NAME: (
        "several members have that name ({members}); give the Discord user name or id"
    ),
    Doubt.DISCORD_NAME_MISSING: "the Discord name or id is missing",
    Doubt.USER_NAME_MISSING: "the Kaggle user name is missing",
    Doubt.ROUNDED_ID: "a spreadsheet has rounded that id; format the column as text",
    Doubt.INVALID_USER_NAME: "that is not a Kaggle user name",
    Doubt.BOT: "that is a bot",
    Doubt.MEMBER_TWICE: "that member is in several rows",
    Doubt.USER_NAME_TWICE: "that Kaggle user name is in several rows",
    Doubt.VERIFIED_OTHER: "the member has verified {linked}, which a file cannot replace",
}


@dataclass(frozen=True, slots=True)
class AppliedRoster:
    """Result of applying the rows of a roster."""

    linked: int
    refused: Sequence[int]
    """The members whose link or Kaggle account has changed since the check."""
    require_verified: bool


@dataclass(frozen=True, slots=True)
class StandingsData:
    """Values of the message with the file of the standings."""

    competition: Competition
    file_name: str
    taken_at: datetime
    """The time of the board."""
    member_count: int
    on_board_count: int
    absent_count: int
    """How many of the members have left the server."""


def check_view(
    checked: Sequence[CheckedRow], *, require_verified: bool, buttons: Sequence[Item]
) -> ui.LayoutView:
    """Build the card of a check, to be sent with its file."""
    counts = Counter(one.result for one in checked)
    head = f"### 📋 {fmt.plural(len(checked), 'row')} in the roster"
    lines = [
        text.format(rows=fmt.plural(counts[result], "row"))
        for result, text in _COUNT_TEXTS.items()
        if counts[result]
    ]
    if require_verified:
        lines.append(VERIFIED_ONLY_TEXT)
    rows = [f"- {row_text(one)}" for one in checked if _needs_attention(one)]
    shown, rest = join_lines(rows, _ROOM_FOR_ROWS)
    more = f"-# {fmt.plural(rest, 'more row')} like these: see the file." if rest else ""
    changes = any(counts[result] for result in APPLIED)
    foot = "Nothing has changed yet." if changes else "There is nothing to change."
    view = card(head, "\n".join(lines), shown, more, foot, buttons=[buttons] if buttons else [])
    view.add_item(ui.File(f"attachment://{CHECK_FILE_NAME}"))
    return view


def _needs_attention(checked: CheckedRow) -> bool:
    return checked.result not in {RowResult.LINK, RowResult.UNCHANGED} or not checked.on_board


def row_text(checked: CheckedRow) -> str:
    """Return the line about a row."""
    row = checked.row
    return f"Row {row.number}, {escape(row.member)} → {escape(row.user_name)}: {_reason(checked)}"


def _reason(checked: CheckedRow) -> str:
    """Return what becomes of a row, and why."""
    match checked.result:
        case RowResult.LINK:
            return "to link" if checked.on_board else "to link, but on no board here yet"
        case RowResult.REPLACE:
            text = _REPLACE_TEXTS[checked.on_board]
            return text.format(linked=_linked_name(checked))
        case RowResult.UNCHANGED:
            return "linked already"
        case RowResult.UNKNOWN:
            return "Discord finds nobody here of that name or id; try the user name"
        case RowResult.TAKEN:
            owner = fmt.member(checked.link.user_id) if checked.link else ""
            return f"that Kaggle account is linked to {owner}"
        case RowResult.DOUBTFUL:
            members = fmt.join_some([fmt.member(one.id) for one in checked.found_members], 3)
            text = DOUBT_TEXTS[checked.doubt] if checked.doubt else ""
            return text.format(members=members, linked=_linked_name(checked))
        case _:
            assert_never(checked.result)


def _linked_name(checked: CheckedRow) -> str:
    return fmt.profile_link(checked.link.user_name) if checked.link else ""


def apply_label(count: int) -> str:
    """Return what is written on the button that applies a roster."""
    return f"Link {fmt.plural(count, 'member')}"


def looking_text(done: int, count: int) -> str:
    """Return the progress line of a search for names, of which `done` were looked for."""
    return f"Looking for {fmt.number(done)} of {fmt.plural(count, 'name')}"


def applied_text(data: AppliedRoster) -> str:
    """Return what was changed."""
    lines = [f"✅ Linked {fmt.plural(data.linked, 'member')}."]
    if data.refused:
        members = fmt.join_some([fmt.member(user_id) for user_id in data.refused], 10)
        lines.append(f"⚠️ Not linked, as something has changed since the check: {members}")
    if data.require_verified:
        lines.append(VERIFIED_ONLY_TEXT)
    return "\n".join(lines)


def no_board_text(competition: Competition, at: datetime | None) -> str:
    """Return that there is no board of a competition, or none of that moment."""
    name = fmt.competition_name(competition.slug, competition.name)
    if at is None:
        return f"The board of **{name}** has not been read yet."
    return (
        f"There is no board of **{name}** from {fmt.date_and_time(at)} or before: it was not"
        " followed yet."
    )


def standings_view(data: StandingsData) -> ui.LayoutView:
    """Build the card beside the file of who stands where."""
    competition = data.competition
    members, on_board = fmt.plural(data.member_count, "linked member"), data.on_board_count
    lines = [
        f"The board of {fmt.date_and_time(data.taken_at)}",
        f"{members}, {fmt.number(on_board)} of them on this board",
    ]
    if data.absent_count:
        lines.append(f"-# {_absent_text(data.absent_count)}")
    name = fmt.competition_link(competition.slug, competition.name)
    view = card(f"### 📋 Who stands where in {name}", "\n".join(lines))
    view.add_item(ui.File(f"attachment://{data.file_name}"))
    return view


def _absent_text(count: int) -> str:
    if count == 1:
        return "One of them has left this server, and has no Discord name in the file."
    return (
        f"{fmt.number(count)} of them have left this server, and have no Discord name in the file."
    )
