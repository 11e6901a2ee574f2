"""Spares Python's garbage collector what stays, and what goes by itself.

A full collection walks through every object that there is, the libraries and all servers with their
channels, and holds the event loop up meanwhile: a tenth of a second with 5,000 servers, time and
again as messages are sent.
"""

from __future__ import annotations

import gc

from bot.client import Podium

_NEW_OBJECTS = 5_000
"""So many are made before the collector looks for cycles among them; in Python 3.11 it is 700.

A message makes hundreds, and nearly all are gone before anybody has to look for them.
"""


def spare_servers(bot: Podium) -> None:
    """Have a process look for cycles seldom, and its bot spare what is there when it is ready.

    Discord tells the servers just before, at the start and after each lost session.
    """
    gc.set_threshold(_NEW_OBJECTS)

    async def on_ready() -> None:
        spare_all()

    bot.add_listener(on_ready)


def spare_all() -> None:
    """Take all that is there now out of what is walked through, until this is called again."""
    # Those that Discord told before a lost session are let go by this.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
