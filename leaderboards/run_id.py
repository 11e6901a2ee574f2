"""Identity of a process, by which the next bot finds what a killed one left."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

VARIABLE = "PODIUM_RUN"
"""Environment variable with the run id of the bot, or other command, that started a process."""

PATTERN = re.compile(r"(\d+)-(\d+)")

_STATE, _STARTED = 0, 19
"""Fields of /proc/PID/stat after the name of the program."""


def run_id() -> str:
    """Return `PID-START` of this process; the start is in ticks since the boot, 0 if unknown."""
    return f"{os.getpid()}-{_find_start(os.getpid())}"


def is_running(id_: str) -> bool:
    """Return whether a process runs; True if this system does not tell."""
    found = PATTERN.fullmatch(id_)
    if found is None:
        return True
    pid, start = int(found[1]), int(found[2])
    return _is_running(pid, start)


if sys.platform == "linux":

    def _is_running(pid: int, start: int) -> bool:
        if _find_start(os.getpid()) == 0:
            return True  # There is no /proc.
        # The system gives the id of an ended process to another one, in a container at once.
        return start != 0 and _find_start(pid) == start

elif sys.platform == "win32":  # pragma: no cover

    def _is_running(pid: int, start: int) -> bool:
        # os.kill would end the process there.
        del start
        return pid != os.getpid()

else:  # pragma: no cover

    def _is_running(pid: int, start: int) -> bool:
        del start
        if pid == os.getpid():
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


def _find_start(pid: int) -> int:
    """Return when a process started; 0 for none, or one that has ended but is still listed."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[_STATE] in {"Z", "X"} else int(fields[_STARTED])
