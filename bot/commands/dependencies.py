"""Dependencies of the commands: settings, the open database, the Kaggle client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot import logs
from bot.commands.errors import CommandError
from bot.invocation import format_invocation
from bot.settings import Settings, SettingsWrong, find_ignored_lines, find_missing, load
from leaderboards.board import BoardKind
from leaderboards.errors import NotLoggedIn
from leaderboards.kaggle.cli_errors import START_AGAIN
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter, spawn
from records.competitions import BoardInfo
from storage.connections import describe_error
from storage.storage import Storage


def load_settings(*, discord: bool = False) -> Settings:
    """Load the settings and set up logging; raise `SettingsWrong` if any is missing or wrong.

    `discord` is for the bot itself. The other commands print what they do, so at `LOG_LEVEL` INFO
    they log only warnings.
    """
    settings = load(discord=discord)
    missing = find_missing(settings, discord=discord)
    if missing:
        raise SettingsWrong(missing + find_ignored_lines())
    quiet = not discord and settings.log_level == "INFO"
    logs.set_up("WARNING" if quiet else settings.log_level, log_format=settings.log_format)
    return settings


@asynccontextmanager
async def open_storage(
    settings: Settings, *, existing: bool = False, upgrade: bool = False
) -> AsyncIterator[Storage]:
    """Open the database; with `existing`, raise `CommandError` if there is no file.

    Only with `upgrade` an older one is upgraded; else `DatabaseUnusable` is raised for it.
    """
    path = require_database(settings) if existing else settings.database_path
    storage = await Storage.open(path, upgrade=upgrade)
    try:
        yield storage
    finally:
        await storage.close()


def require_database(settings: Settings) -> Path:
    """Return the path of the database; raise `CommandError` if there is no file."""
    path = settings.database_path
    if not database_exists(path):
        require_folder(path)
        raise CommandError(
            f"There is no database {path} yet: it is made when the bot first starts. If there is"
            " one elsewhere, set DATABASE_PATH."
        )
    return path


def require_folder(path: Path) -> None:
    """Raise `CommandError` if there is no folder in which the database can be made."""
    if not path.absolute().parent.is_dir():
        raise CommandError(
            f"{path} cannot be made: its folder is missing; make it, or change DATABASE_PATH."
        )


def database_exists(path: Path) -> bool:
    """Return whether there is a file; raise `CommandError` if this user may not look for it."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise CommandError(f"The database {path} {describe_error(error)}") from error
    return True


async def require_board(storage: Storage, slug: str, kind: BoardKind) -> BoardInfo:
    """Return the stored board of a competition; raise `CommandError` if there is none."""
    competition = await storage.competitions.find(slug)
    if competition is not None:
        info = await storage.boards.find_info(competition.id, kind)
        if info is not None:
            return info
    if kind is BoardKind.PRIVATE:
        raise CommandError(f"No private board of {slug} is stored.")
    raise CommandError(
        f"No public board of {slug} is stored; {format_invocation()} sync {slug} reads it from"
        " Kaggle."
    )


def describe_login_error(error: NotLoggedIn, command: str) -> str:
    """Return the error's sentence for a person who has used a command, not started the bot."""
    return str(error).replace(START_AGAIN, f"run {command} again")


@asynccontextmanager
async def open_kaggle(
    settings: Settings, start: CommandStarter = spawn
) -> AsyncIterator[KaggleCli]:
    """Create the Kaggle client; calls that still run at the end are stopped."""
    kaggle = KaggleCli(
        credentials=settings.kaggle_credentials(),
        timeout=settings.kaggle_timeout_seconds,
        concurrency=settings.kaggle_concurrency,
        start=start,
    )
    try:
        yield kaggle
    finally:
        kaggle.close()
