"""The screen of `/scores`: where a score is among all of its board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import Picture, card, zone_colour
from leaderboards.board import Entry
from leaderboards.medals import MedalZone
from records.competitions import BoardInfo, Competition


@dataclass(frozen=True, slots=True)
class ScoresScreen:
    """All that the screen shows."""

    competition: Competition
    info: BoardInfo
    who: str
    """How to speak of the person, ready to be shown."""
    team: Entry
    leader: Entry | None
    middle: Entry | None
    """The team in the middle of the board."""
    edges: Mapping[MedalZone, Entry]
    """The last team of each medal zone, where medals are awarded."""
    medal_zone: MedalZone | None


def scores_view(screen: ScoresScreen, pictures: Sequence[Picture] = ()) -> ui.LayoutView:
    """Build the screen."""
    team, info = screen.team, screen.info
    head = f"### 📊 {fmt.competition_link(screen.competition.slug)}\n-# " + fmt.join_dotted(
        [fmt.plural(info.team_count, "team"), fmt.better(info.order)]
    )
    own = f"{screen.who} **{plain(team.score_text)}**\n" + fmt.join_dotted(
        [fmt.rank(team.rank), fmt.percentile(team.rank, info.team_count)]
    )
    others = [("Best", screen.leader), ("Middle of the board", screen.middle)]
    others += [
        (f"{fmt.MEDALS[medal_zone]} from", entry) for medal_zone, entry in screen.edges.items()
    ]
    lines = [f"{name} **{plain(entry.score_text)}**" for name, entry in others if entry is not None]
    return card(
        head, own, "\n".join(lines), colour=zone_colour(screen.medal_zone), pictures=pictures
    )


def picture_of(screen: ScoresScreen, png: bytes) -> Picture:
    """Give the picture with the same in words."""
    team = screen.team
    words = (
        f"All scores of {screen.competition.slug}; {team.score_text} is marked,"
        f" rank {team.rank} of {screen.info.team_count}."
    )
    return Picture("scores.png", png, words)
