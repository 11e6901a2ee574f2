"""The ways of some teams over one board: what `/history`, `/compare` and the rank card draw."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cogs.framework.services import Services
from leaderboards.board import Entry
from leaderboards.history import TeamHistory
from leaderboards.history.course import RankSummary, since, summarize_history
from leaderboards.medals import awards_medals
from plots.specs import Comparison, RankHistory, RankLine
from records.competitions import BoardInfo, Competition
from records.members import StoredLink


class Period(StrEnum):
    """How far back one looks."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    def begin(self, now: datetime) -> datetime | None:
        """Give the moment from which on something counts; None for everything."""
        days = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 30}.get(self)
        return None if days is None else now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Track:
    """One team and its way."""

    team: Entry
    history: TeamHistory
    course: RankSummary | None


@dataclass(frozen=True, slots=True)
class Tracks:
    """The ways of some teams over one board."""

    competition: Competition
    info: BoardInfo
    tracks: Sequence[Track]
    """By rank."""
    period: Period
    users: Mapping[str, StoredLink]
    """Whose Discord user ids may be shown, by casefolded Kaggle user name."""


async def tracks_of(
    services: Services,
    competition: Competition,
    info: BoardInfo,
    teams: Sequence[Entry],
    *,
    users: Mapping[str, StoredLink],
    period: Period = Period.ALL,
) -> Tracks:
    """Read the histories of teams that are on the board."""
    begin = period.begin(services.now())
    whole = await services.storage.history.of_teams(info.board_id, [one.team_id for one in teams])

    def sum_up() -> list[Track]:
        tracks = []
        for team in sorted(teams, key=lambda team: team.rank):
            history = since(whole[team.team_id], begin)
            tracks.append(Track(team, history, summarize_history(history)))
        return tracks

    return Tracks(competition, info, await asyncio.to_thread(sum_up), period, users)


async def drawn(services: Services, tracks: Tracks) -> bytes | None:
    """Draw the ways as a PNG; None where there is nothing to see yet, or it cannot be drawn."""
    seen = [
        track
        for track in tracks.tracks
        if track.course is not None and track.course.first.taken_at < track.course.last.taken_at
    ]
    if not seen:
        return None
    slug, deadline = tracks.competition.slug, tracks.competition.deadline
    medals = awards_medals(tracks.competition.category)

    def lines() -> tuple[RankLine, ...]:
        return tuple(RankLine.of(track.team.team_name, track.history) for track in seen)

    found = await asyncio.to_thread(lines)
    if len(tracks.tracks) == 1:
        return await services.studio.draw(
            RankHistory(found[0].name, slug, found[0], medals, deadline)
        )
    return await services.studio.draw(Comparison(slug, found, medals, deadline))
