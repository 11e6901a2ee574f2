"""Filter of new competitions by category and words, one for each channel with a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from leaderboards.competition_info import CompetitionInfo

MAX_WORDS = 10


class FeedCategory(StrEnum):
    """Categories of competitions, the most important first."""

    FEATURED = "featured"
    RESEARCH = "research"
    SIMULATIONS = "simulations"
    HACKATHONS = "hackathons"
    PLAYGROUND = "playground"
    GETTING_STARTED = "getting_started"
    OTHER = "other"
    """Those of which Kaggle lists another category, or none."""
    COMMUNITY = "community"


CATEGORY_ORDER = tuple(FeedCategory)

DEFAULT_CATEGORIES = frozenset(FeedCategory) - {FeedCategory.COMMUNITY}
"""All but community competitions, of which anybody can make one."""

_LISTED = {
    "featured": FeedCategory.FEATURED,
    "research": FeedCategory.RESEARCH,
    "playground": FeedCategory.PLAYGROUND,
    "gettingstarted": FeedCategory.GETTING_STARTED,
    "community": FeedCategory.COMMUNITY,
}
"""By Kaggle's name in small letters, without blanks."""

_TAGGED = {"simulation": FeedCategory.SIMULATIONS, "hackathon": FeedCategory.HACKATHONS}
"""By a word in Kaggle's name of the category, or in a tag."""


def find_categories(competition: CompetitionInfo) -> frozenset[FeedCategory]:
    """Return the categories of a competition: a simulation can also be a featured one."""
    listed = re.sub(r"[^a-z]", "", (competition.category or "").casefold())
    labels = [listed, *(tag.casefold() for tag in competition.tags)]
    found = {
        category for word, category in _TAGGED.items() if any(word in label for label in labels)
    }
    if listed in _LISTED:
        found.add(_LISTED[listed])
    return frozenset(found or {FeedCategory.OTHER})


def main_category(competition: CompetitionInfo) -> FeedCategory:
    """Return the most important category of a competition."""
    return min(find_categories(competition), key=CATEGORY_ORDER.index)


def split_words(text: str) -> tuple[str, ...]:
    """Return the words that a person typed, between blanks or commas, each once."""
    words = re.split(r"[\s,;]+", text.casefold())
    return tuple(dict.fromkeys(filter(None, words)))[:MAX_WORDS]


@dataclass(frozen=True, slots=True)
class CompetitionFilter:
    """Which competitions a channel is told of."""

    categories: frozenset[FeedCategory] = DEFAULT_CATEGORIES
    words: tuple[str, ...] = ()
    """Lower case; one of them must be in the title or the slug, also within a longer word. Without
    any, all pass."""

    def select(self, competitions: Iterable[CompetitionInfo]) -> list[CompetitionInfo]:
        """Return the competitions that pass, the most important categories first."""
        passing = [one for one in competitions if self._passes(one)]
        return sorted(passing, key=lambda one: CATEGORY_ORDER.index(main_category(one)))

    def _passes(self, competition: CompetitionInfo) -> bool:
        if self.categories.isdisjoint(find_categories(competition)):
            return False
        text = f"{competition.slug} {competition.title or ''}".casefold()
        return not self.words or any(word in text for word in self.words)
