"""The controls of `/team`: the modal, the own search, the list, and the notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Self

import discord
from discord import ui

from cogs.framework.checks import require_manager
from cogs.framework.controls import ErrorHandlingItem, ErrorHandlingModal
from cogs.framework.layout import Item, notice
from cogs.framework.pages import PageButton, build_page_template
from cogs.framework.responses import (
    Interaction,
    UserError,
    defer,
    defer_update,
    respond,
)
from cogs.framework.services import get_services, require_guild_id
from cogs.options.visibility import get_server_visibility
from cogs.teammates.search_data import (
    explain_unlinked,
    find_groups,
    find_present_and_end_others,
    load_own_search,
    load_team_list,
    require_open_mergers,
    save_search,
)
from cogs.teammates.teammates_screen import (
    MEMBER_LEFT_TEXT,
    NOTE_DECLINED_TEXT,
    NOTE_REPORTED_TEXT,
    NOTES_STOPPED_TEXT,
    REPORT_GONE_TEXT,
    SEARCH_GONE_TEXT,
    NoteAction,
    ReportsData,
    SearchAction,
    ShownSearch,
    answered_note_view,
    build_note_button,
    build_search_button,
    intro_view,
    no_own_search_view,
    outcome_text,
    own_search_view,
    reports_view,
    search_ended_text,
    team_list_view,
)
from records.competitions import Competition
from records.teammates import (
    MAX_LANGUAGES_LENGTH,
    MAX_SENTENCE_LENGTH,
    NoteOutcome,
    NoteState,
    TeammateNote,
)

MAX_TIME_ZONE_LENGTH = 64


async def show_own_search(
    interaction: Interaction, competition: Competition, problem: str = ""
) -> None:
    """Respond with the own search of an interaction's user, or with how to begin one.

    `problem` says what could not be stored. Raises `UserError` if no team can merge any more.
    """
    data = await load_own_search(interaction, competition)
    if data is None:
        await require_open_mergers(interaction, competition)
        buttons = [SearchButton(SearchAction.MODAL, competition.id), _list_button(competition)]
        unlinked = await explain_unlinked(interaction)
        await respond(interaction, intro_view(competition, unlinked, buttons))
        return
    mute = SearchAction.MUTE if data.search.search.takes_notes else SearchAction.UNMUTE
    buttons = [
        SearchButton(SearchAction.CHANGE, competition.id),
        SearchButton(mute, competition.id),
        SearchButton(SearchAction.END, competition.id),
        _list_button(competition),
    ]
    await respond(interaction, own_search_view(data, buttons, problem))


async def show_team_list(interaction: Interaction, competition: Competition, number: int) -> None:
    """Respond with a page of the searches of others; raise `UserError` if no team can merge."""
    await require_open_mergers(interaction, competition)
    data = await load_team_list(interaction, competition)
    view = team_list_view(
        data,
        number,
        lambda one: SendNoteButton.build(competition, one),
        lambda page: TeamListButton.build_rows(page, str(competition.id)),
        SearchButton(
            SearchAction.SHOW if data.reader_searches else SearchAction.MODAL, competition.id
        ),
    )
    await respond(interaction, view)


async def show_reports(interaction: Interaction, number: int) -> None:
    """Respond with a page of the notes that were reported in the server."""
    storage, guild_id = get_services(interaction.client).storage, require_guild_id(interaction)
    follows = await storage.guilds.load_follows(guild_id)
    names = {follow.competition.id: follow.competition.name for follow in follows}
    notes = await storage.teammate_notes.load_reported(guild_id)
    excluded = await storage.teammate_notes.load_excluded(guild_id)
    view = reports_view(
        ReportsData([(note, names.get(note.competition_id, "")) for note in notes], excluded),
        number,
        lambda note: [ReportDecisionButton(action, note.id) for action in ReportAction],
        ReportsPageButton.build_rows,
        [[ReadmitSelect()]] if excluded else [],
    )
    await respond(interaction, view)


def _list_button(competition: Competition) -> Item:
    return TeamListButton(1, str(competition.id), "See others")


_ACTIONS = "|".join(SearchAction)


class SearchButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"team-search:(?P<action>{_ACTIONS}):(?P<id>[1-9]\d{{0,17}})",
):
    """Button of a member's own search in a competition."""

    def __init__(self, action: SearchAction, competition_id: int) -> None:
        super().__init__(build_search_button(action, competition_id))
        self.action = action
        self.competition_id = competition_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(SearchAction(match["action"]), int(match["id"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Show, change or end the search."""
        if self.action in {SearchAction.MODAL, SearchAction.CHANGE}:
            changes = self.action is SearchAction.CHANGE
            await interaction.response.send_modal(SearchModal(self.competition_id, changes=changes))
            return
        await defer_update(interaction)
        competition = await get_server_visibility(interaction).require_visible(self.competition_id)
        searches = get_services(interaction.client).storage.teammate_searches
        key = require_guild_id(interaction), interaction.user.id, competition.id
        if self.action is SearchAction.END:
            if not await searches.end(*key):
                raise UserError(SEARCH_GONE_TEXT)
            await respond(interaction, notice(search_ended_text(competition)))
            return
        if self.action is not SearchAction.SHOW:
            takes_notes = self.action is SearchAction.UNMUTE
            if not await searches.set_takes_notes(*key, takes_notes):
                raise UserError(SEARCH_GONE_TEXT)
        await show_own_search(interaction, competition)


class SearchModal(ErrorHandlingModal):
    """The modal in which a member says what they look for.

    It is not filled in: a modal must be the first answer, before storage is asked.
    """

    def __init__(self, competition_id: int, *, changes: bool) -> None:
        super().__init__(title="Look for team mates")
        self._competition_id = competition_id
        self._sentence = ui.TextInput[Any](
            style=discord.TextStyle.paragraph,
            placeholder="Leave it empty to keep your sentence" if changes else None,
            max_length=MAX_SENTENCE_LENGTH,
            required=not changes,
        )
        self._languages = ui.TextInput[Any](
            placeholder="Empty to keep it; - for none" if changes else "English, Portuguese",
            max_length=MAX_LANGUAGES_LENGTH,
            required=False,
        )
        self._time_zone = ui.TextInput[Any](
            placeholder="Empty to keep it; - for none" if changes else "Berlin",
            max_length=MAX_TIME_ZONE_LENGTH,
            required=False,
        )
        self.add_item(
            ui.Label(
                text="What you offer and look for",
                description="Others read it without your name: say nothing that tells who you are.",
                component=self._sentence,
            )
        )
        self.add_item(ui.Label(text="Languages", component=self._languages))
        self.add_item(
            ui.Label(
                text="Time zone",
                description="A city, a country or a name; others see how far it is from UTC.",
                component=self._time_zone,
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Store what was typed, and show the search."""
        await defer(interaction, private=True)
        competition = await get_server_visibility(interaction).require_visible(self._competition_id)
        problem = await save_search(
            interaction,
            competition,
            sentence=self._sentence.value,
            languages=self._languages.value,
            time_zone=self._time_zone.value,
        )
        await show_own_search(interaction, competition, problem)


class TeamListButton(PageButton, template=build_page_template("team")):
    """Button that shows a page of `/team list`; `argument` is the competition's id."""

    list_name = "team"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update(interaction)
        competition = await get_server_visibility(interaction).require_visible(int(self.argument))
        await show_team_list(interaction, competition, self.number)


class SendNoteButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=r"team-send:(?P<competition>[1-9]\d{0,17}):(?P<search>[1-9]\d{0,17})",
):
    """Button that sends a note to the member of a search, or agrees to theirs."""

    def __init__(self, competition_id: int, search_id: int, *, agrees: bool = False) -> None:
        super().__init__(
            ui.Button(
                label="Agree" if agrees else "Send a note",
                style=discord.ButtonStyle.primary,
                custom_id=f"team-send:{competition_id}:{search_id}",
            )
        )
        self.competition_id = competition_id
        self.search_id = search_id

    @classmethod
    def build(cls, competition: Competition, shown: ShownSearch) -> Self | None:
        """Build the button beside a search; None if the reader has sent a note, or both agreed."""
        search, note = shown.search.search, shown.note
        if note is None:
            return cls(competition.id, search.id)
        if note.state is NoteState.OPEN and note.sender_id == search.user_id:
            return cls(competition.id, search.id, agrees=True)
        return None

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(int(match["competition"]), int(match["search"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Send the note, and say what became of it."""
        await defer(interaction, private=True)
        competition = await get_server_visibility(interaction).require_visible(self.competition_id)
        services, guild_id = get_services(interaction.client), require_guild_id(interaction)
        searches, now = services.storage.teammate_searches, services.now()
        own = await searches.find(guild_id, interaction.user.id, competition.id, now)
        if own is None:
            button = SearchButton(SearchAction.MODAL, competition.id)
            await respond(interaction, no_own_search_view([button]))
            return
        opened = await searches.load_open(guild_id, competition.id, now)
        others = [one.search.user_id for one in opened if one.search.id == self.search_id]
        names = {}
        if interaction.guild is not None:
            both = {interaction.user.id, *others}
            names = await find_present_and_end_others(services, interaction.guild, both)
        groups = await find_groups(services, guild_id, competition, [own])
        outcome = await services.storage.teammate_notes.send(
            own, self.search_id, groups[own.search.id], names, now
        )
        await _respond_outcome(interaction, outcome)


class NoteButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"team-note:(?P<action>{'|'.join(NoteAction)}):(?P<id>[1-9]\d{{0,17}})",
):
    """Button below a note: to agree, decline, report, or to get no more notes."""

    def __init__(self, action: NoteAction, note_id: int) -> None:
        super().__init__(build_note_button(action, note_id))
        self.action = action
        self.note_id = note_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(NoteAction(match["action"]), int(match["id"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Answer the note; its message then says so, and keeps only the buttons of use.

        *No more notes* has a private response instead: this note can still be answered.
        """
        if self.action is NoteAction.STOP:
            await defer(interaction, private=True)
        else:
            await defer_update(interaction)
        notes = get_services(interaction.client).storage.teammate_notes
        note = await notes.find(self.note_id, interaction.user.id)
        if note is None:
            raise UserError(outcome_text(NoteOutcome.ANSWERED))
        if self.action is NoteAction.AGREE:
            await self._agree(interaction, note)
        elif self.action is NoteAction.STOP:
            await self._stop(interaction, note)
        else:
            reports = self.action is NoteAction.REPORT
            state = NoteState.REPORTED if reports else NoteState.DECLINED
            if not await notes.decline_or_report(note.id, note.recipient_id, state):
                await self._respond_outdated(interaction, note)
                return
            text = NOTE_REPORTED_TEXT if reports else NOTE_DECLINED_TEXT
            await self._respond_answered(interaction, text, [NoteAction.STOP])

    async def _agree(self, interaction: Interaction, note: TeammateNote) -> None:
        services = get_services(interaction.client)
        guild = interaction.client.get_guild(note.guild_id)
        both = {note.sender_id, note.recipient_id}
        names = {} if guild is None else await find_present_and_end_others(services, guild, both)
        if names.keys() != both:
            raise UserError(MEMBER_LEFT_TEXT)
        outcome = await services.storage.teammate_notes.agree(
            note.id, note.recipient_id, names, services.now()
        )
        if outcome is NoteOutcome.ANSWERED:
            await self._respond_outdated(interaction, note)
            return
        if outcome is not NoteOutcome.AGREED:
            raise UserError(outcome_text(outcome))
        kept = [NoteAction.REPORT, NoteAction.STOP]
        await self._respond_answered(interaction, outcome_text(outcome), kept)
        interaction.client.dispatch("messages_queued")

    async def _respond_outdated(self, interaction: Interaction, note: TeammateNote) -> None:
        """Say that the note was answered elsewhere, as in the list or by a manager."""
        kept = [NoteAction.STOP]
        if note.state is NoteState.AGREED:
            kept = [NoteAction.REPORT, NoteAction.STOP]
        await self._respond_answered(interaction, outcome_text(NoteOutcome.ANSWERED), kept)

    async def _respond_answered(
        self, interaction: Interaction, text: str, kept: Sequence[NoteAction]
    ) -> None:
        if interaction.message is not None:
            view = ui.LayoutView.from_message(interaction.message, timeout=None)
            await respond(interaction, answered_note_view(view, self.note_id, text, kept))

    async def _stop(self, interaction: Interaction, note: TeammateNote) -> None:
        searches = get_services(interaction.client).storage.teammate_searches
        key = note.guild_id, note.recipient_id, note.competition_id
        if not await searches.set_takes_notes(*key, False):
            raise UserError(SEARCH_GONE_TEXT)
        await respond(interaction, notice(NOTES_STOPPED_TEXT))


async def _respond_outcome(interaction: Interaction, outcome: NoteOutcome) -> None:
    """Respond with what became of a note; raise `UserError` if nothing did."""
    if outcome not in {NoteOutcome.SENT, NoteOutcome.AGREED}:
        raise UserError(outcome_text(outcome))
    await respond(interaction, notice(outcome_text(outcome)))
    interaction.client.dispatch("messages_queued")


class ReportAction(StrEnum):
    """Action of a manager on a reported note."""

    EXCLUDE = "exclude"
    DISMISS = "dismiss"


class ReportDecisionButton(
    ErrorHandlingItem,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"team-report:(?P<action>{'|'.join(ReportAction)}):(?P<id>[1-9]\d{{0,17}})",
):
    """Button with which a manager decides about a reported note."""

    def __init__(self, action: ReportAction, note_id: int) -> None:
        excludes = action is ReportAction.EXCLUDE
        super().__init__(
            ui.Button(
                label="Exclude the sender" if excludes else "Dismiss",
                style=discord.ButtonStyle.danger if excludes else discord.ButtonStyle.secondary,
                custom_id=f"team-report:{action}:{note_id}",
            )
        )
        self.action = action
        self.note_id = note_id

    @classmethod
    def read(cls, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        """Build the button from its custom_id."""
        return cls(ReportAction(match["action"]), int(match["id"]))

    async def on_use(self, interaction: Interaction) -> None:
        """Exclude the sender from the search for team mates, or leave them as they are."""
        await defer_update(interaction)
        require_manager(interaction)
        services, guild_id = get_services(interaction.client), require_guild_id(interaction)
        notes = services.storage.teammate_notes
        if self.action is ReportAction.EXCLUDE:
            done = await notes.exclude_sender(guild_id, self.note_id, services.now()) is not None
        else:
            done = await notes.dismiss(guild_id, self.note_id)
        if not done:
            raise UserError(REPORT_GONE_TEXT)
        await show_reports(interaction, 1)


class ReadmitSelect(ErrorHandlingItem, ui.DynamicItem[ui.UserSelect[Any]], template="team-readmit"):
    """Select of an excluded member who may look for team mates again."""

    def __init__(self) -> None:
        super().__init__(
            ui.UserSelect(custom_id="team-readmit", placeholder="Allow a member again …")
        )

    @classmethod
    def read(cls, _item: ui.Item[Any], _match: re.Match[str]) -> Self:
        """Build the select; its custom_id is always the same."""
        return cls()

    async def on_use(self, interaction: Interaction) -> None:
        """Revoke the exclusion."""
        await defer_update(interaction)
        require_manager(interaction)
        notes = get_services(interaction.client).storage.teammate_notes
        await notes.readmit(require_guild_id(interaction), self.item.values[0].id)
        await show_reports(interaction, 1)


class ReportsPageButton(PageButton, template=build_page_template("team-reports")):
    """Button that shows another page of `/team reports`."""

    list_name = "team-reports"

    async def on_use(self, interaction: Interaction) -> None:
        """Show the page."""
        await defer_update(interaction)
        require_manager(interaction)
        await show_reports(interaction, self.number)


DYNAMIC_ITEMS = (
    SearchButton,
    TeamListButton,
    SendNoteButton,
    NoteButton,
    ReportDecisionButton,
    ReadmitSelect,
    ReportsPageButton,
)
"""The dynamic items to register."""
