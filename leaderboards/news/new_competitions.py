"""The announcement of new competitions on Kaggle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self

from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.competition_filter import (
    CATEGORY_ORDER,
    FeedCategory,
    main_category,
)
from leaderboards.news.message_kind import NamesNobody, SentInEveryMode

MAX_SHOWN = 5
"""Competitions that one message shows; the others are counted."""


@dataclass(frozen=True, slots=True)
class NewCompetition:
    """Competition in an announcement; a field is None where Kaggle lists nothing."""

    slug: str
    category: FeedCategory
    title: str | None
    metric: str | None
    prize: str | None
    deadline: datetime | None
    entry_deadline: datetime | None
    merger_deadline: datetime | None
    awards_medals: bool | None

    @classmethod
    def from_info(cls, info: CompetitionInfo) -> Self:
        """Build it from Kaggle's list."""
        return cls(
            slug=info.slug,
            category=main_category(info),
            title=info.title,
            metric=info.metric,
            prize=info.reward,
            deadline=info.deadline,
            entry_deadline=info.entry_deadline,
            merger_deadline=info.merger_deadline,
            awards_medals=info.awards_points,
        )


@dataclass(frozen=True, slots=True)
class NewCompetitionsMessage(NamesNobody, SentInEveryMode):
    """Announces competitions that Kaggle lists for the first time."""

    competitions: tuple[NewCompetition, ...]
    """At most `MAX_SHOWN`, the most important categories first."""
    more: int = 0
    """How many further ones did not fit."""
    type: Literal["new_competitions"] = "new_competitions"

    @classmethod
    def from_list(cls, competitions: Sequence[CompetitionInfo]) -> Self:
        """Build the message about one or more competitions in this order."""
        shown = tuple(map(NewCompetition.from_info, competitions[:MAX_SHOWN]))
        return cls(shown, len(competitions) - len(shown))

    def is_deferrable(self) -> bool:
        """Return True: a new competition can wait for the morning."""
        return True

    @classmethod
    def merge(cls, waiting: Sequence[Self]) -> Sequence[Self]:
        """Return one message about all; what does not fit is counted."""
        if len(waiting) <= 1:
            return waiting
        by_slug = {one.slug: one for message in waiting for one in message.competitions}
        found = sorted(by_slug.values(), key=lambda one: CATEGORY_ORDER.index(one.category))
        more = sum(message.more for message in waiting) + len(found[MAX_SHOWN:])
        return [replace(waiting[-1], competitions=tuple(found[:MAX_SHOWN]), more=more)]

    def filter_for_time(self, now: datetime) -> Self | None:
        """Return the message without competitions that ended meanwhile; None if none is left."""
        left = tuple(one for one in self.competitions if one.deadline is None or one.deadline > now)
        if len(left) == len(self.competitions):
            return self
        return replace(self, competitions=left) if left else None
