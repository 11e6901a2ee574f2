"""Loading of what the rank card shows of one team on one board.

Each change on the card says what it is compared with (`_RankLog.at`); boards and the overview use
`past_ranks.py` for many teams at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cogs.framework.services import Services
from cogs.ranks.past_ranks import can_compare
from cogs.ranks.rank_screen import NextMedalZone, PastRank, PeriodStart, RankData
from leaderboards.board import BoardKind, Entry, Integers
from leaderboards.history.team_history import find_compared_sync
from leaderboards.medals import MedalThresholds, MedalZone, medal_thresholds
from records.competitions import BoardInfo, Competition
from records.members import StoredLink
from storage.boards.board_reader import Boards

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


async def load_rank_data(
    services: Services,
    competition: Competition,
    info: BoardInfo,
    team: Entry,
    links: Mapping[str, StoredLink],
) -> RankData:
    """Load what the rank card shows of a team, without its forecast (`forecast_data.py`)."""
    boards, now = services.storage.boards, services.now()
    thresholds = medal_thresholds(info.team_count) if competition.awards_medals else None
    zone = thresholds.medal_zone(team.rank) if thresholds else None
    next_zone = None
    # After the deadline no better zone can be reached.
    is_over = competition.archived_at is not None or competition.awaits_final_board(now)
    if thresholds is not None and not is_over:
        next_zone = await _load_next_zone(boards, info, thresholds, team.rank)
    above, below = await boards.find_neighbours(info.board_id, team.rank)
    log = await _load_rank_log(services, competition, info, team, now - _WEEK)
    unchanged = competition.synced_at is not None and competition.synced_at > info.stored_at
    return RankData(
        competition=competition,
        info=info,
        team=team,
        public_rank=await _load_public_rank(boards, info, team.team_id),
        above=above,
        below=below,
        medal_zone=zone,
        zone_last_rank=thresholds.last_rank(zone) if thresholds and zone else None,
        next_zone=next_zone,
        last_sync=log.before_last_sync(unchanged=unchanged),
        day=log.at(now - _DAY),
        week=log.at(now - _WEEK),
        links=links,
        now=now,
    )


async def _load_next_zone(
    boards: Boards, info: BoardInfo, thresholds: MedalThresholds, rank: int
) -> NextMedalZone | None:
    """Load the nearest medal zone above a rank; None if the rank is in the best one."""
    better = [zone for zone in MedalZone if 0 < thresholds.last_rank(zone) < rank]
    if not better:
        return None
    last_rank = thresholds.last_rank(better[-1])
    teams = await boards.find_teams_at_or_above(info.board_id, [last_rank])
    return NextMedalZone(better[-1], last_rank, teams.get(last_rank))


async def _load_public_rank(boards: Boards, info: BoardInfo, team_id: int) -> int | None:
    if info.kind is BoardKind.PUBLIC:
        return None
    public = await boards.find_info(info.competition_id)
    team = await boards.find_team(public.board_id, team_id) if public else None
    return team.rank if team else None


@dataclass(frozen=True, slots=True)
class _RankLog:
    """The ranks of one team after each sync, up to the board that is shown."""

    competition: Competition
    taken_at: Integers
    """Unix seconds of the syncs, ascending."""
    ranks: Integers
    """After each sync; 0 while the team was not on the board."""
    rescored_at: datetime | None
    """See `BoardInfo`."""

    def at(self, moment: datetime) -> PastRank | None:
        """Return the rank at a moment, or at the first later one that can be compared.

        That is the first board, the board scored anew, or the team's return. None if there is
        nothing to compare with.
        """
        if not can_compare(self.competition, self.taken_at, moment):
            return None
        since, start = moment, PeriodStart.REQUESTED
        if self._sync_time(0) > since:
            since, start = self._sync_time(0), PeriodStart.FIRST_BOARD
        if self.rescored_at is not None and self.rescored_at > since:
            since, start = self.rescored_at, PeriodStart.RESCORED
        sync = find_compared_sync(self.taken_at, self.ranks, since)
        if self._sync_time(sync) > since:
            since, start = self._sync_time(sync), PeriodStart.RETURN
        return PastRank(since, start, int(self.ranks[sync]) or None)

    def before_last_sync(self, *, unchanged: bool) -> PastRank | None:
        """Return the rank before the last sync, which may have found the board `unchanged`.

        If the last sync changed nothing, it is not in the log: the newest entry is already the rank
        before it.
        """
        sync = -1 if unchanged else -2
        return self.at(self._sync_time(sync)) if len(self.taken_at) >= -sync else None

    def _sync_time(self, sync: int) -> datetime:
        return datetime.fromtimestamp(int(self.taken_at[sync]), UTC)


async def _load_rank_log(
    services: Services, competition: Competition, info: BoardInfo, team: Entry, since: datetime
) -> _RankLog:
    trace = await services.storage.history.trace_teams(info, since, {team.team_id: team.rank})
    return _RankLog(competition, trace.taken_at, trace.ranks(team.team_id), info.rescored_at)
