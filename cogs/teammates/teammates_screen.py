"""The screens of `/team`, and what direct messages say about a search for team mates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import discord
from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape, escape_code
from cogs.framework.layout import MAX_CHOICES, Item, card
from cogs.framework.pages import Page, select_page
from leaderboards.members.rank_group import MIN_TEAMS, RankGroup
from leaderboards.news.deadlines import DeadlineKind
from records.competitions import Competition
from records.teammates import (
    MAX_LANGUAGES_LENGTH,
    MAX_OPEN_NOTES,
    MAX_SENTENCE_LENGTH,
    NoteOutcome,
    NoteState,
    OpenSearch,
    SearchEnd,
    TeammateNote,
    TeammateNoteReceived,
    TeammateProfile,
    TeammatesAgreed,
    TeammateSearchEnded,
)

_ON_PAGE = 5
_CHARACTERS = 3000
"""Characters of what is listed on a page."""

EMPTY_SENTENCE_TEXT = "Say in a sentence what you look for, in letters that can be read."
SEARCH_GONE_TEXT = "You are not looking for team mates there any more: use `/team search` again."
NOBODY_SEARCHES_TEXT = "Nobody else looks for team mates here at the moment."
NOTE_DECLINED_TEXT = (
    "You declined. The other one learns nothing about you, and cannot ask you again here."
)
NOTE_REPORTED_TEXT = (
    "You reported the note. The managers of the server see who sent it and what it says, but not"
    " who reported it. The other one cannot ask you again here."
)
NOTES_STOPPED_TEXT = (
    "You get no more notes about this competition: others do not see your search any more, while"
    " you can still send notes. `/team search` turns them on again."
)
REPORT_GONE_TEXT = "That report was decided already."
MEMBER_LEFT_TEXT = (
    "The other one is not in the server any more, so neither of you learns who the other is."
)

_NO_REPORT_TEXT = "No reported note waits for a decision."
_NO_GROUP_TEXT = "somewhere on the board"
_RANGES_TEXT = (
    "-# I show only a range of ranks, and only if the teams of at least"
    f" {MIN_TEAMS} linked members are in it, so that nobody is recognised."
)
_UNKNOWN_TEXT = (
    "-# Nobody is told who you are, and you are not told who others are, until both of you agree."
)
_END_TEXTS = {
    SearchEnd.MERGERS_CLOSED: "In **{name}** teams cannot merge any more.",
    SearchEnd.NOT_ON_BOARD: (
        "Your linked Kaggle account is not on the board of **{name}**, or does not count here. Make"
        " a submission or look at your `/link` first."
    ),
    SearchEnd.TEAM_FULL: "Your team in **{name}** is full: it can take no more members.",
    SearchEnd.EXCLUDED: "A manager has excluded you from the search for team mates here.",
}
_ENDED_BY_ITSELF_TEXTS = {
    SearchEnd.MERGERS_CLOSED: "Teams cannot merge any more.",
    SearchEnd.NOT_ON_BOARD: (
        "Your linked Kaggle account is not on the board any more, or does not count in the server"
        " any more."
    ),
    SearchEnd.TEAM_FULL: "Your team is full.",
    SearchEnd.EXCLUDED: "A manager has excluded you from the search for team mates.",
}
_OUTCOME_TEXTS = {
    NoteOutcome.SENT: (
        "Your note is on its way, with your sentence and where you stand, but not who you are. If"
        " the other one agrees, a direct message tells both of you."
    ),
    NoteOutcome.AGREED: (
        "You both agreed. A direct message tells each of you who the other is; if you take none"
        " from me, you see it with your next command in the server."
    ),
    NoteOutcome.NOT_SEARCHING: (
        "First say what you look for with `/team search`: that is what the other one gets to read."
    ),
    NoteOutcome.OTHER_NOT_SEARCHING: "The other one does not look for team mates any more.",
    NoteOutcome.SAME_TEAM: "You are in the same team.",
    NoteOutcome.TEAMS_TOO_LARGE: (
        "Your two teams together would have more members than this competition allows."
    ),
    NoteOutcome.WAITING: "You have sent a note already, and it waits for an answer.",
    NoteOutcome.ANSWERED: "There was a note between you two: it was answered, or it is deleted.",
    NoteOutcome.TOO_MANY: (
        f"{MAX_OPEN_NOTES} of your notes wait for an answer. Wait for one before you send another."
    ),
}


class NoteAction(StrEnum):
    """Action of a member on a note that they got."""

    AGREE = "agree"
    DECLINE = "decline"
    REPORT = "report"
    STOP = "stop"


class SearchAction(StrEnum):
    """Action of a button of a member's own search."""

    SHOW = "show"
    MODAL = "modal"
    CHANGE = "change"
    MUTE = "mute"
    UNMUTE = "unmute"
    END = "end"


@dataclass(frozen=True, slots=True)
class ShownSearch:
    """A search in the list, as the reader sees it."""

    search: OpenSearch
    group: RankGroup | None
    """Where the member stands; None if that would tell who it is."""
    note: TeammateNote | None
    """The note between the reader and the member; None without any."""


@dataclass(frozen=True, slots=True)
class TeamListData:
    """The open searches of a server in a competition."""

    competition: Competition
    shown: Sequence[ShownSearch]
    """Those of others, the closest first."""
    reader_searches: bool
    """Whether the reader looks for team mates too."""
    mergers_end: tuple[DeadlineKind, datetime] | None
    """Until when teams can merge, and whether it is the merger or the final deadline."""
    now: datetime


@dataclass(frozen=True, slots=True)
class OwnSearchData:
    """A member's own search, as they and as others see it."""

    competition: Competition
    search: OpenSearch
    group: RankGroup | None
    mergers_end: tuple[DeadlineKind, datetime] | None
    now: datetime


@dataclass(frozen=True, slots=True)
class ReportsData:
    """Reports on the search for team mates that managers see."""

    notes: Sequence[tuple[TeammateNote, str]]
    """The reported ones, each with the name of its competition."""
    excluded: Sequence[int]


def search_refused_text(reason: SearchEnd, competition: Competition) -> str:
    """Return why a member cannot look for team mates in a competition."""
    return _END_TEXTS[reason].format(name=_name(competition))


def outcome_text(outcome: NoteOutcome) -> str:
    """Return what became of a note that was sent or answered."""
    return _OUTCOME_TEXTS[outcome]


def intro_view(competition: Competition, unlinked: str, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build what a member without a search sees: what it is, and the button of the modal.

    `unlinked` says that the member has no link that counts, which a search needs.
    """
    return card(
        f"### 🤝 Look for team mates in {_name(competition)}\n"
        "Others who use `/team list` see your sentence, your languages, your time zone and about"
        " where you stand, and can send you a note. Your search ends when teams cannot merge any"
        " more, when you leave the board or the server, and whenever you like.",
        _UNKNOWN_TEXT,
        f"⚠️ {unlinked}" if unlinked else "",
        buttons=[buttons],
    )


def no_own_search_view(buttons: Sequence[Item]) -> ui.LayoutView:
    """Build what somebody sees who sends a note without a search of their own."""
    return card(outcome_text(NoteOutcome.NOT_SEARCHING), buttons=[buttons])


def own_search_view(
    data: OwnSearchData, buttons: Sequence[Item], problem: str = ""
) -> ui.LayoutView:
    """Build a member's own search, as others see it; `problem` says what could not be stored."""
    search = data.search.search
    hidden = "" if search.takes_notes else "🔕 Others do not see it, and you get no notes.\n"
    return card(
        f"### 🤝 You look for team mates in {_name(data.competition)}",
        f"{hidden}{_profile(search.profile, data.group, data.now)}",
        f"⚠️ {problem}" if problem else "",
        "\n".join(filter(None, [_limits(data), _RANGES_TEXT])),
        buttons=[buttons],
    )


def search_ended_text(competition: Competition) -> str:
    """Return that a member ended their search."""
    return (
        f"You do not look for team mates in **{_name(competition)}** any more. Notes that you sent"
        " or got there cannot be agreed to any more."
    )


def team_list_view(
    data: TeamListData,
    number: int,
    build_button: Callable[[ShownSearch], Item | None],
    build_rows: Callable[[Page[Any]], list[list[Item]]],
    own_button: Item,
) -> ui.LayoutView:
    """Build a page of the searches of others, each with its button, if it has one."""
    facts = [
        fmt.plural(len(data.shown), "search", "searches"),
        _mergers(data.mergers_end),
        _size_limit(data.competition.team_size),
    ]
    head = f"## 🤝 Team mates for {_name(data.competition)}\n-# {fmt.join_dotted(facts)}"
    listed = [(one, _listed_text(one, data.now)) for one in data.shown]
    page = select_page(
        listed, number, max_characters=_CHARACTERS, length=_text_length, max_items=_ON_PAGE
    )
    parts: list[str | Item] = [head]
    if not data.shown:
        parts.append(NOBODY_SEARCHES_TEXT)
    for one, text in page.items:
        button = build_button(one)
        parts.append(text if button is None else ui.Section(text, accessory=button))
    parts += [ui.Separator(), page.number_line(), f"{_UNKNOWN_TEXT}\n{_RANGES_TEXT}"]
    return card(*parts, buttons=[*build_rows(page), [own_button]])


def reports_view(
    data: ReportsData,
    number: int,
    build_buttons: Callable[[TeammateNote], Sequence[Item]],
    build_rows: Callable[[Page[Any]], list[list[Item]]],
    readmit: Sequence[Sequence[Item]],
) -> ui.LayoutView:
    """Build a page of reported notes, each with its buttons, and who is excluded."""
    listed = [(note, _reported_text(note, name)) for note, name in data.notes]
    page = select_page(
        listed, number, max_characters=_CHARACTERS, length=_text_length, max_items=_ON_PAGE
    )
    parts: list[str | Item] = ["## 🚩 Reported notes about team mates"]
    if not data.notes:
        parts.append(_NO_REPORT_TEXT)
    for note, text in page.items:
        parts += [text, ui.ActionRow(*build_buttons(note))]
    parts.append(page.number_line())
    if data.excluded:
        shown = fmt.join_some([fmt.member(user_id) for user_id in data.excluded], MAX_CHOICES)
        parts += [ui.Separator(), f"Excluded from the search for team mates: {shown}"]
    return card(*parts, buttons=[*build_rows(page), *readmit])


def build_search_button(action: SearchAction, competition_id: int) -> ui.Button[Any]:
    """Build a button of a member's own search."""
    grey = discord.ButtonStyle.secondary
    labels = {
        SearchAction.SHOW: ("Your search", grey),
        SearchAction.MODAL: ("Look for team mates", discord.ButtonStyle.primary),
        SearchAction.CHANGE: ("Change", grey),
        SearchAction.MUTE: ("No more notes", grey),
        SearchAction.UNMUTE: ("Take notes again", grey),
        SearchAction.END: ("End the search", discord.ButtonStyle.danger),
    }
    label, style = labels[action]
    return ui.Button(label=label, style=style, custom_id=f"team-search:{action}:{competition_id}")


def note_parts(message: TeammateNoteReceived, server: str) -> list[str | Item]:
    """Build a note with its buttons; `server` is the server's name, escaped."""
    name = fmt.competition_name(message.slug, message.name)
    return [
        (
            f"### 🤝 Somebody would like to team up with you in {name}\n"
            f"A member of **{server}** who looks for team mates, as you do, says:"
        ),
        _profile(message.profile, message.group, message.sent_at),
        "-# Neither of you is told who the other is, unless you agree.",
        ui.ActionRow(*(build_note_button(action, message.note_id) for action in NoteAction)),
    ]


def answered_note_view(
    view: ui.LayoutView, note_id: int, outcome: str, kept: Collection[NoteAction]
) -> ui.LayoutView:
    """Change the view of a message with a note: the text above its buttons, and which are kept.

    The message may hold other direct messages too, which stay as they are.
    """
    kept_ids = {build_note_button(action, note_id).custom_id for action in kept}
    own_ids = {build_note_button(action, note_id).custom_id for action in NoteAction}
    containers = [child for child in view.children if isinstance(child, ui.Container)]
    for text, row in (pair for one in containers for pair in pairwise(one.children)):
        if not isinstance(text, ui.TextDisplay) or not isinstance(row, ui.ActionRow):
            continue
        buttons = [item for item in row.children if getattr(item, "custom_id", None) in own_ids]
        if buttons:
            text.content = outcome
        for button in buttons:
            if getattr(button, "custom_id", None) not in kept_ids:
                row.remove_item(button)
    view.stop()
    return view


def build_note_button(action: NoteAction, note_id: int) -> ui.Button[Any]:
    """Build a button below a note."""
    labels = {
        NoteAction.AGREE: ("Agree", discord.ButtonStyle.success),
        NoteAction.DECLINE: ("Decline", discord.ButtonStyle.secondary),
        NoteAction.REPORT: ("Report", discord.ButtonStyle.danger),
        NoteAction.STOP: ("No more notes", discord.ButtonStyle.secondary),
    }
    label, style = labels[action]
    return ui.Button(label=label, style=style, custom_id=f"team-note:{action}:{note_id}")


def agreed_text(message: TeammatesAgreed, server: str) -> str:
    """Return who the other one is, after both agreed; `server` is the server's name, escaped."""
    name = fmt.competition_name(message.slug, message.name)
    profile = fmt.profile_link(message.other_user_name)
    member = f"{fmt.member(message.other_id)} (`{escape_code(message.other_name, 32).strip()}`)"
    who = f"{member} of **{server}** is {profile} on Kaggle (not verified)."
    if message.other_verified:
        who = f"{member} of **{server}** is {profile} on Kaggle (verified)."
    return (
        f"### 🤝 You both want to team up in {name}\n{who}\n"
        # Discord's apps know the members of a server in its channels, but not in direct messages.
        f"-# If you see a number instead of a name, open"
        f" [their profile](https://discord.com/users/{message.other_id}).\n"
        "Write to each other. Teams are merged on Kaggle, where the submissions of both count"
        " towards the limit of the new team.\n"
        "-# Once you have found a team, end your search with `/team search`."
    )


def ended_by_itself_text(message: TeammateSearchEnded, server: str) -> str:
    """Return that a search ended by itself; `server` is the server's name, escaped."""
    name = fmt.competition_name(message.slug, message.name)
    return (
        f"### 🤝 Your search for team mates in {name} has ended\n"
        f"{_ENDED_BY_ITSELF_TEXTS[message.reason]} Others in **{server}** do not see it any more."
    )


def _listed_text(one: ShownSearch, now: datetime) -> str:
    """Return a search of somebody else, with what is known of a note between them."""
    text = _profile(one.search.search.profile, one.group, now)
    note, other_id = one.note, one.search.search.user_id
    if note is None:
        return text
    if note.state is NoteState.AGREED:
        return f"{text}\n🤝 You both agreed: this is {fmt.member(other_id)}."
    if note.sender_id == other_id:
        return f"{text}\n✉️ You got a note from this one."
    return f"{text}\n✉️ Your note waits for an answer."


def _reported_text(note: TeammateNote, competition: str) -> str:
    who, sentence = fmt.member(note.sender_id), escape(note.sentence, MAX_SENTENCE_LENGTH)
    return f"{who} in **{escape(competition)}**, {fmt.when(note.sent_at)}:\n> {sentence}"


def _text_length(listed: tuple[object, str]) -> int:
    return len(listed[1])


def _profile(profile: TeammateProfile, group: RankGroup | None, now: datetime) -> str:
    """Return what a member tells, and about where they stand."""
    languages = escape(profile.languages, MAX_LANGUAGES_LENGTH) if profile.languages else ""
    facts = [
        _format_group(group),
        f"🗣️ {languages}" if languages else "",
        f"🕒 {_utc_offset(profile.time_zone, now)}" if profile.time_zone else "",
    ]
    sentence = escape(profile.sentence, MAX_SENTENCE_LENGTH)
    return f"> {sentence}\n-# {fmt.join_dotted(facts)}"


def _format_group(group: RankGroup | None) -> str:
    if group is None:
        return _NO_GROUP_TEXT
    first, last = fmt.rank(group.first), fmt.rank(group.last)
    medal = f"{fmt.MEDALS[group.medal_zone]} " if group.medal_zone else ""
    return f"{medal}{first} to {last}"


def _utc_offset(time_zone: str, now: datetime) -> str:
    """Return a time zone as its present offset, which tells less than its name."""
    offset = f"{now.astimezone(ZoneInfo(time_zone)):%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def _limits(data: OwnSearchData) -> str:
    facts = [_mergers(data.mergers_end), _size_limit(data.search.max_team_size)]
    shown = fmt.join_dotted(facts)
    return f"-# {shown}" if shown else ""


def _mergers(end: tuple[DeadlineKind, datetime] | None) -> str:
    if end is None:
        return ""
    kind, at = end
    if kind is DeadlineKind.MERGER:
        return f"teams can merge until {fmt.date_and_time(at)}"
    return f"no team merger deadline is known; the competition ends {fmt.date_and_time(at)}"


def _size_limit(limit: int | None) -> str:
    return "" if limit is None else f"teams of up to {limit}"


def _name(competition: Competition) -> str:
    return fmt.competition_name(competition.slug, competition.name)
