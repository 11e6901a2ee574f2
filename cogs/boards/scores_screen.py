"""The screen of `/scores`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import Picture, card, zone_colour
from cogs.framework.texts import WAITING_FOR_BOARD_TEXT
from leaderboards.board import BoardKind, Entry
from leaderboards.display_text import format_top_share
from leaderboards.medals import MedalZone
from records.competitions import BoardInfo, Competition

_BETTER_TEXT = (
    "-# A medal takes a better score than that of the last team in its zone. A team with an equal"
    " score comes after those that had it first."
)


@dataclass(frozen=True, slots=True)
class ScoresData:
    """A team's score, and others to compare it with."""

    competition: Competition
    info: BoardInfo
    name: str
    """The person, as escaped text."""
    team: Entry
    leader: Entry | None
    middle: Entry | None
    """The team at the median rank, or the next better one."""
    last_teams: Mapping[MedalZone, Entry]
    """The last team in each medal zone that has one, best first."""
    medal_zone: MedalZone | None
    awaits_final_board: bool = False
    """Whether the deadline has passed, but it is not known yet which board is final."""


def scores_view(data: ScoresData, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """Build the screen."""
    team, info = data.team, data.info
    link = fmt.competition_link(data.competition.slug, data.competition.name)
    head = f"### 📊 {link}\n-# " + fmt.join_dotted(
        [
            fmt.plural(info.team_count, "team"),
            _board_kind(data),
            fmt.better(info.order),
        ]
    )
    own = f"{data.name} **{escape(team.score_text)}**\n" + fmt.join_dotted(
        [fmt.rank(team.rank), format_top_share(team.rank, info.team_count)]
    )
    others = [("Best", data.leader), ("Middle of the board", data.middle)]
    others += [
        (f"Last in {fmt.MEDALS[medal_zone]}", entry)
        for medal_zone, entry in data.last_teams.items()
    ]
    lines = [
        f"{name} **{escape(entry.score_text)}**" for name, entry in others if entry is not None
    ]
    # After the end no new score counts.
    if data.last_teams and not _board_kind(data):
        lines.append(_BETTER_TEXT)
    return card(head, own, "\n".join(lines), colour=zone_colour(data.medal_zone), pictures=pictures)


def _board_kind(data: ScoresData) -> str:
    """Return after the end which board is shown or awaited; empty before it."""
    if data.awaits_final_board:
        return WAITING_FOR_BOARD_TEXT
    if data.competition.archived_at is None:
        return ""
    return fmt.final_board(data.info.kind is BoardKind.PRIVATE)


def scores_picture(data: ScoresData, png: bytes) -> Picture:
    """Build the attachment, with a description that says the same in words."""
    team = data.team
    words = (
        f"All scores of {data.competition.name}; {team.score_text} is marked,"
        f" rank {team.rank} of {data.info.team_count}."
    )
    return Picture("scores.png", png, words)
