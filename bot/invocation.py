"""Command with which this command line is started: `.venv/bin/python -m bot`, or another Python."""

from __future__ import annotations

from leaderboards.installation import format_python


def format_invocation() -> str:
    """Return what a person types in this folder to start this command line again."""
    return f"{format_python()} -m bot"
