"""Resource usage of the process: tasks, descriptors, files, objects, memory."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

_OWN = ("bot", "cogs", "leaderboards", "storage")


@dataclass(frozen=True, slots=True)
class ResourceUsage:
    """Counts that must not grow."""

    tasks: int
    descriptors: int
    files: int
    """In the folder for temporary files."""
    objects: int
    """Of the bot's own classes, alive in memory."""
    mebibytes: int
    """The whole process, with the simulated Discord and what it remembers of the last hours."""

    @classmethod
    def now(cls) -> ResourceUsage:
        """Count, after a garbage collection."""
        gc.collect()
        own = [o for o in gc.get_objects() if str(type(o).__module__).partition(".")[0] in _OWN]
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            tasks=len(asyncio.all_tasks()),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            files=len(list(Path(tempfile.gettempdir()).iterdir())),
            objects=len(own),
            mebibytes=pages * os.sysconf("SC_PAGESIZE") // 2**20,
        )

    def growth_since(self, before: ResourceUsage) -> list[str]:
        """Return a line for each count that has grown by more than measurement noise."""
        tolerances = {"tasks": 3, "descriptors": 5, "files": 0, "objects": 200, "mebibytes": 10}
        return [
            f"{name}: {getattr(before, name)} became {getattr(self, name)}"
            for name, tolerance in tolerances.items()
            if getattr(self, name) > getattr(before, name) + tolerance
        ]
