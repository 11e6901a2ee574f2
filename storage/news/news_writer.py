"""Puts what servers are told of a board in the outbox, in the transaction that stores it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import aiosqlite

from leaderboards.history import RankAt
from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.milestones import Bests
from leaderboards.news.rules import Follower, LastAnnounced, Link, NewsDecision
from records.outbox import Announcement
from storage.boards.history import load_histories
from storage.news.quiet_hours import add_or_defer
from storage.timestamps import from_seconds, to_seconds


async def write_news(
    connection: aiosqlite.Connection,
    competition_id: int,
    board_id: int,
    tell: Callable[[Follower], NewsDecision],
    now: datetime,
) -> int:
    """Tell each server that has not paused the competition, and keep what it then knows.

    Gives how many announcements were put in the outbox; none of those that quiet hours hold back.
    """
    followers = await _followers(connection, competition_id, board_id)
    tellings = await asyncio.to_thread(lambda: [tell(follower) for follower in followers])
    await connection.executemany(
        "UPDATE follows SET leader_team_id = ?, leader_announced_at = ?, silent = 0"
        " WHERE guild_id = ? AND competition_id = ?",
        [
            (
                telling.leader_team_id,
                to_seconds(telling.leader_told_at),
                follower.guild_id,
                competition_id,
            )
            for follower, telling in zip(followers, tellings, strict=True)
        ],
    )
    await connection.executemany(
        "INSERT INTO last_announced (guild_id, competition_id, team_id, rank, best_score,"
        " medal_zone, medal_zone_announced_at,"
        " best_rank, best_share, best_medal_zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, competition_id, team_id) DO UPDATE"
        " SET rank = excluded.rank, best_score = excluded.best_score, medal_zone ="
        " excluded.medal_zone,"
        " medal_zone_announced_at = excluded.medal_zone_announced_at, best_rank ="
        " excluded.best_rank,"
        " best_share = excluded.best_share, best_medal_zone = excluded.best_medal_zone",
        [
            (
                follower.guild_id,
                competition_id,
                told.team_id,
                told.rank,
                told.best_score,
                told.medal_zone,
                to_seconds(told.zone_told_at),
                *(
                    (told.bests.rank, told.bests.share, told.bests.medal_zone)
                    if told.bests
                    else (None, None, None)
                ),
            )
            for follower, telling in zip(followers, tellings, strict=True)
            for told in telling.told
        ],
    )
    announcements = [
        Announcement(follower.guild_id, follower.channel_id, competition_id, telling.message)
        for follower, telling in zip(followers, tellings, strict=True)
        if telling.message and follower.announce and follower.channel_id
    ]
    return await add_or_defer(connection, competition_id, announcements, now)


async def _followers(
    connection: aiosqlite.Connection, competition_id: int, board_id: int
) -> list[Follower]:
    links: defaultdict[int, list[Link]] = defaultdict(list)
    for guild_id, user_id, user_name, mention, team_id in await connection.execute_fetchall(
        "SELECT l.guild_id, l.user_id, l.user_name, l.mention,"
        " (SELECT min(team_id) FROM members m"
        "  WHERE m.board_id = ?1 AND m.user_name = l.user_name) FROM active_follows f"
        " JOIN counted_links l ON l.guild_id = f.guild_id WHERE f.competition_id = ?2",
        (board_id, competition_id),
    ):
        links[guild_id].append(Link(user_id, user_name, bool(mention), team_id))
    told: defaultdict[int, dict[int, LastAnnounced]] = defaultdict(dict)
    for (
        guild_id,
        team_id,
        rank,
        best_score,
        medal_zone,
        zone_told_at,
        *bests,
    ) in await connection.execute_fetchall(
        "SELECT t.guild_id, t.team_id, t.rank, t.best_score, t.medal_zone,"
        " t.medal_zone_announced_at,"
        " t.best_rank, t.best_share, t.best_medal_zone FROM active_follows f"
        " JOIN last_announced t ON t.guild_id = f.guild_id AND t.competition_id = f.competition_id"
        " WHERE f.competition_id = ?",
        (competition_id,),
    ):
        told[guild_id][team_id] = LastAnnounced(
            team_id,
            rank,
            best_score,
            _zone(medal_zone),
            from_seconds(zone_told_at),
            bests_of(*bests),
        )
    histories = await _histories(connection, board_id, links, told)
    return [
        Follower(
            guild_id=guild_id,
            channel_id=channel_id,
            announce=bool(announce),
            smallest_rise=smallest_rise,
            smallest_fall=smallest_fall,
            mention=bool(mention),
            leader_team_id=leader_team_id,
            leader_told_at=from_seconds(leader_told_at),
            links=tuple(links[guild_id]),
            told=told[guild_id],
            mode=ChannelMode(mode or ChannelMode.EVERYTHING),
            silent=bool(silent),
            histories=histories,
            followed_at=from_seconds(followed_at),
        )
        for (
            guild_id,
            channel_id,
            announce,
            smallest_rise,
            smallest_fall,
            mention,
            leader_team_id,
            leader_told_at,
            silent,
            mode,
            followed_at,
        ) in await connection.execute_fetchall(
            "SELECT f.guild_id, coalesce(f.channel_id, g.channel_id), g.announce, g.smallest_rise,"
            " g.smallest_fall, g.mention, f.leader_team_id, f.leader_announced_at, f.silent,"
            " c.mode, f.followed_at FROM active_follows f JOIN guilds g ON g.guild_id = f.guild_id"
            " LEFT JOIN channels c ON c.guild_id = f.guild_id"
            "  AND c.channel_id = coalesce(f.channel_id, g.channel_id)"
            " WHERE f.competition_id = ? ORDER BY f.guild_id",
            (competition_id,),
        )
    ]


async def _histories(
    connection: aiosqlite.Connection,
    board_id: int,
    links: Mapping[int, Sequence[Link]],
    told: Mapping[int, Mapping[int, LastAnnounced]],
) -> dict[int, Sequence[RankAt]]:
    """Read the past, without the board just written, of linked teams whose bests are not kept."""
    teams = {
        link.team_id
        for guild_id, linked in links.items()
        for link in linked
        if link.team_id is not None and not _has_bests(told.get(guild_id, {}).get(link.team_id))
    }
    if not teams:
        return {}
    histories = await load_histories(connection, board_id, teams)
    return {team_id: history[:-1] for team_id, history in histories.items()}


def _has_bests(told: LastAnnounced | None) -> bool:
    return told is not None and told.bests is not None


def bests_of(rank: int | None, share: float | None, medal_zone: str | None) -> Bests | None:
    """Read the columns of what a team has been at best."""
    return None if rank is None or share is None else Bests(rank, share, _zone(medal_zone))


def _zone(name: str | None) -> MedalZone | None:
    return MedalZone(name) if name else None
