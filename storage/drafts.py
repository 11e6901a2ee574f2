"""Hidden files that become a database or a backup when they are complete."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from leaderboards import run_id

_NAME = re.compile(rf"\..+\.podium-({run_id.PATTERN.pattern})-[0-9a-f]{{8}}(-journal|-wal|-shm)?")

_MAX_AGE_SECONDS = 24 * 60 * 60.0
"""Seconds; an older draft is removed even if its process seems to run."""


def choose_draft(path: Path) -> Path:
    """Return a temporary path, renamed to `path` when complete."""
    return path.with_name(f".{path.name}.podium-{run_id.run_id()}-{secrets.token_hex(4)}")


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a complete draft to `path`, once the disk has it."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(path)


def remove_orphaned_drafts(folders: Iterable[Path]) -> None:
    """Remove the drafts in some folders whose process was killed.

    Windows does not tell which processes run: there they are removed when they are a day old.
    What cannot be read or removed, such as on a network disk that is gone, is left.
    """
    for folder in folders:
        drafts: list[Path] = []
        with suppress(OSError):
            drafts.extend(folder.glob(".*.podium-*"))
        for path in drafts:
            found = _NAME.fullmatch(path.name)
            if found is None:
                continue
            with suppress(OSError):
                age = time.time() - path.stat().st_mtime
                if age > _MAX_AGE_SECONDS or not run_id.is_running(found[1]):
                    path.unlink()
