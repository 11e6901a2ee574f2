"""Removal of what killed bots left behind: CLI calls and temporary folders."""

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

_FOLDER_PREFIX = "podium-kaggle-"
_FOLDER_NAME = re.compile(rf"{_FOLDER_PREFIX}(\d+)-")
_MAX_AGE_SECONDS = 24 * 60 * 60.0
"""Seconds; an older folder is removed even if a process with its bot's id runs."""


def folder_prefix() -> str:
    """Return the prefix of this process's temporary folders, with its process id."""
    return f"{_FOLDER_PREFIX}{os.getpid()}-"


def remove_orphans() -> None:
    """Kill the calls and remove the folders of dead bots; must run before the first call."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        if _is_orphan(folder):
            _kill_calls_in(folder)
            shutil.rmtree(folder, ignore_errors=True)
            logger.info("Removed %s, which a bot that was killed left behind", folder)


def _is_orphan(folder: Path) -> bool:
    found = _FOLDER_NAME.match(folder.name)
    try:
        state = folder.lstat()
    except FileNotFoundError:
        return False
    if found is None or not _is_ours(state):
        return False
    return not _is_alive(int(found[1])) or time.time() - state.st_mtime > _MAX_AGE_SECONDS


if sys.platform == "win32":  # pragma: no cover

    def _is_ours(state: os.stat_result) -> bool:
        return not state.st_reparse_tag

    def _is_alive(process: int) -> bool:
        # os.kill would end the process there, so only the age decides.
        return process != os.getpid()

else:

    def _is_ours(state: os.stat_result) -> bool:
        return state.st_uid == os.getuid()

    def _is_alive(process: int) -> bool:
        # In a container, the next bot often has the process id of the last one.
        if process == os.getpid():
            return False
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


def _kill_calls_in(folder: Path) -> None:
    """Kill the processes whose working directory is a folder (Linux only)."""
    if sys.platform != "linux":
        return
    folder = folder.resolve()
    for process in Path("/proc").glob("[0-9]*"):
        # The process may end meanwhile, or belong to another user.
        with suppress(OSError):
            if (process / "cwd").readlink() == folder:
                os.kill(int(process.name), signal.SIGKILL)
