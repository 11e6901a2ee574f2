"""The screens of `/competition`, except for `add`, `browse`, `list` and `rename`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import card
from cogs.syncing.end_report import EndOutcome, EndReport
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.results.competition_end import choose_max_wait
from leaderboards.sync import Outcome, SyncReport
from records.competitions import Competition
from records.guilds import CompetitionThread, LiveBoard

NAMELESS_TEXT = "That name has no characters that can be shown."
LOOKING_FROM_NOW_TEXT = "From now on I look for its private board."
LOOKING_LATER_TEXT = "I look for its private board once its public board has not changed for a day."
RESUME_TO_LOOK_TEXT = (
    "It is paused: use `/competition resume` so that I look for its private board."
)
CHANNEL_OR_THREAD_TEXT = (
    "Give either `channel`, which gets the news, or `thread`, in which a thread is opened for it."
)
NO_TEAMS_TEXT = "⏳ Its board has no teams yet. I check for the first ones every few minutes."


def no_own_name_text(competition: Competition) -> str:
    """Return that there is no name of the server's own to take away."""
    name = _name(competition)
    return (
        f"This server has no name of its own for **{name}**. `/competition name` with a `name`"
        " gives it one."
    )


def own_name_text(competition: Competition) -> str:
    """Return what a competition is called in a server from now on."""
    link = fmt.competition_link(competition.slug, competition.name)
    if competition.own_name is None:
        return f"This server has no name of its own for {link} any more."
    return (
        f"This server now calls `{competition.slug}` {link}."
        " `/competition name` without a name shows Kaggle's title again."
    )


def name_taken_text(name: str, other: Competition) -> str:
    """Return that another competition has a name already."""
    link = fmt.competition_link(other.slug, other.name)
    return f"**{escape(name, 60)}** is already a name of {link}."


def already_paused_text(competition: Competition) -> str:
    """Return that a competition is paused already."""
    return f"**{_name(competition)}** is already paused."


def paused_text(competition: Competition) -> str:
    """Return that a competition is paused, and how to go on."""
    return (
        f"**{_name(competition)}** is paused: until `/competition resume` I neither read"
        " nor announce it."
    )


def not_paused_text(competition: Competition) -> str:
    """Return that a competition is not paused."""
    return f"**{_name(competition)}** is not paused."


def resumed_text(competition: Competition) -> str:
    """Return that a competition is no longer paused."""
    return f"**{_name(competition)}** is no longer paused. I read and announce it again."


def listed_deadline_text(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return that a deadline cannot be set, as Kaggle lists it."""
    return (
        f"Kaggle lists the {fmt.DEADLINE_NAMES[kind]} of **{_name(competition)}**:"
        f" {fmt.date_and_time(at)}. Only a deadline that Kaggle's list lacks can be set here."
    )


def past_date_text(at: datetime) -> str:
    """Return that a date is in the past."""
    return f"That date is in the past: {fmt.date_and_time(at)}."


def after_final_deadline_text(competition: Competition, kind: DeadlineKind, final: datetime) -> str:
    """Return that a deadline cannot be set, as it would come after the final one."""
    return (
        f"**{_name(competition)}** ends {fmt.date_and_time(final)}, so its"
        f" {fmt.DEADLINE_NAMES[kind]} cannot be later."
    )


def before_other_deadline_text(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return that a final deadline cannot be set, as it would come before another one."""
    return (
        f"The {fmt.DEADLINE_NAMES[kind]} of **{_name(competition)}** is {fmt.date_and_time(at)}, so"
        f" its {fmt.DEADLINE_NAMES[DeadlineKind.FINAL]} cannot be earlier."
    )


def deadline_set_text(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return which deadline was set."""
    name = _name(competition)
    return (
        f"The {fmt.DEADLINE_NAMES[kind]} of **{name}** is {fmt.date_and_time(at)}, {fmt.when(at)}."
    )


def live_board_text(competition: Competition, channel_id: int) -> str:
    """Return where a live board is now."""
    return f"The live board of **{_name(competition)}** is now in <#{channel_id}>."


def remove_question(
    competition: Competition,
    *,
    live_board: LiveBoard | None,
    thread: CompetitionThread | None,
    deadlines: Mapping[DeadlineKind, datetime],
    days: int,
) -> str:
    """Return the question whether to stop following a competition, with all that is deleted."""
    lines = [
        f"### Stop following {fmt.competition_link(competition.slug, competition.name)}?",
        "This server then loses:",
        "- its news, reminders and digests, also those that wait to be posted",
    ]
    if live_board is not None:
        lines.append(f"- its live board in <#{live_board.channel_id}>")
    if thread is not None and thread.thread_id is not None and not thread.closed:
        lines.append(f"- its thread <#{thread.thread_id}>, which gets a last message and is closed")
    lines += [
        f"- its {fmt.DEADLINE_NAMES[kind]} that was set here, {fmt.date_and_time(at)}"
        for kind, at in deadlines.items()
    ]
    if competition.own_name is not None:
        lines.append("- the name that this server gave it")
    lines.append(
        "-# Seasons keep the competition. If no other server follows it and no season contains it,"
        f" its boards and history are deleted after {fmt.plural(days, 'day')}; until then"
        " `/competition add` brings them back."
    )
    return "\n".join(lines)


def removed_text(competition: Competition, days: int) -> str:
    """Return that a competition is no longer followed."""
    name = _name(competition)
    return (
        f"**{name}** is no longer followed. If no other server follows it and no season"
        f" contains it, its history is deleted after {fmt.plural(days, 'day')}."
    )


def remove_live_board_question(board: LiveBoard) -> str:
    """Return the question whether to remove a live board."""
    link = fmt.competition_link(board.competition.slug, board.competition.name)
    return (
        f"### Remove the live board of {link}?\n"
        f"Its message in <#{board.channel_id}> is deleted; if a forum post begins with it, it then"
        " says that the board is gone. The competition is still followed."
    )


def live_board_removed_text(competition: Competition) -> str:
    """Return that a live board was removed."""
    name = _name(competition)
    return f"Removed the live board of **{name}**."


def no_live_board_text(competition: Competition) -> str:
    """Return that there is no live board to remove."""
    name = _name(competition)
    return f"**{name}** has no live board. Choose a channel to create one."


def remove_deadline_question(competition: Competition, kind: DeadlineKind, at: datetime) -> str:
    """Return the question whether to remove a deadline that was set here."""
    link = fmt.competition_link(competition.slug, competition.name)
    return (
        f"### Remove the {fmt.DEADLINE_NAMES[kind]} of {link}?\n"
        f"It is {fmt.date_and_time(at)}, as set in this server. Without it nobody is reminded of"
        " it."
    )


def deadline_removed_text(competition: Competition, kind: DeadlineKind) -> str:
    """Return that a deadline that was set here was removed."""
    name = _name(competition)
    return f"Removed the {fmt.DEADLINE_NAMES[kind]} of **{name}**."


def no_deadline_text(competition: Competition, kind: DeadlineKind) -> str:
    """Return that no deadline was set here that could be removed."""
    name = _name(competition)
    return f"This server has set no {fmt.DEADLINE_NAMES[kind]} for **{name}**."


def no_live_board_after_end_text(competition: Competition) -> str:
    """Return that a live board is refused, as the competition is over."""
    name = _name(competition)
    return (
        f"**{name}** ended {fmt.when(competition.ended_at)} and its final board is stored, so a"
        " live board has nothing to follow."
        f" `/leaderboard competition:{competition.slug}` shows the final board."
    )


def no_deadline_after_end_text(competition: Competition, kind: DeadlineKind) -> str:
    """Return that a deadline is refused, as the competition has ended."""
    name, ended = _name(competition), fmt.when(competition.ended_at)
    return f"**{name}** ended {ended}, so its {fmt.DEADLINE_NAMES[kind]} cannot be set any more."


def no_pause_after_end_text(competition: Competition) -> str:
    """Return that a pause is refused, as nothing is read of the competition any more."""
    name = _name(competition)
    return (
        f"**{name}** ended {fmt.when(competition.ended_at)} and its final board is stored. I no"
        " longer read or announce anything of it, so there is nothing to pause."
    )


def sync_view(
    competition: Competition, report: SyncReport | None, end: EndReport | None = None
) -> ui.LayoutView:
    """Build the response to a sync; `end` is what was done about the competition's end.

    `report` is None if no public board was read.
    """
    name = fmt.competition_link(competition.slug, competition.name)
    if report is None and competition.waits_for_teams:
        return card(f"{name}\n{NO_TEAMS_TEXT}")
    if report is None:
        return card(f"{name}\n{_end_line(competition, end)}")
    seconds = f"-# in {sum(report.milliseconds.values()) / 1000:.1f} s"
    match report.outcome:
        case Outcome.UNCHANGED:
            text = f"{name} is up to date: nothing has changed since the last sync."
        case Outcome.STALE:
            text = (
                f"{name}: Kaggle sent a board that is not newer than the stored one. Nothing was"
                " changed."
            )
        case Outcome.HELD:
            text = (
                f"{name}: the new board is held. {escape(report.anomaly or '', 100)}"
                " It is stored if the next board looks wrong for the same reason."
            )
        case _:
            counts = [
                fmt.plural(report.teams, "team"),
                f"{fmt.number(report.new)} new",
                f"{fmt.number(report.changed)} changed",
                f"{fmt.number(report.gone)} gone",
            ]
            text = f"{name} is up to date: {fmt.join_dotted(counts)}"
    return card("\n".join(filter(None, [text, _end_line(competition, end), seconds])))


def _end_line(competition: Competition, end: EndReport | None) -> str:
    if end is None and competition.ended_at is None:
        return ""
    at = fmt.when(competition.ended_at)
    waiting = f"It ended {at}; Kaggle shows no private board yet."
    if competition.ended_at is not None:
        last = competition.ended_at + choose_max_wait(medals=competition.awards_medals)
        waiting += f" Without one by {fmt.date_and_time(last)} the public board is the final one."
    if end is None:
        return waiting
    goes_on = "It goes on: no deadline is known."
    if end.deadline is not None:
        goes_on = f"The deadline was moved: it ends {fmt.when(end.deadline)}."
    lines = {
        EndOutcome.REOPENED: goes_on,
        EndOutcome.HELD: (
            f"It ended {at}. I did not look for the private board, as the public one looks wrong."
        ),
        EndOutcome.STILL_CHANGING: (
            f"It ended {at}; the board still changes, and is read until it stands still."
        ),
        EndOutcome.UNCONFIRMED: (
            f"It ended {at}; what Kaggle shows differs little from the public board. It is read"
            " again within the hour, to be sure that it is the private one."
        ),
        EndOutcome.ARCHIVED: f"It ended {at} and is in the archive. The final board is stored now.",
        EndOutcome.UNCHANGED: f"It ended {at} and is in the archive. The final board is as it was.",
        EndOutcome.CHANGED: (
            f"It ended {at} and is in the archive. The final board changed: {_changes(end)}."
        ),
    }
    return lines.get(end.outcome, waiting)


def _changes(end: EndReport) -> str:
    changes = [
        f"{fmt.plural(end.removed, 'team')} removed" if end.removed else "",
        f"{fmt.plural(end.added, 'team')} added" if end.added else "",
    ]
    return fmt.join_words(filter(None, changes)) or "scores or names differ"


def _name(competition: Competition) -> str:
    return fmt.competition_name(competition.slug, competition.name)
