"""Protection of `tasks.loop` against changes of the system clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
from discord.ext import tasks


def restart_after_clock_change(loop: tasks.Loop[Any]) -> None:
    """Restart a loop if the system clock was changed; discord.py schedules its runs by that clock.

    If the clock was set back by a day, the next run would be a day away; if it was set forward,
    missed runs would follow each other at once. Call it last in the loop's body: a restart ends
    the body.
    """
    planned = loop.next_iteration
    interval = timedelta(
        hours=loop.hours or 0, minutes=loop.minutes or 0, seconds=loop.seconds or 0
    )
    if planned is not None and abs(planned - discord.utils.utcnow()) > 2 * interval:
        loop.restart()
