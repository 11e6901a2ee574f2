"""Begins a process that works behind the bot: whoever asks something of the bot goes first."""

from __future__ import annotations

import os
from importlib import import_module


def begin(module: str, function: str, *arguments: object) -> None:
    """Call a function of a module, which is only then imported: that alone may take a second.

    On Linux the scheduler lets such a process wait for all others of its service. Elsewhere it is
    one like any other.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    getattr(import_module(module), function)(*arguments)
