"""The time zones that a server can choose from, as people type them."""

from __future__ import annotations

import asyncio
from functools import cache
from zoneinfo import available_timezones

from cogs.framework.escape import plain
from cogs.framework.responses import UserError


async def time_zone(typed: str) -> str:
    """Give the name in the tz database that was typed, whole or only its city, in any case."""
    names = await asyncio.to_thread(_names)
    wanted = typed.strip().casefold().replace(" ", "_")
    if wanted in names:
        return names[wanted]
    found = {name for folded, name in names.items() if folded.rpartition("/")[2] == wanted}
    if len(found) == 1:
        return found.pop()
    raise UserError(
        f"I know no time zone {plain(typed)}. Give its name as in Europe/Berlin, America/New York"
        " or Asia/Tokyo, or UTC."
    )


@cache
def _names() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}
