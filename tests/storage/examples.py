"""Values and helpers for tests of storage."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from leaderboards.board import Board
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.history import build_snapshot
from leaderboards.news.follower import Follower, NewsDecision
from leaderboards.news.messages import FollowedMessage, Message, message_from_json
from records.competitions import Competition
from records.outbox import OutboxRow
from storage.storage import Storage

NOW = datetime(2026, 8, 9, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
MESSAGE = FollowedMessage("titanic", team_count=1_000, members_on_board=2)


async def follow(
    storage: Storage, guild_id: int, slug: str = "titanic", channel_id: int | None = None
) -> Competition:
    competition = await storage.competitions.add_for_owner(slug)
    assert await storage.guilds.follow(guild_id, competition.id, channel_id, 7, NOW, MESSAGE)
    return competition


async def delete_guild(storage: Storage, guild_id: int) -> None:
    """Delete a server as some days after the bot has left it."""
    await storage.guilds.mark_left(guild_id, NOW)
    await storage.guilds.delete_left(LATER, LATER)


def announce_nothing(follower: Follower) -> NewsDecision:
    return NewsDecision((), (), follower.leader_team_id, follower.leader_announced_at)


async def commit(storage: Storage, board: Board) -> int:
    """Store a board after the current one, as a sync does; return its id."""
    await commit_with_news(storage, board, announce_nothing)
    assert board.slug is not None
    stored = await storage.board_writer.find_stored(board.slug, board.kind)
    assert stored is not None
    return stored.board_id


async def commit_with_news(
    storage: Storage, new: Board, decide: Callable[[Follower], NewsDecision] | None
) -> int:
    """Store a board after the current one; return the number of announcements."""
    assert new.slug is not None
    assert new.taken_at is not None
    await storage.competitions.add_for_owner(new.slug)
    changes = BoardDiff.between(await storage.board_writer.load_board(new.slug, new.kind), new)
    return await storage.board_writer.commit(
        new.slug,
        changes,
        build_snapshot(changes, new.taken_at),
        checksum=b"checksum",
        decide=decide,
        now=NOW,
    )


async def execute(storage: Storage, sql: str, *values: object) -> None:
    """Execute a statement of a test; unlike those of storage, it may read a whole table."""
    async with storage.database.write() as connection:
        await connection.execute(sql, values)


async def count(storage: Storage, table: str) -> int:
    async with storage.database.read() as connection:
        ((rows,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(rows)


async def load_next_rows(storage: Storage) -> list[OutboxRow]:
    """Return the oldest waiting row of each channel."""
    rows = [
        await storage.outbox.find_next(channel)
        for channel in await storage.outbox.load_waiting_channels()
    ]
    return sorted((row for row in rows if row is not None), key=lambda row: row.id)


async def load_message(storage: Storage, row: OutboxRow) -> Message:
    """Return the message of a row without an attempt to send it."""
    ((text,),) = await storage.database.query("SELECT message FROM outbox WHERE id = ?", (row.id,))
    return message_from_json(text)
