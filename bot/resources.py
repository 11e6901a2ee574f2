"""What the commands of the command line open before they work, and close after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot import logs
from bot.commands.errors import CommandError
from bot.settings import Settings, SettingsWrong, load, problems
from leaderboards.board import BoardKind
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import Start, spawn
from records.competitions import BoardInfo
from storage.storage import Storage


def load_settings(*, discord: bool = False) -> Settings:
    """Read the settings and start the log; names all that is missing or wrong.

    A command that ends by itself says what it does; its log holds only what is worth a warning.
    """
    settings = load()
    missing = problems(settings, discord=discord)
    if missing:
        raise SettingsWrong(missing)
    quiet = not discord and settings.log_level == "INFO"
    logs.set_up("WARNING" if quiet else settings.log_level)
    return settings


@asynccontextmanager
async def open_storage(settings: Settings, *, existing: bool = False) -> AsyncIterator[Storage]:
    """Open the database; with `existing` a missing file is a failure."""
    path = settings.database_path
    if existing and not path.exists():
        raise CommandError(f"There is no database {path}: DATABASE_PATH says where it is.")
    storage = await Storage.open(path)
    try:
        yield storage
    finally:
        await storage.close()


async def require_board(storage: Storage, slug: str, kind: BoardKind) -> BoardInfo:
    """Tell which board of a competition is stored; none is a failure."""
    competition = await storage.competitions.get(slug)
    if competition is not None:
        info = await storage.boards.info(competition.id, kind)
        if info is not None:
            return info
    raise CommandError(f"No {kind} board of {slug} is stored.")


@asynccontextmanager
async def open_kaggle(settings: Settings, start: Start = spawn) -> AsyncIterator[KaggleCli]:
    """Open the way to Kaggle; calls still under way at the end are stopped."""
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
