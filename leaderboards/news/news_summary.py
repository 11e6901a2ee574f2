"""The news of several competitions that waited for a closed channel, as one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.items import NewsMessage
from leaderboards.news.message_kind import MessageKind, NotDeferrable, NotInDigestChannels


@dataclass(frozen=True, slots=True)
class NewsSummaryMessage(NotInDigestChannels, NotDeferrable, MessageKind):
    """All news that a channel was not sent for more than a day."""

    competitions: tuple[NewsMessage, ...]
    """Merged news, one of each competition."""
    type: Literal["news_summary"] = "news_summary"

    def user_ids(self) -> frozenset[int]:
        """Return the members of all teams."""
        return frozenset[int]().union(*(news.user_ids() for news in self.competitions))

    def mention_ids(self) -> frozenset[int]:
        """Return the members to ping."""
        return frozenset[int]().union(*(news.mention_ids() for news in self.competitions))

    def redact(self, user_id: int) -> Self | None:
        """Return the news without a member; None if it was about nobody else."""
        return self._map(lambda news: news.redact(user_id))

    def extract(self, user_id: int) -> Self | None:
        """Return a member's news; None if there is none."""
        return self._map(lambda news: news.extract(user_id))

    def export(self) -> dict[str, Any]:
        """Describe the member's teams and who passed them, by competition."""
        return {"competitions": [news.export() for news in self.competitions]}

    def team_ids(self) -> frozenset[int]:
        """Return no teams: a summary is of no one competition."""
        return frozenset()

    def filter_for_mode(self, mode: ChannelMode) -> Self | None:
        """Return the news that suits a channel; None for none."""
        return self._map(lambda news: news.filter_for_mode(mode))

    def remove_competition(self, slug: str) -> Self | None:
        """Return the news of the other competitions; None if there is none."""
        return self._map(lambda news: None if news.slug == slug else news)

    def _map(self, change: Callable[[NewsMessage], NewsMessage | None]) -> Self | None:
        changed = tuple(left for news in self.competitions if (left := change(news)) is not None)
        return replace(self, competitions=changed) if changed else None


def merge_waiting_news(
    waiting: Iterable[NewsMessage | NewsSummaryMessage],
) -> NewsMessage | NewsSummaryMessage | None:
    """Merge the news that waited long for a channel, oldest first, into one message.

    None if all was undone meanwhile. News of one competition stays a `NewsMessage`, unless a
    summary is among what waited.
    """
    by_slug: dict[str, list[NewsMessage]] = {}
    has_summary = False
    for message in waiting:
        has_summary = has_summary or isinstance(message, NewsSummaryMessage)
        parts = message.competitions if isinstance(message, NewsSummaryMessage) else [message]
        for news in parts:
            by_slug.setdefault(news.slug, []).append(news)
    merged = [
        replace(news, waited=True)
        for parts in by_slug.values()
        for news in NewsMessage.merge(parts)
        if news.filter_for_mode(ChannelMode.EVERYTHING) is not None
    ]
    if not merged:
        return None
    if len(by_slug) == 1 and not has_summary:
        return merged[0]
    return NewsSummaryMessage(tuple(merged))
