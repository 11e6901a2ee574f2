"""`python -m bot backup`: a consistent copy of the database, also while the bot runs."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from bot.commands.dependencies import load_settings, require_database
from bot.commands.errors import CommandError
from bot.commands.output import plural
from bot.commands.parser import Commands, add_command
from storage.backup import write_backup


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "backup",
        run,
        summary="write a consistent copy of the database, also while the bot runs",
        details="A database of any version is copied as it is, and the copy is checked.\n"
        "`restore` puts it back.",
        examples=("backup podium-backup.db",),
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Write a backup."""
    database, file = require_database(load_settings()), arguments.file
    # `Path.is_dir` raises an error for a name that is too long, which `write_backup` reports.
    if os.path.isdir(file):  # noqa: PTH112
        raise CommandError(
            f"No backup was written to {file}: that is a folder; give the name of a file"
        )
    asyncio.run(write_backup(database, file, replace=arguments.force))
    print(f"{file}: {plural(file.stat().st_size, 'byte')}")
    return 0
