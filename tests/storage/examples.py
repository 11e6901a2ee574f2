"""What several tests of storage need."""

from datetime import UTC, datetime, timedelta

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff
from leaderboards.history import build_snapshot
from leaderboards.news.messages import FollowedMessage, Message, message_from_json
from leaderboards.news.rules import Follower, NewsDecision
from records.competitions import Competition
from records.outbox import OutboxRow
from storage.storage import Storage

NOW = datetime(2026, 8, 9, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
MESSAGE = FollowedMessage("titanic", team_count=1_000, members_on_board=2)


async def follow(
    storage: Storage, guild_id: int, slug: str = "titanic", channel_id: int | None = None
) -> Competition:
    competition = await storage.competitions.add(slug)
    assert await storage.guilds.follow(guild_id, competition.id, channel_id, 7, NOW, MESSAGE)
    return competition


def nothing_to_tell(follower: Follower) -> NewsDecision:
    return NewsDecision(None, (), follower.leader_team_id, follower.leader_announced_at)


async def commit(storage: Storage, board: Board) -> int:
    """Store a board after the one that is there, as a sync does; gives the board's number."""
    assert board.slug is not None
    assert board.taken_at is not None
    old = await storage.board_writer.load_board(board.slug, board.kind)
    changes = BoardDiff.between(old, board)
    await storage.board_writer.commit(
        board.slug,
        changes,
        build_snapshot(changes, board.taken_at),
        digest=b"digest",
        decide=nothing_to_tell,
        now=NOW,
    )
    stored = await storage.board_writer.find_stored(board.slug, board.kind)
    assert stored is not None
    return stored.board_id


async def count(storage: Storage, table: str) -> int:
    async with storage.database.read() as connection:
        ((rows,),) = await connection.execute_fetchall(f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(rows)


async def heads(storage: Storage) -> list[OutboxRow]:
    """Give the oldest waiting row of each channel."""
    rows = [
        await storage.outbox.find_next(channel)
        for channel in await storage.outbox.load_waiting_channels()
    ]
    return sorted((row for row in rows if row is not None), key=lambda row: row.id)


async def message_of(storage: Storage, row: OutboxRow) -> Message:
    """Read the message of a row without an attempt to send it."""
    ((text,),) = await storage.database.query("SELECT message FROM outbox WHERE id = ?", (row.id,))
    return message_from_json(text)
