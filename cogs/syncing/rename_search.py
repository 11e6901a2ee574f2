"""The search for the new slug of a competition that Kaggle renamed."""

from __future__ import annotations

import logging

from cogs.framework.services import Kaggle
from leaderboards.errors import LeaderboardError
from leaderboards.news.deadlines import is_moved
from records.competitions import Competition

logger = logging.getLogger(__name__)

_MAX_SEARCHES = 3


async def find_new_slug(kaggle: Kaggle, competition: Competition) -> str | None:
    """Return the only competition of Kaggle's list with the same deadline and similar words.

    None if there is none, if the old slug is still listed, or if the list cannot be read.
    """
    if competition.deadline is None:
        return None
    words = competition.slug.split("-")
    searches = dict.fromkeys([" ".join(words), *sorted(words, key=len, reverse=True)])
    try:
        for search in list(searches)[:_MAX_SEARCHES]:
            found = await kaggle.search_competitions(search)
            if any(one.slug == competition.slug for one in found):
                return None
            same = {
                one.slug
                for one in found
                if one.deadline is not None
                and not is_moved(one.deadline, competition.deadline)
                and competition.category in (None, one.category)
            }
            if len(same) == 1:
                return same.pop()
    except LeaderboardError as error:
        logger.warning("%s: no new slug was looked for: %s", competition.slug, error)
    return None
