"""What a bot that was killed left behind: the folders of its calls to Kaggle, and the calls."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

_PREFIX = "podium-kaggle-"
_FOLDER = re.compile(rf"{_PREFIX}(\d+)-")
_CERTAINLY_OVER = 24 * 60 * 60.0
"""Seconds; by then a process number may belong to another program."""


def folder_prefix() -> str:
    """Give how a call's temporary folder begins: it says whose it is."""
    return f"{_PREFIX}{os.getpid()}-"


def remove_orphans() -> None:
    """End the calls and remove the folders of bots that are dead; to be done before any call."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _is_left(folder):
            _end_calls_in(folder)
            shutil.rmtree(folder, ignore_errors=True)
            logger.info("Removed %s, which a bot that was killed left behind", folder)


def _is_left(folder: Path) -> bool:
    found = _FOLDER.match(folder.name)
    try:
        state = folder.lstat()
    except FileNotFoundError:
        return False
    if found is None or not _is_ours(state):
        return False
    return not _is_alive(int(found[1])) or time.time() - state.st_mtime > _CERTAINLY_OVER


if sys.platform == "win32":  # pragma: no cover

    def _is_ours(state: os.stat_result) -> bool:
        return not state.st_reparse_tag

    def _is_alive(process: int) -> bool:
        # There os.kill ends what it asks for; only the time tells.
        return process != os.getpid()

else:

    def _is_ours(state: os.stat_result) -> bool:
        return state.st_uid == os.getuid()

    def _is_alive(process: int) -> bool:
        # In a container the next bot often has the number of the last.
        if process == os.getpid():
            return False
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


def _end_calls_in(folder: Path) -> None:
    """End what still runs in a folder; only Linux tells."""
    if sys.platform != "linux":
        return
    folder = folder.resolve()
    for process in Path("/proc").glob("[0-9]*"):
        # It may end meanwhile, and what others run is not shown.
        with suppress(OSError):
            if (process / "cwd").readlink() == folder:
                os.kill(int(process.name), signal.SIGKILL)
