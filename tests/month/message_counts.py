"""Counts of messages by day, by where they were sent, and by what they tell."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leaderboards.news.items import NewsMessage
from leaderboards.news.messages import message_from_json
from leaderboards.news.watches import WatchMessage
from records.direct_messages import DirectMessage
from tests.cogs.world import World

_DAY = timedelta(days=1)


@dataclass
class MessageCounts:
    """The messages that were sent from a moment on."""

    begin: datetime
    by_place: dict[str, Counter[int]] = field(default_factory=dict)
    """By channel or member: how many on each day."""
    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    """By channel or member: what was told, how often."""
    by_reason: dict[str, Counter[str]] = field(default_factory=dict)
    """By channel: the most important reason of each team's news."""

    def add(self, place: str, at: datetime, kinds: list[str]) -> None:
        """Count one message."""
        self.by_place.setdefault(place, Counter())[(at - self.begin) // _DAY] += 1
        self.by_kind.setdefault(place, Counter()).update(kinds)

    def record_direct_messages(self, world: World, names: dict[int, str]) -> None:
        """Count each direct message from now on when it is sent; `names` are those of users."""
        direct_messages = world.storage.direct_messages
        mark_attempt = direct_messages.mark_attempt

        async def record(id_: int) -> DirectMessage | None:
            message = await mark_attempt(id_)
            if message is not None:
                kinds = await _find_kinds(world, message)
                self.add(names[message.user_id], world.env.now(), kinds)
            return message

        direct_messages.mark_attempt = record  # type: ignore[method-assign]

    def count_announcements(
        self, database: Path, channels: dict[int, str], until: datetime
    ) -> None:
        """Count what the outbox has delivered to some channels."""
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT channel_id, delivered_at, message FROM outbox"
                " WHERE delivered_at >= ? AND delivered_at < ?",
                (int(self.begin.timestamp()), int(until.timestamp())),
            ).fetchall()
        for channel_id, delivered_at, text in rows:
            message, place = message_from_json(text), channels[channel_id]
            self.add(place, datetime.fromtimestamp(delivered_at, UTC), [message.type])
            if isinstance(message, NewsMessage):
                reasons = self.by_reason.setdefault(place, Counter())
                reasons.update(item.reasons[0] for item in message.items)

    def lines(self, days: int) -> Iterator[str]:
        """Yield the tables: each day, then what was told."""
        places = sorted(self.by_place)
        yield "  ".join(["day", *places])
        for day in range(days):
            counts = (f"{self.by_place[place][day]:{len(place)}}" for place in places)
            yield "  ".join([f"{day + 1:3}", *counts])
        yield ""
        yield f"{'':14}  all  a day  busiest day  quiet days  what"
        for place in places:
            on_days = [self.by_place[place][day] for day in range(days)]
            yield (
                f"{place:14} {sum(on_days):4}  {sum(on_days) / days:5.1f}  {max(on_days):11}"
                f"  {on_days.count(0):10}  {_join(self.by_kind[place])}"
            )
        yield ""
        for place, reasons in sorted(self.by_reason.items()):
            yield f"teams in the news of {place}: {_join(reasons)}"


def _join(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


async def _find_kinds(world: World, message: DirectMessage) -> list[str]:
    """Return which watches a direct message tells of, or what else it is."""
    content = message.content
    if not isinstance(content, WatchMessage):
        return [content.type]
    watches = await world.storage.watches.load(message.guild_id, message.user_id)
    kinds = {watch.id: watch.kind for watch in watches}
    return [kinds[event.watch_id] for event in content.events]
