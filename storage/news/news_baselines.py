"""News baselines: what servers were last told, from which the next news is counted."""

from __future__ import annotations

import aiosqlite

from storage.blocking_connection import Parameters


async def reset_baselines(
    connection: aiosqlite.Connection,
    where: str,
    parameters: Parameters = (),
    *,
    skip_next_news: bool = True,
) -> None:
    """Reset what was announced for some follows: news is counted from their next board.

    `where` selects them by `guild_id` and `competition_id`. With `skip_next_news` that board itself
    is no news.
    """
    await connection.execute(
        f"UPDATE follows SET skip_next_news = {'1' if skip_next_news else 'skip_next_news'},"  # noqa: S608
        f" leader_team_id = NULL, leader_announced_at = NULL WHERE {where}",
        parameters,
    )
    for table in ("news_baselines", "watch_baselines"):
        await connection.execute(f"DELETE FROM {table} WHERE {where}", parameters)  # noqa: S608
