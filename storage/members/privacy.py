"""Loading and deletion of the data of one Discord member, in every server."""

from __future__ import annotations

import re
from dataclasses import dataclass

import aiosqlite

from leaderboards.medals import MedalZone
from leaderboards.news.follower import NewsBaseline
from leaderboards.news.messages import Message, message_from_json, message_to_json
from records.members import (
    NOBODY,
    MemberAction,
    MemberData,
    MemberNews,
    MemberNewsBaseline,
)
from storage.database import Database
from storage.members.link_verification import load_member_codes
from storage.members.links import delete_stale_news_baselines, load_member_links
from storage.members.watches import load_member_watches
from storage.news.direct_messages import load_direct_messages
from storage.news.news_writer import bests_from_columns
from storage.servers.roles import load_member_grants
from storage.teammates.notes import (
    delete_member_notes,
    load_member_exclusions,
    load_member_notes,
)
from storage.teammates.searches import load_member_searches
from storage.timestamps import from_seconds

_TABLES = (
    "links",
    "verification_codes",
    "direct_messages",
    "role_grants",
    "watches",
)
"""Tables of which all rows of a member are deleted."""


@dataclass(frozen=True, slots=True)
class _MessageRow:
    """A row of `outbox` or `deferred_news` that names a member."""

    table: str
    id: int
    guild_id: int
    channel_id: int
    competition_id: int | None
    created_at: int
    delivered_at: int | None
    message: Message | None
    """None if its form is not known, such as one of a newer version."""
    member_part: Message | None
    """The part of it that is about the member; None if its form is not known."""


class Privacy:
    """Reads and deletes the data of a member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_member_data(self, user_id: int) -> MemberData:
        """Return all data of a member."""
        async with self._database.read() as connection:
            return await _load_member_data(connection, user_id)

    async def delete_member_data(self, user_id: int) -> MemberData:
        """Delete the data of a member and return what was stored.

        Kept are: notes of the member that others declined or reported, and exclusions from the
        search for team mates; a team's news baseline while another linked member of the server is
        in the team; and, without the member's user id: which competitions the member followed for a
        server, links that the member made for others, and announcements that are also about others.
        """
        async with self._database.write() as connection:
            data = await _load_member_data(connection, user_id)
            news = await _load_news(connection, user_id)
            await delete_member_notes(connection, user_id)
            # A foreign key deletes the searches for team mates with the links.
            for table in _TABLES:
                await connection.execute(f"DELETE FROM {table} WHERE user_id = ?", (user_id,))  # noqa: S608
            for guild_id in data.guild_ids:
                await delete_stale_news_baselines(connection, guild_id)
            for row in news:
                await _redact(connection, row, user_id)
            await connection.execute(
                "UPDATE follows SET followed_by = ? WHERE followed_by = ?", (NOBODY, user_id)
            )
            await connection.execute(
                "UPDATE links SET linked_by = ? WHERE linked_by = ?", (NOBODY, user_id)
            )
        return data


async def _load_member_data(connection: aiosqlite.Connection, user_id: int) -> MemberData:
    news = await _load_news(connection, user_id)
    return MemberData(
        user_id=user_id,
        links=tuple(await load_member_links(connection, user_id)),
        news_baselines=tuple(
            [
                baseline
                for team in sorted(await _load_teams(connection, user_id, news))
                for baseline in await _load_news_baselines(connection, team)
            ]
        ),
        news=tuple(
            MemberNews(
                guild_id=row.guild_id,
                channel_id=row.channel_id,
                created_at=from_seconds(row.created_at),
                delivered_at=from_seconds(row.delivered_at),
                message=row.member_part,
            )
            for row in news
        ),
        actions=tuple(await _load_actions(connection, user_id)),
        codes=tuple(await load_member_codes(connection, user_id)),
        direct_messages=tuple(await load_direct_messages(connection, user_id)),
        grants=tuple(await load_member_grants(connection, user_id)),
        teammate_searches=tuple(await load_member_searches(connection, user_id)),
        teammate_notes=tuple(await load_member_notes(connection, user_id)),
        teammate_exclusions=tuple(await load_member_exclusions(connection, user_id)),
        watches=tuple(await load_member_watches(connection, user_id)),
    )


async def _load_news(connection: aiosqlite.Connection, user_id: int) -> list[_MessageRow]:
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
        " UNION ALL SELECT 'deferred_news', d.id, d.guild_id, coalesce(f.channel_id,"
        " g.channel_id, 0),"
        " d.competition_id, d.created_at, NULL, d.message FROM deferred_news d"
        " JOIN follows f USING (guild_id, competition_id) JOIN guilds g USING (guild_id)"
        " WHERE instr(d.message, CAST(?1 AS TEXT)) ORDER BY 6, 2",
        (user_id,),
    ):
        message: Message | None = None
        member_part: Message | None = None
        try:
            message = message_from_json(text)
        except ValueError:
            names_member = re.search(rf"(?<!\d){user_id}(?!\d)", text) is not None
        else:
            member_part = message.extract(user_id)
            names_member = member_part is not None
        if names_member:
            found.append(
                _MessageRow(
                    table,
                    id_,
                    guild,
                    channel,
                    competition,
                    created,
                    delivered,
                    message,
                    member_part,
                )
            )
    return found


async def _load_teams(
    connection: aiosqlite.Connection, user_id: int, news: list[_MessageRow]
) -> set[tuple[int, int, int]]:
    """Return guild, competition and team id of the teams that the member is or was in."""
    rows = await connection.execute_fetchall(
        "SELECT n.guild_id, n.competition_id, n.team_id FROM links l"
        " JOIN news_baselines n ON n.guild_id = l.guild_id"
        " JOIN boards b ON b.competition_id = n.competition_id"
        " JOIN members m ON m.board_id = b.id AND m.team_id = n.team_id"
        "  AND m.user_name = l.user_name"
        " WHERE l.user_id = ?",
        (user_id,),
    )
    teams = {(guild, competition, team) for guild, competition, team in rows}
    teams |= {
        (row.guild_id, row.competition_id, team_id)
        for row in news
        if row.competition_id is not None and row.member_part is not None
        for team_id in row.member_part.team_ids()
    }
    return teams


async def _load_news_baselines(
    connection: aiosqlite.Connection, team: tuple[int, int, int]
) -> list[MemberNewsBaseline]:
    return [
        MemberNewsBaseline(
            guild_id,
            slug,
            NewsBaseline(
                team_id,
                rank,
                best_score,
                MedalZone(medal_zone) if medal_zone else None,
                from_seconds(announced_at),
                bests_from_columns(*bests),
            ),
        )
        for guild_id, slug, team_id, rank, best_score, medal_zone, announced_at, *bests in (
            await connection.execute_fetchall(
                "SELECT n.guild_id, c.slug, n.team_id, n.rank, n.best_score, n.medal_zone,"
                " n.medal_zone_announced_at, n.best_rank, n.best_share, n.best_medal_zone FROM"
                " news_baselines n"
                " JOIN competitions c ON c.id = n.competition_id"
                " WHERE n.guild_id = ? AND n.competition_id = ? AND n.team_id = ?",
                team,
            )
        )
    ]


async def _load_actions(connection: aiosqlite.Connection, user_id: int) -> list[MemberAction]:
    rows = await connection.execute_fetchall(
        "SELECT f.guild_id, 'followed ' || c.slug, f.followed_at FROM follows f"
        " JOIN competitions c ON c.id = f.competition_id WHERE f.followed_by = :user"
        " UNION ALL SELECT guild_id, 'linked another member', linked_at FROM links"
        " WHERE linked_by = :user AND user_id <> :user",
        {"user": user_id},
    )
    return [
        MemberAction(guild_id, description, from_seconds(done_at))
        for guild_id, description, done_at in rows
    ]


async def _redact(connection: aiosqlite.Connection, row: _MessageRow, user_id: int) -> None:
    """Remove the member from a message; delete it if it is about nobody else or unreadable."""
    message = None if row.message is None else row.message.redact(user_id)
    if message is None:
        await connection.execute(f"DELETE FROM {row.table} WHERE id = ?", (row.id,))  # noqa: S608
    else:
        await connection.execute(
            f"UPDATE {row.table} SET message = ? WHERE id = ?",  # noqa: S608 - own name
            (message_to_json(message), row.id),
        )
