"""The screens of `/link` and `/whois`, and what direct messages say about links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import BLUE, GOLD, Item, card
from leaderboards.board import Entry
from leaderboards.members.verification_codes import VerificationMethod, format_code
from records.competitions import Competition, TeamOnBoard
from records.members import NOBODY, StoredLink, VerificationCode

_MAX_MEMBERS = 5
"""Members that are named of a team with the name that was typed."""
_MAX_NAMESAKES = 3
"""Teams of the same name that are named below a link."""
_MAX_BOARDS = 10
"""Boards shown below a link."""

BOT_TEXT = "A bot does not compete on Kaggle."
CODE_EXPIRED_TEXT = "This code has expired. Use `/link` to get a new one."
NO_PINGS_TEXT = "News about you will not ping you."
PINGS_TEXT = "News about you will ping you from now on."
PINGS_OFF_HERE_TEXT = (
    "Saved, but this server has pings turned off. A manager can turn them on with `/announcements`."
)

_REQUIRED_TEXT = "-# Only verified links count here. This member can get a code with `/link`."
_NO_BOARD_TEXT = (
    "-# This account is not on any board that this server follows yet. If the name is spelled"
    " correctly, there is nothing to do: it appears after the first submission."
)
_NAMESAKES_TEXT = (
    "⚠️ This is a team's name. If you meant the team, use `/link` again with the user name of its"
    " member:"
)
_CODE_IN_NOTEBOOK_TEXT = "Put this code into the title of a public notebook of yours."
_CODE_IN_TEAM_OR_NOTEBOOK_TEXT = (
    "Put this code into\n"
    "- your team's name in a competition that is followed here and has not ended, or\n"
    "- the title of a public notebook of yours"
)
_AFTER_VERIFICATION_TEXTS = {
    VerificationMethod.TEAM: "You can change your team's name back now.",
    VerificationMethod.NOTEBOOK: "You can rename or delete the notebook now.",
}
_CLAIM_TEXT = "If this account is yours, verify it. It is then linked to you."


@dataclass(frozen=True, slots=True)
class OtherLink:
    """The link of another member to the Kaggle name that was asked for."""

    user_id: int
    verification: VerificationMethod | None


@dataclass(frozen=True, slots=True)
class LinkData:
    """All that is shown of a link that was just made or is to be verified."""

    user_id: int
    user_name: str
    own: bool
    """Whether the reader is the linked member."""
    verification: VerificationMethod | None
    code: VerificationCode | None
    """The code that verifies the link; None if there is nothing to verify."""
    other_link: OtherLink | None
    """Set if another member of the server is linked to the name."""
    is_verification_required: bool
    """Whether only verified links count in this server."""
    boards: Sequence[TeamOnBoard]
    """The boards that the name is on."""
    can_verify_by_team: bool
    """Whether a board is still read, on which a team can be renamed."""
    namesakes: Sequence[tuple[Competition, Entry]] = ()
    """Teams whose name was given as the user name, if no board has such a user."""
    checked_at: datetime | None = None
    """When the code was looked for without success."""
    replaced: str | None = None
    """The user name that the member was linked to until now; None if it is the same or none."""


def unlink_question(link: StoredLink, *, own: bool) -> str:
    """Return the question whether to remove a link, with what is lost."""
    name, member = fmt.profile_link(link.user_name), fmt.member(link.user_id)
    head = f"### Remove the link of {member} to {name}?"
    if own:
        head = f"### Remove your link to {name}?"
    what = (
        "No news is posted about it any more, and roles that were given for its ranks are taken"
        " away. The boards and their history stay."
    )
    verified = ""
    if link.verification is not None:
        verified = "It is verified, which has to be done again after a new `/link`."
    return "\n".join(filter(None, [head, what, verified]))


def verified_other_text(link: StoredLink, *, own: bool) -> str:
    """Return that a verified link is not replaced, and what to do."""
    name, member = fmt.profile_link(link.user_name), fmt.member(link.user_id)
    if own:
        return (
            f"You are {name} on Kaggle (verified), and that would be lost. To link another account,"
            " use `/unlink` first."
        )
    return (
        f"{member} is {name} on Kaggle (verified), and that would be lost. To link another account,"
        " use `/unlink member:` first."
    )


def unlinked_text(link: StoredLink, *, own: bool) -> str:
    """Return that a link was removed."""
    name = fmt.profile_link(link.user_name)
    if own:
        return f"You are no longer linked to {name}."
    return f"{fmt.member(link.user_id)} is no longer linked to {name}."


def link_view(data: LinkData, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build a link: its ranks on the boards, and how to verify it."""
    texts = [_head(data)]
    if data.replaced is not None:
        texts.append(f"-# This replaces the link to {fmt.profile_link(data.replaced)}.")
    if data.other_link is None:
        texts.append(_ranks(data))
    if data.code is not None:
        texts.append(_how_to_verify(data, data.code))
    elif not data.own and data.is_verification_required and data.verification is None:
        texts.append(_REQUIRED_TEXT)
    rows = [buttons] if data.code is not None else []
    return card(*texts, colour=GOLD if data.verification else BLUE, buttons=rows)


def taken_text(user_name: str, user_id: int) -> str:
    """Return the sentence for a name that is linked to a member and cannot be claimed."""
    return (
        f"{fmt.profile_link(user_name)} is linked to {fmt.member(user_id)} here."
        " If that is not right, a manager of this server can remove that link with"
        " `/unlink member:`."
    )


def no_members_text(team_name: str) -> str:
    """Return that a team's members are not known, and what to do."""
    return f"The board does not name the members of **{escape(team_name)}**. Give a user name."


def which_member_text(team_name: str) -> str:
    """Return the question which member of a team is meant."""
    return f"Which user of **{escape(team_name)}**?"


def name_not_linked_text(user_name: str) -> str:
    """Return that no member is linked to a Kaggle name."""
    return f"Nobody here has linked {fmt.profile_link(user_name)}."


def neither_linked_nor_team_text(user_name: str, board: str | None) -> str:
    """Return that nobody has linked a name, nor has a team it in its own; `board` is escaped."""
    name = fmt.profile_link(user_name)
    if board is None:
        return (
            f"Nobody here has linked {name}, and no team on any board followed here has"
            f" **{escape(user_name)}** in its name."
        )
    return (
        f"Nobody here has linked {name}, and no team on {board} has **{escape(user_name)}** in its"
        " name."
    )


def team_not_linked_text(team_name: str) -> str:
    """Return that no member is linked to a name of a team."""
    return f"Nobody here has linked an account of **{escape(team_name)}**."


def _head(data: LinkData) -> str:
    name = fmt.profile_link(data.user_name)
    if data.other_link is not None:
        other = fmt.member(data.other_link.user_id)
        if data.other_link.verification is None:
            return f"### {name} is linked to {other} here, not verified\n{_CLAIM_TEXT}"
        return (
            f"### {name} is linked to {other} here, verified by a team's name only\n{_CLAIM_TEXT}"
        )
    if data.verification is None:
        return f"### {_unverified_head(data.user_id, name, own=data.own)}"
    head = _verified_head(data.user_id, name, own=data.own)
    return f"### {fmt.VERIFIED} {head}\n{_AFTER_VERIFICATION_TEXTS[data.verification]}"


def _unverified_head(user_id: int, name: str, *, own: bool) -> str:
    if own:
        return f"You are {name} on Kaggle"
    return f"{fmt.member(user_id)} is {name} on Kaggle"


def _verified_head(user_id: int, name: str, *, own: bool) -> str:
    if own:
        return f"You are {name} on Kaggle (verified)"
    return f"{fmt.member(user_id)} is {name} on Kaggle (verified)"


def _ranks(data: LinkData) -> str:
    lines = [
        f"**{fmt.rank(team.rank)}** of {fmt.number(info.team_count)} in"
        f" {fmt.competition_link(competition.slug, competition.name)}"
        for competition, info, team in data.boards[:_MAX_BOARDS]
    ]
    if len(data.boards) > len(lines):
        left_out = fmt.plural(len(data.boards) - len(lines), "more board")
        lines.append(f"-# and {left_out}; `/rank` shows all")
    if lines:
        return "\n".join(lines)
    if not data.namesakes:
        return _NO_BOARD_TEXT
    teams = [_namesake(*namesake) for namesake in data.namesakes[:_MAX_NAMESAKES]]
    return "\n".join([_NAMESAKES_TEXT, *teams, _NO_BOARD_TEXT])


def _namesake(competition: Competition, team: Entry) -> str:
    """Format a team whose name was given as a user name, with its members."""
    board = fmt.competition_name(competition.slug, competition.name)
    members = fmt.join_some([escape(member) for member in team.members], _MAX_MEMBERS)
    place = f"{fmt.rank(team.rank)} on {board}"
    return f"- **{escape(team.team_name)}** {fmt.join_dotted([place, members])}"


def _how_to_verify(data: LinkData, code: VerificationCode) -> str:
    where = _CODE_IN_NOTEBOOK_TEXT
    is_taken = data.other_link is not None and data.other_link.verification is not None
    if data.can_verify_by_team and not is_taken:
        where = _CODE_IN_TEAM_OR_NOTEBOOK_TEXT
    if data.other_link is None and data.is_verification_required:
        where = f"**Your link counts once it is verified.** {where}"
    elif data.other_link is None:
        where = f"**Verify your account** ({fmt.VERIFIED}), if you like. {where}"
    lines = [where, f"```\n{format_code(code.code)}\n```"]
    if data.checked_at is not None:
        lines.append(
            f"**Not found yet**, checked {fmt.when(data.checked_at)}. Kaggle can take some minutes."
        )
    lines.append(
        "-# I check by myself, less often as the code gets older, and tell you when you can change"
        f" it back. The code expires {fmt.when(code.expires_at)}."
    )
    return "\n".join(lines)


def whois_view(
    links: Sequence[StoredLink], team_name: str | None, *, required: bool
) -> ui.LayoutView:
    """Build a member's link, or those of a team's members.

    `required` is whether only verified links count in this server.
    """
    head = f"### {escape(team_name)}" if team_name is not None else ""
    return card(head, "\n".join(_describe_link(link, required=required) for link in links))


def _describe_link(link: StoredLink, *, required: bool) -> str:
    linked = f"Linked {fmt.when(link.linked_at)}"
    if link.linked_by not in {link.user_id, NOBODY}:
        linked = f"Linked {fmt.when(link.linked_at)} by {fmt.member(link.linked_by)}"
    facts = fmt.join_dotted([linked, _verification(link, required=required)])
    return f"{fmt.person(link)} is {fmt.profile_link(link.user_name)} on Kaggle.\n-# {facts}"


def _verification(link: StoredLink, *, required: bool) -> str:
    match link.verification:
        case VerificationMethod.TEAM:
            return f"{fmt.VERIFIED} verified by a team's name {fmt.when(link.verified_at)}"
        case VerificationMethod.NOTEBOOK:
            return f"{fmt.VERIFIED} verified by a notebook {fmt.when(link.verified_at)}"
    return "not verified, so it does not count here yet" if required else "not verified"


def link_verified_text(user_name: str, server: str) -> str:
    """Return the news that a link was verified; `server` is the server's name, escaped."""
    return (
        f"### {fmt.VERIFIED} You are {fmt.profile_link(user_name)} on Kaggle (verified)\n"
        f"This applies to **{server}**. You no longer need the code: you can change your"
        " team's name or the notebook's title back."
    )


def link_displaced_text(user_name: str, server: str) -> str:
    """Return the news that another member is linked to the name now; `server` as above."""
    return (
        f"### {fmt.profile_link(user_name)} is no longer linked to you\n"
        f"Another member of **{server}** has verified that this Kaggle name is theirs."
        " If you mistyped your name, use `/link` there again. If the account is yours,"
        " `/link` shows how to verify it."
    )
