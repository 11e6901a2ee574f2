"""Competitions that Kaggle renamed: the search for the new name, and the button that offers it."""

from __future__ import annotations

import logging
from typing import Any

from discord import ui

from cogs.framework.services import Kaggle
from leaderboards.errors import LeaderboardError
from leaderboards.news.deadlines import is_moved
from records.competitions import Competition

logger = logging.getLogger(__name__)

_MAX_SEARCHES = 3
_MAX_CUSTOM_ID, _MAX_LABEL = 100, 80
"""Discord's limits for the characters of a button."""


def rename_custom_id(step: str, competition_id: int, new_slug: str) -> str:
    """Return the custom_id of a button of `cogs/competitions/rename_controls.py`."""
    return f"rename:{step}:{competition_id}:{new_slug}"


def build_rename_buttons(competition_id: int, new_slug: str) -> list[ui.Button[Any]]:
    """Build the button that offers to move a competition; none if the name is too long for one."""
    # The ids with `move` and `keep`, in the question, are longer than the one with `ask`.
    if len(rename_custom_id("move", competition_id, new_slug)) > _MAX_CUSTOM_ID:
        return []
    custom_id = rename_custom_id("ask", competition_id, new_slug)
    return [ui.Button(label=f"Move it to {new_slug}"[:_MAX_LABEL], custom_id=custom_id)]


async def find_new_slug(kaggle: Kaggle, competition: Competition) -> str | None:
    """Return the only competition of Kaggle's list with the same deadline and similar words.

    None if there is none, if the old name is still listed, or if the list cannot be read.
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
        logger.warning("%s: no new name was looked for: %s", competition.slug, error)
    return None
