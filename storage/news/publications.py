"""Delivered messages that are still to be published in their announcement channels."""

from __future__ import annotations

from datetime import datetime, timedelta

from records.outbox import Publication
from storage.database import Database
from storage.timestamps import to_seconds

PUBLISH_WITHIN = timedelta(days=1)
"""What could not be published for so long is not published any more."""


class Publications:
    """Reads what is still to be published, and records what became of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_channels(self, now: datetime) -> list[int]:
        """Return the channels with messages to publish, after giving up those that are too old."""
        await self._database.change(
            "UPDATE outbox INDEXED BY outbox_unpublished SET unpublished = 0, error = NULL"
            " WHERE unpublished AND delivered_at < ?",
            (to_seconds(now - PUBLISH_WITHIN),),
        )
        rows = await self._database.query(
            "SELECT DISTINCT channel_id FROM outbox INDEXED BY outbox_unpublished WHERE unpublished"
        )
        return [channel_id for (channel_id,) in rows]

    async def find_next(self, channel_id: int) -> Publication | None:
        """Return the oldest message of a channel that is still to be published."""
        rows = await self._database.query(
            "SELECT id, guild_id, channel_id, message_id, error FROM outbox"
            " WHERE channel_id = ? AND unpublished ORDER BY id LIMIT 1",
            (channel_id,),
        )
        return Publication(*rows[0]) if rows else None

    async def load_failing(self, guild_id: int) -> list[Publication]:
        """Return a server's messages whose last attempt failed, oldest first."""
        rows = await self._database.query(
            "SELECT id, guild_id, channel_id, message_id, error"
            " FROM outbox INDEXED BY outbox_unpublished"
            " WHERE unpublished AND guild_id = ? AND error IS NOT NULL ORDER BY id",
            (guild_id,),
        )
        return [Publication(*row) for row in rows]

    async def record_finished(self, publication: Publication) -> None:
        """Record that a message was published, or never can be."""
        await self._database.change(
            "UPDATE outbox SET unpublished = 0, error = NULL WHERE id = ?",
            (publication.outbox_id,),
        )

    async def record_failure(self, publication: Publication, error: str) -> None:
        """Record why an attempt failed; the message goes on waiting."""
        await self._database.change(
            "UPDATE outbox SET error = ? WHERE id = ? AND unpublished",
            (error, publication.outbox_id),
        )
