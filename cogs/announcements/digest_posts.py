"""Topics and notebooks in digests, and the teams that rose after a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cogs.framework.services import Services
from leaderboards.board import BoardKind
from leaderboards.feeds.post_effect import WINDOW
from leaderboards.feeds.posts import Post
from leaderboards.news.new_posts import NotebookEffect, PostSummary
from records.competitions import Competition


async def load_post_summaries(
    services: Services,
    guild_id: int,
    competitions: Sequence[Competition],
    since: datetime,
    until: datetime,
) -> dict[int, PostSummary]:
    """Load what a server's digest tells of a period, by competition.

    What came after a notebook is known two hours later, so the period of the effects ends, and
    begins, two hours before that of the digest.
    """
    posts = services.storage.posts
    summaries = await posts.load_untold(guild_id, since, until)
    notebooks = await posts.load_published_notebooks(
        guild_id, since - WINDOW, until - WINDOW, WINDOW
    )
    for competition in competitions:
        published = notebooks.get(competition.id)
        effects = await _find_effects(services, competition, published) if published else ()
        if effects:
            summary = summaries.get(competition.id, PostSummary(competition.slug, ()))
            summaries[competition.id] = replace(summary, effects=effects)
    return summaries


async def _find_effects(
    services: Services, competition: Competition, notebooks: Sequence[Post]
) -> tuple[NotebookEffect, ...]:
    """Return what came after notebooks; nothing where ranks change without submissions."""
    info = await services.storage.boards.find_info(competition.id)
    if info is None or info.kind is BoardKind.PRIVATE or info.scores_move:
        return ()
    moments = [notebook.posted_at for notebook in notebooks if notebook.posted_at is not None]
    return tuple(
        NotebookEffect(
            title=notebooks[effect.index].title,
            url=notebooks[effect.index].url,
            teams=effect.teams,
            places=effect.places,
            usual=round(effect.usual),
            others=effect.others,
        )
        for effect in await services.storage.history.find_post_effects(info, moments)
    )
