"""Writes the news of a board to the outbox, in the transaction that stores the board."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import aiosqlite

from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.follower import Follower, Link, NewsBaseline, NewsDecision
from leaderboards.news.milestones import BestResults
from leaderboards.news.schedules import QuietHours
from records.outbox import Announcement
from storage.boards.board_rows import select_team_of_user
from storage.boards.history import load_continued_histories
from storage.members.watches import load_watch_states, store_watch_decisions
from storage.news.deferred_news import add_or_defer
from storage.timestamps import from_seconds, to_seconds


async def write_news(  # noqa: PLR0917
    connection: aiosqlite.Connection,
    competition_id: int,
    board_id: int,
    decide: Callable[[Follower], NewsDecision],
    now: datetime,
    changes: BoardDiff | None = None,
) -> int:
    """Write each follower's news, and store what each server has now been told.

    `changes` are those of the board just written; None if no board was written. Return how many
    announcements were put in the outbox, without those that quiet hours defer.
    """
    followers = await _load_followers(connection, competition_id, board_id, changes, now)
    decisions = await asyncio.to_thread(lambda: [decide(follower) for follower in followers])
    await connection.executemany(
        "UPDATE follows SET leader_team_id = ?, leader_announced_at = ?, skip_next_news = 0"
        " WHERE guild_id = ? AND competition_id = ?",
        [
            (
                decision.leader_team_id,
                to_seconds(decision.leader_announced_at),
                follower.guild_id,
                competition_id,
            )
            for follower, decision in zip(followers, decisions, strict=True)
        ],
    )
    await connection.executemany(
        "INSERT INTO news_baselines (guild_id, competition_id, team_id, rank, team_count,"
        " best_score, medal_zone, medal_zone_announced_at, best_rank, best_share,"
        " best_medal_zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, competition_id, team_id) DO UPDATE SET"
        " rank = excluded.rank, team_count = excluded.team_count, best_score = excluded.best_score,"
        " medal_zone = excluded.medal_zone,"
        " medal_zone_announced_at = excluded.medal_zone_announced_at,"
        " best_rank = excluded.best_rank, best_share = excluded.best_share,"
        " best_medal_zone = excluded.best_medal_zone",
        [
            (
                follower.guild_id,
                competition_id,
                team.team_id,
                team.rank,
                team.team_count,
                team.best_score,
                team.medal_zone,
                to_seconds(team.zone_announced_at),
                *(
                    (team.bests.rank, team.bests.share, team.bests.medal_zone)
                    if team.bests
                    else (None, None, None)
                ),
            )
            for follower, decision in zip(followers, decisions, strict=True)
            for team in decision.baselines
        ],
    )
    await store_watch_decisions(
        connection,
        competition_id,
        {
            follower.guild_id: decision.watched
            for follower, decision in zip(followers, decisions, strict=True)
        },
        now,
    )
    announcements = [
        Announcement(follower.guild_id, follower.channel_id, competition_id, message)
        for follower, decision in zip(followers, decisions, strict=True)
        if follower.announce and follower.channel_id
        for message in decision.messages
        if message.is_sent_in(follower.mode)
    ]
    return await add_or_defer(connection, competition_id, announcements, now)


async def _load_followers(
    connection: aiosqlite.Connection,
    competition_id: int,
    board_id: int,
    changes: BoardDiff | None,
    now: datetime,
) -> list[Follower]:
    links: defaultdict[int, list[Link]] = defaultdict(list)
    for guild_id, user_id, user_name, mention, team_id in await connection.execute_fetchall(
        "SELECT l.guild_id, l.user_id, l.user_name, l.mention,"  # noqa: S608 - own names
        f" {select_team_of_user('?1', 'l.user_name')} FROM active_follows f"
        " JOIN counted_links l ON l.guild_id = f.guild_id WHERE f.competition_id = ?2",
        (board_id, competition_id),
    ):
        links[guild_id].append(Link(user_id, user_name, bool(mention), team_id))
    baselines: defaultdict[int, dict[int, NewsBaseline]] = defaultdict(dict)
    for (
        guild_id,
        team_id,
        rank,
        team_count,
        best_score,
        medal_zone,
        zone_announced_at,
        *bests,
    ) in await connection.execute_fetchall(
        "SELECT t.guild_id, t.team_id, t.rank, t.team_count, t.best_score, t.medal_zone,"
        " t.medal_zone_announced_at, t.best_rank, t.best_share, t.best_medal_zone"
        " FROM active_follows f"
        " JOIN news_baselines t ON t.guild_id = f.guild_id AND t.competition_id = f.competition_id"
        " WHERE f.competition_id = ?",
        (competition_id,),
    ):
        baselines[guild_id][team_id] = NewsBaseline(
            team_id,
            rank,
            best_score,
            _parse_zone(medal_zone),
            from_seconds(zone_announced_at),
            bests_from_columns(*bests),
            team_count,
        )
    teams = _find_teams_for_history(links, baselines, changes)
    histories = {
        team_id: history[:-1]  # Without the current board.
        for team_id, history in (
            await load_continued_histories(connection, board_id, teams)
        ).items()
    }
    watches = await load_watch_states(connection, competition_id, board_id)
    ((rescored_at,),) = await connection.execute_fetchall(
        "SELECT (SELECT rescored_at FROM boards WHERE id = ?)", (board_id,)
    )
    return [
        Follower(
            guild_id=guild_id,
            channel_id=channel_id,
            announce=bool(announce),
            smallest_rise=smallest_rise,
            smallest_fall=smallest_fall,
            mention=bool(mention),
            leader_team_id=leader_team_id,
            leader_announced_at=from_seconds(leader_announced_at),
            links=tuple(links[guild_id]),
            baselines=baselines[guild_id],
            mode=ChannelMode(mode),
            is_quiet=QuietHours(*quiet).is_quiet(now),
            skip_next_news=bool(skip_next_news),
            histories=histories,
            followed_at=from_seconds(followed_at),
            replay_at_end=bool(replay_at_end),
            rescored_at=from_seconds(rescored_at),
            watches=watches.get(guild_id, ()),
        )
        for (
            guild_id,
            channel_id,
            announce,
            smallest_rise,
            smallest_fall,
            mention,
            leader_team_id,
            leader_announced_at,
            skip_next_news,
            mode,
            followed_at,
            replay_at_end,
            *quiet,
        ) in await connection.execute_fetchall(
            "SELECT f.guild_id, c.channel_id, c.announce, g.smallest_rise,"
            " g.smallest_fall, g.mention, f.leader_team_id, f.leader_announced_at,"
            " f.skip_next_news, c.mode, f.followed_at, g.replay_at_end, g.time_zone,"
            " g.quiet_from, g.quiet_to"
            " FROM active_follows f JOIN guilds g USING (guild_id)"
            " JOIN follow_channels c USING (guild_id, competition_id)"
            " WHERE f.competition_id = ? ORDER BY f.guild_id",
            (competition_id,),
        )
    ]


def _find_teams_for_history(
    links: Mapping[int, Sequence[Link]],
    baselines: Mapping[int, Mapping[int, NewsBaseline]],
    changes: BoardDiff | None,
) -> set[int]:
    """Return the teams whose history must be read.

    These are linked teams whose bests are not stored or that continue others, and a new team on
    rank 1, which may have been on the board before.
    """
    continued = changes.continuations if changes else {}
    teams = {
        link.team_id
        for guild_id, linked in links.items()
        for link in linked
        if link.team_id is not None
        and (
            link.team_id in continued
            or not _has_bests(baselines.get(guild_id, {}).get(link.team_id))
        )
    }
    if changes is not None and changes.old is not None and 0 in changes.new_rows[:1]:
        teams.add(int(changes.new.teams.team_id[0]))
    return teams


def _has_bests(baseline: NewsBaseline | None) -> bool:
    return baseline is not None and baseline.bests is not None


def bests_from_columns(
    rank: int | None, share: float | None, medal_zone: str | None
) -> BestResults | None:
    """Build a team's bests from their columns; None if they are not stored."""
    return (
        None if rank is None or share is None else BestResults(rank, share, _parse_zone(medal_zone))
    )


def _parse_zone(name: str | None) -> MedalZone | None:
    return MedalZone(name) if name else None
