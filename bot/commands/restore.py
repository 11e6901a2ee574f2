"""`python -m bot restore`: a backup in the place of the database."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.commands.dependencies import load_settings
from bot.commands.parser import Commands, add_command
from storage.lock import lock_database
from storage.restore import restore


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "restore",
        run,
        summary="replace the database by a backup; the old database is kept",
        details="The bot must not be running. The backup is checked first: it must be complete,\n"
        "made by Podium, and not newer than this version. The old database stays beside\n"
        "the new one, with the time in its name.",
        examples=("restore podium-backup.db",),
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")


def run(arguments: argparse.Namespace) -> int:
    """Restore a backup."""
    path = load_settings().database_path
    with lock_database(path):
        kept = restore(arguments.file, path)
    print(f"{arguments.file} is now the database {path}.")
    if kept is not None:
        print(f"The one before is kept as {kept}.")
    return 0
