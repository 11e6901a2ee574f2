"""All that is kept of one Discord member, in every server: to give it out, and to forget it."""

from __future__ import annotations

from dataclasses import dataclass

import aiosqlite

from leaderboards.medals import MedalZone
from leaderboards.news.messages import Message, message_from_json, message_to_json
from leaderboards.news.rules import LastAnnounced
from records.members import (
    NOBODY,
    AnnouncedRank,
    MemberAction,
    MemberData,
    MemberNews,
)
from storage.database import Database
from storage.members.link_verification import load_member_codes
from storage.members.links import delete_stale_announced_ranks, load_member_links
from storage.news.direct_messages import notes_of_member
from storage.news.news_writer import bests_of
from storage.servers.roles import load_member_grants
from storage.timestamps import from_seconds


@dataclass(frozen=True, slots=True)
class _Naming:
    """A row of the outbox, or of what is held for it, that names a member."""

    table: str
    id: int
    guild_id: int
    channel_id: int
    competition_id: int | None
    created_at: int
    delivered_at: int | None
    message: Message
    part: Message
    """What it says of the member."""


class Privacy:
    """Reads and removes what is kept of a member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_member_data(self, user_id: int) -> MemberData:
        """Give all that is kept of a member."""
        async with self._database.read() as connection:
            return await _kept(connection, user_id)

    async def delete_member_data(self, user_id: int) -> MemberData:
        """Remove all that is kept of a member, and give what it was.

        What a server knows of a team stays as long as another of its linked members is in it.
        """
        async with self._database.write() as connection:
            kept = await _kept(connection, user_id)
            naming = await _naming(connection, user_id)
            for table in ("links", "verification_codes", "direct_messages", "role_grants"):
                await connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))  # noqa: S608
            for guild_id in kept.guild_ids:
                await delete_stale_announced_ranks(connection, guild_id)
            for row in naming:
                await _rewrite(connection, row, user_id)
            await connection.execute(
                "UPDATE follows SET followed_by = ? WHERE followed_by = ?", (NOBODY, user_id)
            )
            await connection.execute(
                "UPDATE links SET linked_by = ? WHERE linked_by = ?", (NOBODY, user_id)
            )
        return kept


async def _kept(connection: aiosqlite.Connection, user_id: int) -> MemberData:
    naming = await _naming(connection, user_id)
    return MemberData(
        user_id=user_id,
        links=tuple(await load_member_links(connection, user_id)),
        told=tuple(
            [
                kept
                for team in sorted(await _teams(connection, user_id, naming))
                for kept in await _told(connection, team)
            ]
        ),
        news=tuple(
            MemberNews(
                guild_id=row.guild_id,
                channel_id=row.channel_id,
                created_at=from_seconds(row.created_at),
                delivered_at=from_seconds(row.delivered_at),
                message=row.part,
            )
            for row in naming
        ),
        deeds=tuple(await _deeds(connection, user_id)),
        codes=tuple(await load_member_codes(connection, user_id)),
        notes=tuple(await notes_of_member(connection, user_id)),
        grants=tuple(await load_member_grants(connection, user_id)),
    )


async def _naming(connection: aiosqlite.Connection, user_id: int) -> list[_Naming]:
    found = []
    for (
        table,
        id_,
        guild,
        channel,
        competition,
        created,
        delivered,
        text,
    ) in await connection.execute_fetchall(
        "SELECT 'outbox', id, guild_id, channel_id, competition_id, created_at, delivered_at,"
        " message FROM outbox WHERE instr(message, CAST(?1 AS TEXT))"
        " UNION ALL SELECT 'deferred_news', h.id, h.guild_id, coalesce(f.channel_id,"
        " g.channel_id, 0),"
        " h.competition_id, h.created_at, NULL, h.message FROM deferred_news h"
        " JOIN follows f USING (guild_id, competition_id) JOIN guilds g USING (guild_id)"
        " WHERE instr(h.message, CAST(?1 AS TEXT)) ORDER BY 6, 2",
        (user_id,),
    ):
        message = message_from_json(text)
        part = message.extract(user_id)
        if part is not None:
            found.append(
                _Naming(table, id_, guild, channel, competition, created, delivered, message, part)
            )
    return found


async def _teams(
    connection: aiosqlite.Connection, user_id: int, naming: list[_Naming]
) -> set[tuple[int, int, int]]:
    """Give server, competition and team of each team that the member is, or was told to be, in."""
    rows = await connection.execute_fetchall(
        "SELECT t.guild_id, t.competition_id, t.team_id FROM links l"
        " JOIN last_announced t ON t.guild_id = l.guild_id"
        " JOIN boards b ON b.competition_id = t.competition_id"
        " JOIN members m ON m.board_id = b.id AND m.team_id = t.team_id"
        "  AND m.user_name = l.user_name"
        " WHERE l.user_id = ?",
        (user_id,),
    )
    teams = {(guild, competition, team) for guild, competition, team in rows}
    teams |= {
        (row.guild_id, row.competition_id, team_id)
        for row in naming
        for team_id in row.part.team_ids()
        if row.competition_id is not None
    }
    return teams


async def _told(
    connection: aiosqlite.Connection, team: tuple[int, int, int]
) -> list[AnnouncedRank]:
    return [
        AnnouncedRank(
            guild_id,
            slug,
            LastAnnounced(
                team_id,
                rank,
                best_score,
                MedalZone(medal_zone) if medal_zone else None,
                from_seconds(told_at),
                bests_of(*bests),
            ),
        )
        for guild_id, slug, team_id, rank, best_score, medal_zone, told_at, *bests in (
            await connection.execute_fetchall(
                "SELECT t.guild_id, c.slug, t.team_id, t.rank, t.best_score, t.medal_zone,"
                " t.medal_zone_announced_at, t.best_rank, t.best_share, t.best_medal_zone FROM"
                " last_announced t"
                " JOIN competitions c ON c.id = t.competition_id"
                " WHERE t.guild_id = ? AND t.competition_id = ? AND t.team_id = ?",
                team,
            )
        )
    ]


async def _deeds(connection: aiosqlite.Connection, user_id: int) -> list[MemberAction]:
    rows = await connection.execute_fetchall(
        "SELECT f.guild_id, 'followed ' || c.slug, f.followed_at FROM follows f"
        " JOIN competitions c ON c.id = f.competition_id WHERE f.followed_by = :user"
        " UNION ALL SELECT guild_id, 'linked another member', linked_at FROM links"
        " WHERE linked_by = :user AND user_id <> :user",
        {"user": user_id},
    )
    return [MemberAction(guild_id, what, from_seconds(at)) for guild_id, what, at in rows]


async def _rewrite(connection: aiosqlite.Connection, row: _Naming, user_id: int) -> None:
    """Leave of a message what names others; without any others nothing of it is kept."""
    left = row.message.redact(user_id)
    if left is None:
        await connection.execute(f"DELETE FROM {row.table} WHERE id = ?", (row.id,))  # noqa: S608
    else:
        await connection.execute(
            f"UPDATE {row.table} SET message = ? WHERE id = ?",  # noqa: S608 - one of ours
            (message_to_json(left), row.id),
        )
