"""Builds digests: what changed for members and was posted in a period, channel by channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from cogs.announcements.digest_posts import load_post_summaries
from cogs.framework.services import Services
from cogs.ranks.forecast_data import load_forecasts
from leaderboards.board import Entry
from leaderboards.history import RankPoint, TeamHistory
from leaderboards.history.team_history import find_compared_sync
from leaderboards.medals import medal_zone
from leaderboards.news.digest import (
    CompetitionDigest,
    DigestKind,
    DigestMessage,
    DigestTeam,
    EndedCompetition,
    FinalTeam,
    UpcomingDeadline,
    build_competition_digest,
    measure_activity,
)
from records.competitions import BoardInfo, Competition
from storage.news.digests import DueDigest

_AHEAD = {DigestKind.DAILY: timedelta(days=3), DigestKind.WEEKLY: timedelta(days=14)}
"""How far a digest looks ahead for deadlines."""


async def build_digests(
    services: Services, due: DueDigest, now: datetime
) -> dict[int, DigestMessage]:
    """Return a digest by channel; channels of which there is nothing to tell have none.

    The digest of a channel covers the competitions that are announced in it.
    """
    storage = services.storage
    settings = await storage.guilds.load_settings(due.guild_id)
    links = await storage.links.load_counted_links(due.guild_id)
    users = {link.user_name.casefold(): link.user_id for link in links}
    followed: defaultdict[int, list[Competition]] = defaultdict(list)
    for follow in await storage.guilds.load_follows(due.guild_id):
        channel_id = follow.channel_id or settings.channel_id
        if channel_id is not None and not follow.paused:
            followed[channel_id].append(follow.competition)
    ahead = [
        UpcomingDeadline(deadline.slug, deadline.kind, deadline.at)
        for deadline in await storage.deadlines.load_upcoming(due.guild_id, now, _AHEAD[due.kind])
    ]
    all_followed = [one for competitions in followed.values() for one in competitions]
    posts = await load_post_summaries(services, due.guild_id, all_followed, due.since, now)
    messages = {}
    for channel_id, competitions in followed.items():
        changed = [
            digest
            for competition in competitions
            if (digest := await _build_competition(services, competition, users, due))
        ]
        ended = [
            await _build_ended(services, competition, users)
            for competition in competitions
            if due.kind is DigestKind.WEEKLY
            and competition.archived_at is not None
            and competition.archived_at > due.since
        ]
        untold = [posts[one.id] for one in competitions if one.id in posts]
        has_only_extras = not changed and bool(untold or ended)
        if has_only_extras and await _is_thread_of_archived(
            services, due.guild_id, channel_id, competitions
        ):
            untold, ended = [], []  # A closed thread is not opened again for these alone.
        if changed or untold or ended:
            slugs = {competition.slug for competition in competitions}
            messages[channel_id] = DigestMessage(
                kind=due.kind,
                since=due.since,
                until=now,
                competitions=tuple(sorted(changed, key=measure_activity, reverse=True)),
                deadlines=tuple(deadline for deadline in ahead if deadline.slug in slugs),
                posts=tuple(untold),
                ended=tuple(ended),
            )
    return messages


async def _is_thread_of_archived(
    services: Services, guild_id: int, channel_id: int, competitions: Sequence[Competition]
) -> bool:
    """Return whether a channel is an archived competition's thread, and none there is running."""
    if any(competition.archived_at is None for competition in competitions):
        return False
    threads = services.storage.competition_threads
    found = [await threads.find(guild_id, competition.id) for competition in competitions]
    return any(thread is not None and thread.thread_id == channel_id for thread in found)


async def _build_ended(
    services: Services, competition: Competition, users: dict[str, int]
) -> EndedCompetition:
    """Return the final ranks of a server's teams."""
    info = await services.storage.boards.find_private_or_public(competition.id)
    if info is None:
        return EndedCompetition(competition.slug, ())
    teams, members = await _load_teams(services, info, users)
    medals = competition.awards_medals
    return EndedCompetition(
        competition.slug,
        tuple(
            FinalTeam(
                team.team_id,
                team.team_name,
                tuple(members[team.team_id]),
                team.rank,
                medal_zone(team.rank, info.team_count) if medals else None,
            )
            for team in sorted(teams.values(), key=lambda team: team.rank)
        ),
    )


async def _build_competition(
    services: Services, competition: Competition, users: dict[str, int], due: DueDigest
) -> CompetitionDigest | None:
    since = due.since
    if competition.archived_at is not None:
        return None  # Its final result was announced, which public ranks would contradict.
    info = await services.storage.boards.find_info(competition.id)
    if info is None:
        return None
    teams, members = await _load_teams(services, info, users)
    if not teams:
        return None
    histories = await services.storage.history.load_continued_histories(info.board_id, teams)
    in_teams = [name for team in teams.values() for name in team.members]
    joined = await services.storage.history.load_joined_members(info.board_id, in_teams, since)
    medals = competition.awards_medals
    zone_exits: dict[int, datetime] = {}
    if medals:
        zone_exits = await _load_zone_exits(services, competition, info, [*teams.values()])

    compared_since = max(since, info.rescored_at or since)

    def build_team(team: Entry) -> DigestTeam:
        history, names = histories[team.team_id], {name.casefold() for name in team.members}
        at_begin = _find_rank_before(history, since)
        # A team that came in this period, but before the rescoring, still counts as new.
        before = at_begin if at_begin.rank is None else _find_rank_before(history, compared_since)
        has_joined_members = not joined.isdisjoint(names)
        # If all linked members joined within the period, what the team did before is not theirs.
        all_joined = has_joined_members and names & users.keys() <= joined
        zone = medal_zone(team.rank, info.team_count) if medals else None
        zone_before = None
        if all_joined:
            zone_before = zone
        elif medals and before.rank is not None:
            zone_before = medal_zone(before.rank, before.team_count)
        return DigestTeam(
            team_id=team.team_id,
            team_name=team.team_name,
            user_ids=tuple(members[team.team_id]),
            rank=team.rank,
            rank_before=team.rank if all_joined else before.rank,
            score_text=team.score_text,
            submissions=0 if all_joined else _count_submissions(at_begin, team),
            medal_zone=zone,
            medal_zone_before=zone_before,
            has_joined_members=has_joined_members,
            team_count_before=before.team_count,
            teammates=tuple(name for name in team.members if name.casefold() not in users)
            if has_joined_members
            else (),
            leaves_zone_at=zone_exits.get(team.team_id),
        )

    first_read_at = min(history[0].taken_at for history in histories.values())
    return build_competition_digest(
        competition.slug,
        info.team_count,
        [build_team(team) for team in teams.values()],
        first_read_at if first_read_at > since else None,
        compared_since if compared_since > since else None,
    )


async def _load_teams(
    services: Services, info: BoardInfo, users: dict[str, int]
) -> tuple[dict[int, Entry], dict[int, list[int]]]:
    """Return the teams of linked members on a board, and each one's members, by team id."""
    found = await services.storage.boards.find_teams_by_user_names(info.board_id, users)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for user_name, team in found.items():
        members[team.team_id].append(users[user_name])
    return {team.team_id: team for team in found.values()}, members


async def _load_zone_exits(
    services: Services, competition: Competition, info: BoardInfo, teams: Sequence[Entry]
) -> dict[int, datetime]:
    """Return when teams are likely to leave their medal zone within a day, by team id."""
    forecasts = await load_forecasts(services, competition, info, [team.rank for team in teams])
    if forecasts is None or competition.synced_at is None:
        return {}
    exits = {
        team.team_id: competition.synced_at + forecast.zone_exit
        for team, forecast in zip(teams, forecasts, strict=True)
        if forecast.zone_exit is not None
    }
    # What has passed since the last sync is no longer ahead.
    return {team_id: at for team_id, at in exits.items() if at > services.now()}


def _find_rank_before(history: TeamHistory, since: datetime) -> RankPoint:
    """Return the rank from which a team's change since a moment is counted."""
    return history[find_compared_sync(history.taken_at, history.rank, since)]


def _count_submissions(before: RankPoint, team: Entry) -> int:
    """Return a team's submissions since `before`; 0 if Kaggle's file does not count them."""
    if team.submissions is None:
        return 0
    submissions_before = 0 if before.rank is None else before.submissions
    return 0 if submissions_before is None else max(0, team.submissions - submissions_before)
