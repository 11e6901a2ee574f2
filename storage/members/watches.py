"""Watches of members: what they asked for, and what a board or a deadline tells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

import aiosqlite

from leaderboards.medals import MedalZone
from leaderboards.news.deadlines import DAY, SAME_DEADLINE
from leaderboards.news.watch_rules import decide_zone_exits
from leaderboards.news.watches import (
    MAX_WATCHES,
    LastDayEvent,
    Watch,
    WatchBaseline,
    WatchDecision,
    WatchKind,
    WatchState,
    ZoneExit,
)
from records.members import MemberWatch
from storage.boards.board_rows import select_team_of_user
from storage.boards.continuations import load_successors
from storage.database import Database
from storage.key_values import load_restored_at
from storage.news.deadlines import UPCOMING
from storage.news.direct_messages import add_watch_events, transfer_watch_events
from storage.servers.guild_settings import ensure_guild
from storage.timestamps import from_seconds, to_seconds

_COLUMNS = (
    "w.id, w.guild_id, w.user_id, w.kind, w.competition_id, w.rank, w.rival_user_name,"
    " w.rival_team_id, w.rival_name"
)
_LAST_DAYS = (
    "SELECT w.id, w.guild_id, w.user_id, upcoming.competition_id, upcoming.at"  # noqa: S608
    f" FROM ({UPCOMING}) upcoming"
    " JOIN watches w ON w.guild_id = upcoming.guild_id AND w.kind = 'last_day'"
    "  AND (w.competition_id IS NULL OR w.competition_id = upcoming.competition_id)"
    " LEFT JOIN watch_reminders r ON r.watch_id = w.id"
    "  AND r.competition_id = upcoming.competition_id AND abs(r.deadline - upcoming.at) < :same"
    " WHERE upcoming.kind = 'final' AND r.deadline IS NULL"
    # What was due before a restore was told by then.
    "  AND upcoming.at - :day > :restored ORDER BY w.id"
)


class WatchOutcome(Enum):
    """Outcome of adding a watch."""

    ADDED = auto()
    ALREADY_THERE = auto()
    ALREADY_EVERYWHERE = auto()
    """The member watches it in every competition."""
    TOO_MANY = auto()
    """The member has `MAX_WATCHES` in the server."""
    NOT_FOLLOWED = auto()
    """The server no longer follows the competition."""


class Watches:
    """Reads and writes the watches of members, and queues what deadlines tell them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, watch: Watch, now: datetime) -> WatchOutcome:
        """Store a watch; its `id` is ignored, as the database gives one."""
        key = (watch.guild_id, watch.user_id)
        async with self._database.write() as connection:
            await ensure_guild(connection, watch.guild_id)
            stored = await _select(connection, "guild_id = ? AND user_id = ?", *key)
            if any(_is_same(watch, other) for other in stored):
                return WatchOutcome.ALREADY_THERE
            if any(_is_same(replace(watch, competition_id=None), other) for other in stored):
                return WatchOutcome.ALREADY_EVERYWHERE
            if len(stored) >= MAX_WATCHES:
                return WatchOutcome.TOO_MANY
            if watch.competition_id is not None and not await connection.execute_fetchall(
                "SELECT 1 FROM follows WHERE guild_id = ? AND competition_id = ?",
                (watch.guild_id, watch.competition_id),
            ):
                return WatchOutcome.NOT_FOLLOWED
            await connection.execute(
                "INSERT INTO watches (guild_id, user_id, kind, competition_id, rank,"
                " rival_user_name, rival_team_id, rival_name, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *key,
                    watch.kind,
                    watch.competition_id,
                    watch.rank,
                    watch.rival_user_name,
                    watch.rival_team_id,
                    watch.rival_name,
                    to_seconds(now),
                ),
            )
        return WatchOutcome.ADDED

    async def load(self, guild_id: int, user_id: int) -> list[Watch]:
        """Load a member's watches in a server, oldest first."""
        async with self._database.read() as connection:
            return await _select(connection, "guild_id = ? AND user_id = ?", guild_id, user_id)

    async def remove(self, guild_id: int, user_id: int, ids: Iterable[int]) -> None:
        """Remove some of a member's watches in a server.

        What a removed watch was still to tell is told by another watch that asks for the same, if
        there is one: in one competition instead of in all, or the other way round.
        """
        gone = set(ids)
        async with self._database.write() as connection:
            stored = await _select(connection, "guild_id = ? AND user_id = ?", guild_id, user_id)
            for watch in stored:
                for other in stored:
                    if watch.id in gone and other.id not in gone and _is_same_request(watch, other):
                        await transfer_watch_events(connection, watch, other)
            await connection.executemany(
                "DELETE FROM watches WHERE id = ? AND guild_id = ? AND user_id = ?",
                [(id_, guild_id, user_id) for id_ in gone],
            )

    async def remove_member(self, guild_id: int, user_id: int) -> None:
        """Remove all watches of a user who is no member of the server any more."""
        await self._database.change(
            "DELETE FROM watches WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
        )

    async def find_zone_exit_competitions(self) -> list[int]:
        """Return the running competitions in which somebody uses `/watch forecast`."""
        rows = await self._database.query(
            "SELECT DISTINCT f.competition_id"
            " FROM watches w INDEXED BY watches_of_zone_exits"
            " CROSS JOIN active_follows f ON f.guild_id = w.guild_id"
            "  AND (w.competition_id IS NULL OR w.competition_id = f.competition_id)"
            " JOIN competitions c ON c.id = f.competition_id"
            " WHERE w.kind = 'zone_exit' AND c.ended_at IS NULL AND c.archived_at IS NULL"
            " ORDER BY f.competition_id"
        )
        return [competition_id for (competition_id,) in rows]

    async def find_zone_exit_teams(self, competition_id: int, board_id: int) -> set[int]:
        """Return the teams on a board whose members use `/watch forecast`."""
        async with self._database.read() as connection:
            states = await _load_zone_exit_states(connection, competition_id, board_id)
        return {team_id for _, team_id in states}

    async def queue_zone_exits(
        self, competition_id: int, board_id: int, exits: Mapping[int, ZoneExit], now: datetime
    ) -> None:
        """Add to the members' messages which teams are likely to leave their zone.

        `exits` are by team id. One transaction.
        """
        async with self._database.write() as connection:
            states = await _load_zone_exit_states(connection, competition_id, board_id)
            decisions = decide_zone_exits(states, exits, now)
            await store_watch_decisions(connection, competition_id, decisions, now)

    async def find_last_days(self, now: datetime) -> list[int]:
        """Return the competitions of whose last day somebody is to be told."""
        async with self._database.read() as connection:
            rows = await _load_last_days(connection, now)
        return list(dict.fromkeys(competition_id for *_, competition_id, _ in rows))

    async def queue_last_days(self, now: datetime) -> int:
        """Add the last days that have begun to the members' messages, each once; return how many.

        One transaction.
        """
        if not await self.find_last_days(now):
            return 0
        async with self._database.write() as connection:
            due = await _load_last_days(connection, now)
            # A watch of one competition and one of all may ask for the same.
            told = {row[1:]: row[0] for row in reversed(due)}
            for (guild_id, user_id, competition_id, deadline), watch_id in told.items():
                event = LastDayEvent(watch_id, competition_id, from_seconds(deadline))
                await add_watch_events(connection, guild_id, user_id, [event], now)
            await connection.executemany(
                "INSERT OR REPLACE INTO watch_reminders (watch_id, guild_id, competition_id,"
                " deadline) VALUES (?, ?, ?, ?)",
                [
                    (watch_id, guild_id, competition_id, deadline)
                    for watch_id, guild_id, _, competition_id, deadline in due
                ],
            )
        return len(told)


async def load_member_watches(connection: aiosqlite.Connection, user_id: int) -> list[MemberWatch]:
    """Return a member's watches in all servers, within the caller's transaction."""
    return [
        MemberWatch(_watch_from_row(row), slug, from_seconds(created_at))
        for *row, slug, created_at in await connection.execute_fetchall(
            f"SELECT {_COLUMNS}, c.slug, w.created_at FROM watches w"  # noqa: S608 - own names
            " LEFT JOIN competitions c ON c.id = w.competition_id WHERE w.user_id = ?"
            " ORDER BY w.id",
            (user_id,),
        )
    ]


async def load_watch_states(
    connection: aiosqlite.Connection, competition_id: int, board_id: int
) -> Mapping[int, tuple[WatchState, ...]]:
    """Return the watches that a board may tell something, by server.

    A rival that is a team is followed into the team that continues it.
    """
    await _follow_rivals(connection, competition_id, board_id)
    states: defaultdict[int, list[WatchState]] = defaultdict(list)
    for (
        *row,
        rival_team_id,
        holds,
        team_id,
        known_rival_id,
        told_at,
    ) in await connection.execute_fetchall(
        f"SELECT {_COLUMNS}, coalesce(w.rival_team_id,"  # noqa: S608 - own names
        f" {select_team_of_user('?2', 'w.rival_user_name')}),"
        " b.holds, b.team_id, b.rival_team_id, b.told_at"
        " FROM active_follows f JOIN watches w ON w.guild_id = f.guild_id"
        "  AND (w.competition_id IS NULL OR w.competition_id = f.competition_id)"
        " LEFT JOIN watch_baselines b ON b.watch_id = w.id"
        "  AND b.competition_id = f.competition_id"
        " WHERE f.competition_id = ?1 AND w.kind <> 'last_day' ORDER BY w.id",
        (competition_id, board_id),
    ):
        watch = _watch_from_row(row)
        baseline = None
        if told_at is not None:
            baseline = WatchBaseline(
                watch.id, bool(holds), team_id, from_seconds(told_at), known_rival_id
            )
        states[watch.guild_id].append(WatchState(watch, competition_id, rival_team_id, baseline))
    return {guild_id: tuple(found) for guild_id, found in states.items()}


async def store_watch_decisions(
    connection: aiosqlite.Connection,
    competition_id: int,
    decisions: Mapping[int, WatchDecision],
    now: datetime,
) -> None:
    """Add what was decided for the members of each server to their messages.

    What waited and is undone counts as never told.
    """
    undone: list[tuple[int, int]] = []
    for guild_id, decision in decisions.items():
        await connection.executemany(
            "INSERT OR REPLACE INTO watch_baselines (watch_id, guild_id, competition_id, holds,"
            " team_id, rival_team_id, medal_zone, told_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    baseline.watch_id,
                    guild_id,
                    competition_id,
                    baseline.holds,
                    baseline.team_id,
                    baseline.rival_team_id,
                    baseline.medal_zone,
                    to_seconds(baseline.told_at),
                )
                for baseline in decision.baselines
            ],
        )
        for user_id, events in decision.events.items():
            undone += await add_watch_events(connection, guild_id, user_id, events, now)
    await connection.executemany(
        "DELETE FROM watch_baselines WHERE watch_id = ? AND competition_id = ?", undone
    )


async def _load_zone_exit_states(
    connection: aiosqlite.Connection, competition_id: int, board_id: int
) -> list[tuple[WatchState, int]]:
    """Return the watches of forecasts, each with the team of its member on a board."""
    states = []
    for (
        *row,
        team_id,
        holds,
        baseline_team_id,
        medal_zone,
        told_at,
    ) in await connection.execute_fetchall(
        f"SELECT {_COLUMNS}, {select_team_of_user('?2', 'l.user_name')},"  # noqa: S608
        " b.holds, b.team_id, b.medal_zone, b.told_at"
        " FROM active_follows f JOIN watches w ON w.guild_id = f.guild_id AND w.kind = 'zone_exit'"
        "  AND (w.competition_id IS NULL OR w.competition_id = f.competition_id)"
        " JOIN counted_links l ON l.guild_id = w.guild_id AND l.user_id = w.user_id"
        " LEFT JOIN watch_baselines b ON b.watch_id = w.id"
        "  AND b.competition_id = f.competition_id"
        " WHERE f.competition_id = ?1 ORDER BY w.id",
        (competition_id, board_id),
    ):
        if team_id is None:
            continue
        watch = _watch_from_row(row)
        baseline = None
        if told_at is not None:
            zone = None if medal_zone is None else MedalZone(medal_zone)
            baseline = WatchBaseline(
                watch.id, bool(holds), baseline_team_id, from_seconds(told_at), medal_zone=zone
            )
        states.append((WatchState(watch, competition_id, None, baseline), team_id))
    return states


async def _follow_rivals(
    connection: aiosqlite.Connection, competition_id: int, board_id: int
) -> None:
    """Replace each rival that is no longer on the board by the team that continues it."""
    replaced = set[int]()
    while gone := await _find_gone_rivals(connection, competition_id, board_id) - replaced:
        replaced |= gone
        for team_id, successor in (await load_successors(connection, board_id, gone)).items():
            await connection.execute(
                "UPDATE watches SET rival_team_id = ?3, rival_name = coalesce((SELECT team_name"
                " FROM teams WHERE board_id = ?4 AND team_id = ?3), rival_name)"
                " WHERE competition_id = ?1 AND rival_team_id = ?2",
                (competition_id, team_id, successor.into_team_id, board_id),
            )


async def _find_gone_rivals(
    connection: aiosqlite.Connection, competition_id: int, board_id: int
) -> set[int]:
    rows = await connection.execute_fetchall(
        "SELECT DISTINCT rival_team_id FROM watches INDEXED BY watches_of_teams"
        " WHERE competition_id = ?1 AND rival_team_id IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM ranks WHERE board_id = ?2 AND team_id = rival_team_id)",
        (competition_id, board_id),
    )
    return {team_id for (team_id,) in rows}


async def _load_last_days(
    connection: aiosqlite.Connection, now: datetime
) -> list[tuple[int, int, int, int, int]]:
    """Return watch, server, member, competition and deadline of each last day to be told."""
    restored_at = await load_restored_at(connection)
    rows = await connection.execute_fetchall(
        _LAST_DAYS,
        {
            "now": to_seconds(now),
            "until": to_seconds(now + DAY),
            "day": int(DAY.total_seconds()),
            "same": int(SAME_DEADLINE.total_seconds()),
            "restored": 0 if restored_at is None else to_seconds(restored_at),
        },
    )
    return [tuple(row) for row in rows]


async def _select(connection: aiosqlite.Connection, where: str, *parameters: object) -> list[Watch]:
    rows = await connection.execute_fetchall(
        f"SELECT {_COLUMNS} FROM watches w WHERE {where} ORDER BY w.id",  # noqa: S608
        parameters,
    )
    return [_watch_from_row(row) for row in rows]


def _watch_from_row(row: Iterable[Any]) -> Watch:
    id_, guild_id, user_id, kind, competition_id, rank, user_name, team_id, name = row
    return Watch(
        id_, guild_id, user_id, WatchKind(kind), competition_id, rank, user_name, team_id, name
    )


def _is_same(one: Watch, other: Watch) -> bool:
    return one.competition_id == other.competition_id and _is_same_request(one, other)


def _is_same_request(one: Watch, other: Watch) -> bool:
    """Return whether two watches of a member differ at most in their competition."""
    return (one.kind, one.rank, one.rival_team_id) == (
        other.kind,
        other.rank,
        other.rival_team_id,
    ) and (one.rival_user_name or "").casefold() == (other.rival_user_name or "").casefold()
