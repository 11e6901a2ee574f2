"""Removal of the processes and temporary folders of bots that were killed."""

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
from multiprocessing import util
from pathlib import Path

from leaderboards import run_id

logger = logging.getLogger(__name__)

_CALL_PREFIX = "podium-kaggle-"
_CALL_NAME = re.compile(rf"{_CALL_PREFIX}({run_id.PATTERN.pattern})-")
_OWNER_PREFIX = "podium-"
"""Prefix of the marker file that names the owner of a `multiprocessing` folder."""
_MAX_AGE_SECONDS = 24 * 60 * 60.0
"""Seconds; an older folder of a call is removed even if its bot seems to run."""


def folder_prefix() -> str:
    """Return the prefix of this process's temporary folders, with its id."""
    return f"{_CALL_PREFIX}{run_id.run_id()}-"


def mark_multiprocessing_folder() -> None:
    """Mark the folder of `multiprocessing`'s sockets, whose name says nothing."""
    with suppress(OSError):
        Path(util.get_temp_dir(), f"{_OWNER_PREFIX}{run_id.run_id()}").touch(0o600)


def remove_orphans() -> None:
    """Kill the processes and remove the folders of dead bots; must run before the first call."""
    _kill_processes()
    temporary = Path(tempfile.gettempdir())
    for folder in (*temporary.glob(f"{_CALL_PREFIX}*"), *temporary.glob("pymp-*")):
        if _is_orphan(folder):
            shutil.rmtree(folder, ignore_errors=True)
            logger.info("Removed %s, which a killed bot left", folder)


def _is_orphan(folder: Path) -> bool:
    try:
        state = folder.lstat()
    except FileNotFoundError:
        return False
    run = _find_owner(folder) if _is_ours(state) else None
    if run is None:
        return False
    return not run_id.is_running(run) or (
        folder.name.startswith(_CALL_PREFIX) and time.time() - state.st_mtime > _MAX_AGE_SECONDS
    )


def _find_owner(folder: Path) -> str | None:
    """Return the run to which a folder belongs; None if it is not Podium's."""
    if found := _CALL_NAME.match(folder.name):
        return found[1]
    marker = next(folder.glob(f"{_OWNER_PREFIX}*"), None)
    return None if marker is None else marker.name.removeprefix(_OWNER_PREFIX)


if sys.platform == "win32":  # pragma: no cover

    def _is_ours(state: os.stat_result) -> bool:
        return not state.st_reparse_tag

else:

    def _is_ours(state: os.stat_result) -> bool:
        return state.st_uid == os.getuid()


def _kill_processes() -> None:
    """Kill the processes that dead bots started (Linux only)."""
    if sys.platform != "linux":
        return
    key = f"{run_id.VARIABLE}=".encode()
    for process in Path("/proc").glob("[0-9]*"):
        # The process may end meanwhile, or belong to another user.
        with suppress(OSError):
            variables = (process / "environ").read_bytes().split(b"\0")
            run = next((one.removeprefix(key) for one in variables if one.startswith(key)), b"")
            if run and not run_id.is_running(run.decode("ascii", "replace")):
                os.kill(int(process.name), signal.SIGKILL)
                logger.info("Ended process %s, which a killed bot left", process.name)
