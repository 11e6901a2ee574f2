"""The screens of `/competition`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import join_lines, plain
from cogs.framework.layout import CHARACTERS, card
from leaderboards.board import BoardKind
from leaderboards.medals import awards_medals
from leaderboards.sync import Outcome, SyncReport
from records.competitions import BoardInfo, Competition
from records.guilds import Follow, GuildSettings, LiveBoard
from records.outbox import OutboxRow


def added_view(
    competition: Competition,
    report: SyncReport,
    info: BoardInfo,
    *,
    members: int,
    settings: GuildSettings,
    told_in: int | None,
) -> ui.LayoutView:
    """Build what was found when a competition was added."""
    facts = [
        f"**{fmt.plural(info.team_count, 'team')}** on the board",
        fmt.plural(report.benchmarks, "benchmark") if report.benchmarks else "",
        fmt.better(info.order),
    ]
    about = [
        plain(competition.category) if competition.category else "",
        "awards medals" if awards_medals(competition.category) else "",
        f"ends {fmt.when(competition.deadline)}" if competition.deadline else "",
    ]
    lines = [
        f"### ✅ Following {fmt.competition_link(competition.slug)}",
        fmt.join_dotted(facts),
        fmt.join_dotted(about),
        _members(members),
        _where(settings, told_in),
    ]
    return card("\n".join(filter(None, lines)))


def synced_view(report: SyncReport, competition: Competition) -> ui.LayoutView:
    """Build what a sync brought, and what is known of the end."""
    name = fmt.competition_link(report.slug)
    seconds = f"-# in {sum(report.milliseconds.values()) / 1000:.1f} s"
    match report.outcome:
        case Outcome.UNCHANGED:
            text = f"{name} is up to date: nothing has changed since the last sync."
        case Outcome.STALE:
            text = f"{name}: Kaggle gave an older board than the one that is kept. Nothing changed."
        case Outcome.HELD:
            text = (
                f"{name}: the new board looks wrong, because {plain(report.doubt or '', 100)}."
                " It is held until the next sync says the same."
            )
        case _:
            moved = [
                fmt.plural(report.teams, "team"),
                f"{fmt.number(report.new)} new",
                f"{fmt.number(report.moved)} moved",
                f"{fmt.number(report.gone)} gone",
            ]
            text = f"{name} is up to date: {fmt.join_dotted(moved)}"
    return card("\n".join(filter(None, [text, _end_of(competition), seconds])))


def list_view(
    follows: Sequence[Follow],
    infos: Mapping[int, BoardInfo | None],
    settings: GuildSettings,
    stuck: Sequence[OutboxRow],
    live: Sequence[LiveBoard],
) -> ui.LayoutView:
    """Build the list of what a server follows, with the channels to which nothing gets through."""
    going = [follow for follow in follows if follow.competition.archived_at is None]
    archived = [follow for follow in follows if follow.competition.archived_at is not None]
    head = f"### This server follows {fmt.plural(len(going), 'competition')}"
    lines = [_line(follow, infos[follow.competition.id], settings) for follow in going]
    lines += [_live(board) for board in live]
    lines += fmt.delivery_errors(stuck)
    if archived:
        lines.append(f"### 🏁 {fmt.plural(len(archived), 'competition')} in the archive")
        lines += [_archived(follow.competition, infos) for follow in archived]
    body, left_out = join_lines(lines, CHARACTERS - 200)
    more = [f"-# and {left_out} more"] if left_out else []
    return card(head, *filter(None, [body]), *more)


def _archived(competition: Competition, infos: Mapping[int, BoardInfo | None]) -> str:
    info = infos[competition.id]
    facts = [
        fmt.plural(info.team_count, "team") if info else "",
        "private board" if info and info.kind is BoardKind.PRIVATE else "public board",
        f"ended {fmt.when(competition.over_at)}",
    ]
    return f"**{fmt.competition_link(competition.slug)}**\n-# {fmt.join_dotted(facts)}"


def _end_of(competition: Competition) -> str:
    if competition.archived_at is not None:
        return f"It ended {fmt.when(competition.over_at)} and is in the archive."
    if competition.over_at is not None:
        return f"It ended {fmt.when(competition.over_at)}; Kaggle shows no private board yet."
    return ""


def _line(follow: Follow, info: BoardInfo | None, settings: GuildSettings) -> str:
    channel_id = follow.channel_id or settings.channel_id
    facts = [
        fmt.plural(info.team_count, "team") if info else "no board yet",
        f"<#{channel_id}>" if channel_id else "announced nowhere",
        _read(follow.competition),
    ]
    state = "⏸️ paused · " if follow.paused else "⚠️ " if follow.competition.error else ""
    return (
        f"**{fmt.competition_link(follow.competition.slug)}**\n-# {state}{fmt.join_dotted(facts)}"
    )


def _read(competition: Competition) -> str:
    if competition.over_at is None:
        return f"read {fmt.when(competition.synced_at)}"
    return f"ended {fmt.when(competition.over_at)}, waits for the private board"


def _live(board: LiveBoard) -> str:
    line = f"📌 **{board.competition.slug}** stands live in <#{board.channel_id}>"
    return f"{line}\n-# ⚠️ {plain(board.error, 200)}" if board.error else line


def _members(members: int) -> str:
    if members == 0:
        return "Nobody who has used `/link` here is on it yet."
    return f"{fmt.plural(members, 'linked member')} of this server {_are(members)} on it."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _where(settings: GuildSettings, told_in: int | None) -> str:
    if told_in is None:
        return "-# No channel is chosen yet: `/announcements channel:` says where to tell the news."
    if not settings.announce:
        return "-# Announcements are off; `/announcements enabled:True` turns them on."
    return f"-# News will be told in <#{told_in}>."
