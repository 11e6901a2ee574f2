"""The screens of `/link` and `/whois`, and what members are told of their links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.layout import BLUE, GOLD, Item, card
from leaderboards.board import Entry
from leaderboards.verification_codes import VerificationMethod, format_code
from records.competitions import BoardInfo
from records.members import NOBODY, DirectMessage, LinkEvent, StoredLink, VerificationCode


@dataclass(frozen=True, slots=True)
class Claim:
    """Another member who has a name that somebody wants."""

    user_id: int
    verification: VerificationMethod | None


@dataclass(frozen=True, slots=True)
class LinkScreen:
    """All that is shown of a link that was just made, or is to be proven."""

    user_id: int
    user_name: str
    own: bool
    """Whether the one who looks is the one who is linked."""
    verification: VerificationMethod | None
    code: VerificationCode | None
    """What proves it, where there is something to prove."""
    claim: Claim | None
    """Who has the name here, where it is another member."""
    required: bool
    """Whether only proven links count in this server."""
    boards: Sequence[tuple[str, BoardInfo, Entry]]
    """Where this name stands, by slug."""
    looked_at: datetime | None = None
    """When the code was looked for in vain."""


def link_view(screen: LinkScreen, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build what was linked, how it stands on the boards, and how it is proven."""
    texts = [_head(screen)]
    if screen.claim is None:
        texts.append(_standing(screen))
    if screen.code is not None:
        texts.append(_how_to_prove(screen, screen.code))
    elif not screen.own and screen.required and screen.verification is None:
        texts.append(
            "-# Only proven links count here: they get their code by saying `/link` themselves."
        )
    rows = [buttons] if screen.code is not None else []
    return card(*texts, colour=GOLD if screen.verification else BLUE, buttons=rows)


def _head(screen: LinkScreen) -> str:
    name = fmt.profile_link(screen.user_name)
    if screen.claim is not None:
        how = "by a team's name only" if screen.claim.verification else "without a proof"
        return (
            f"### {name} is linked to {fmt.member(screen.claim.user_id)} here, {how}\n"
            "If that name is yours, prove it: then it is linked to you."
        )
    who = "You are" if screen.own else f"{fmt.member(screen.user_id)} is"
    if screen.verification is not None:
        freed = {
            VerificationMethod.TEAM: "Your team can have its old name again.",
            VerificationMethod.NOTEBOOK: "The notebook can have its old title again, or go.",
        }
        return f"### {fmt.VERIFIED} {who} {name} on Kaggle: proven\n{freed[screen.verification]}"
    return f"### {who} {name} on Kaggle"


def _standing(screen: LinkScreen) -> str:
    lines = [
        f"**{fmt.rank(team.rank)}** of {fmt.number(info.team_count)} in"
        f" {fmt.competition_link(slug)}"
        for slug, info, team in screen.boards
    ]
    return "\n".join(lines) or (
        "-# That name is on no board that this server follows yet. If it is spelled right, all is"
        " well: the first submission will show up."
    )


def _how_to_prove(screen: LinkScreen, code: VerificationCode) -> str:
    places = ["- the title of a public notebook of yours"]
    if screen.claim is None or screen.claim.verification is None:
        places.insert(0, "- your team's name in a competition that is followed here, or")
    if screen.claim is not None:
        why = "Put this code into"
    elif screen.required:
        why = "**Only proven links count here.** Put this code into"
    else:
        why = f"**Prove it** for a {fmt.VERIFIED} that nobody else can claim: put this code into"
    looked = f"**Not there yet**, looked {fmt.when(screen.looked_at)}. Kaggle may take minutes."
    until = f"I tell you when you can change it back. The code ends {fmt.when(code.expires_at)}."
    lines = [why, *places, f"```\n{format_code(code.code)}\n```"]
    if screen.looked_at is not None:
        lines.append(looked)
    return "\n".join([*lines, f"-# I look every few minutes. {until}"])


def whois_view(link: StoredLink, *, counts: bool) -> ui.LayoutView:
    """Build who somebody is; `counts` says whether this server takes the link into account."""
    by = f" by {fmt.member(link.linked_by)}" if link.linked_by not in {link.user_id, NOBODY} else ""
    ways = {
        VerificationMethod.TEAM: "by a team's name",
        VerificationMethod.NOTEBOOK: "by a notebook",
    }
    if link.verification is not None:
        verification = (
            f"{fmt.VERIFIED} proven {ways[link.verification]} {fmt.when(link.verified_at)}"
        )
    else:
        verification = "not proven" if counts else "not proven: does not count here until it is"
    return card(
        f"{fmt.person(link)} is {fmt.profile_link(link.user_name)} on Kaggle.\n"
        f"-# Linked {fmt.when(link.linked_at)}{by} · {verification}"
    )


def notes_view(
    notes: Sequence[DirectMessage],
    server: str,
    id: int | None = None,  # noqa: A002 - Discord's own name for it
) -> ui.LayoutView:
    """Build what a member is told in private; `server` is its name, safe to show."""
    return card(*(_note(note, server) for note in notes[:10]), id=id)


def _note(note: DirectMessage, server: str) -> str:
    name = fmt.profile_link(note.user_name)
    match note.event:
        case LinkEvent.VERIFIED:
            return (
                f"### {fmt.VERIFIED} You are {name} on Kaggle: proven\nThat goes for **{server}**."
                " The code is used up: your team's name, or the notebook's title, can be changed"
                " back."
            )
        case LinkEvent.DISPLACED:
            return (
                f"### {name} is no longer linked to you\nAnother member of **{server}** has proven"
                " that this Kaggle name is theirs. If you mistyped yours, say `/link` there once"
                " more; if the name is yours, `/link` says how to prove that."
            )
