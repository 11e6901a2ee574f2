"""Hidden files that become a database or a backup when they are complete."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from leaderboards import run_id

_NAME = re.compile(rf"\..+\.podium-({run_id.PATTERN.pattern})-[0-9a-f]{{8}}(-journal|-wal|-shm)?")


def choose_draft(path: Path) -> Path:
    """Return a temporary path, renamed to `path` when complete."""
    return path.with_name(f".{path.name}.podium-{run_id.run_id()}-{secrets.token_hex(4)}")


def remove_orphaned_drafts(folders: Iterable[Path]) -> None:
    """Remove the drafts in some folders whose process was killed."""
    for folder in folders:
        for path in folder.glob(".*.podium-*"):
            found = _NAME.fullmatch(path.name)
            if found is not None and not run_id.is_running(found[1]):
                with suppress(OSError):
                    path.unlink()
