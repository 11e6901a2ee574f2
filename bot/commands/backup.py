"""`python -m bot backup`: a consistent copy of the database, also while the bot runs."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bot.commands.dependencies import load_settings, open_storage
from bot.commands.parser import Commands, add_command


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "backup",
        run,
        summary="write a consistent copy of the database, also while the bot runs",
        details="`restore` puts it back.",
        examples=("backup podium-backup.db",),
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it")


def run(arguments: argparse.Namespace) -> int:
    """Write a backup."""
    asyncio.run(_write_backup(arguments.file))
    print(f"{arguments.file}: {arguments.file.stat().st_size:,} bytes")
    return 0


async def _write_backup(target: Path) -> None:
    async with open_storage(load_settings(), existing=True) as storage:
        await storage.database.backup(target)
