"""How this command line is started: `.venv/bin/python -m bot`, or another Python."""

from __future__ import annotations

import sys
from pathlib import Path


def format_invocation() -> str:
    """Return what a person types in this folder to start this command line again."""
    if not sys.executable:
        return "python -m bot"
    executable = Path(sys.executable)
    if executable.suffix == ".exe":
        executable = executable.with_suffix("")
    # Outside this folder is an installed Python, which is found by its name.
    here = Path.cwd()
    python = executable.relative_to(here) if executable.is_relative_to(here) else executable.name
    return f"{python} -m bot"
