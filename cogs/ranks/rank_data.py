"""How one team stands on one board: everything that the rank card shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cogs.framework.services import Services
from cogs.ranks.past import Past, Pasts
from leaderboards.board import BoardKind, Entry
from leaderboards.medals import MedalZone, awards_medals, medal_thresholds, medal_zone
from records.competitions import BoardInfo, Competition
from records.members import StoredLink
from storage.boards.board_reader import Boards

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextZone:
    """The next better medal zone."""

    medal_zone: MedalZone
    last_rank: int
    last: Entry | None
    """The team at its edge."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One team on one board."""

    competition: Competition
    info: BoardInfo
    team: Entry
    public_rank: int | None
    """On the public board, where this is the private one; else None."""
    above: Entry | None
    """The team one place ahead."""
    below: Entry | None
    medals: bool
    """Whether this competition awards them."""
    medal_zone: MedalZone | None
    zone_last_rank: int | None
    next_zone: NextZone | None
    last_sync: Past | None
    day: Past | None
    week: Past | None
    users: Mapping[str, StoredLink]
    """Whose Discord user ids may be shown, by casefolded Kaggle user name."""
    now: datetime


async def standing_of(
    services: Services,
    competition: Competition,
    info: BoardInfo,
    team: Entry,
    users: Mapping[str, StoredLink],
) -> Standing:
    """Look up all that belongs to a team's place."""
    boards = services.storage.boards
    medals = awards_medals(competition.category)
    places = medal_thresholds(info.team_count)
    last_ranks = {
        MedalZone.GOLD: places.gold,
        MedalZone.SILVER: places.silver,
        MedalZone.BRONZE: places.bronze,
    }
    here = medal_zone(team.rank, info.team_count) if medals else None
    better = [each for each, last in last_ranks.items() if medals and 0 < last < team.rank]
    aim = better[-1] if better and competition.archived_at is None else None
    wanted = [team.rank - 1, team.rank + 1, *([last_ranks[aim]] if aim else [])]
    near = await boards.at_ranks(info.board_id, wanted)
    now: datetime = services.now()
    ranks_now = {team.team_id: team.rank}
    pasts = await Pasts.of(services.storage.history, info, now - _WEEK, ranks_now)
    return Standing(
        competition=competition,
        info=info,
        team=team,
        public_rank=await _public_rank(boards, info, team.team_id),
        above=near.get(team.rank - 1),
        below=near.get(team.rank + 1),
        medals=medals,
        medal_zone=here,
        zone_last_rank=last_ranks[here] if here else None,
        next_zone=NextZone(aim, last_ranks[aim], near.get(last_ranks[aim])) if aim else None,
        last_sync=pasts.before_last_sync(
            unchanged=competition.synced_at is not None and competition.synced_at > info.stored_at,
        ),
        day=pasts.at(now - _DAY),
        week=pasts.at(now - _WEEK),
        users=users,
        now=now,
    )


async def _public_rank(boards: Boards, info: BoardInfo, team_id: int) -> int | None:
    if info.kind is BoardKind.PUBLIC:
        return None
    public = await boards.info(info.competition_id)
    team = await boards.team(public.board_id, team_id) if public else None
    return team.rank if team else None
