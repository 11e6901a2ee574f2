"""How a loop keeps its pace whatever happens to the machine's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
from discord.ext import tasks


def restart_after_clock_change(loop: tasks.Loop[Any]) -> None:
    """Begin a loop anew where the machine's clock was set: discord.py plans its runs by it.

    Set back by a day, the next run would be a day away; set forward, hundreds would come at once.
    Call it last in the loop's body, which it ends.
    """
    planned = loop.next_iteration
    interval = timedelta(
        hours=loop.hours or 0, minutes=loop.minutes or 0, seconds=loop.seconds or 0
    )
    if planned is not None and abs(planned - discord.utils.utcnow()) > 2 * interval:
        loop.restart()
