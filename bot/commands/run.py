"""`python -m bot`: the bot itself."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from datetime import UTC, datetime

from bot.board_worker import BoardWorker
from bot.client import Podium, tune_garbage_collection
from bot.commands.dependencies import load_settings, open_kaggle, open_storage
from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command
from bot.discord_login import LOGIN_ERRORS, describe_error
from bot.health_recorder import record_health
from bot.settings import Settings, find_warnings
from bot.shutdown_timeout import shutdown_timeout
from bot.start_limit import limit_starts
from bot.systemd import watchdog
from leaderboards import run_id
from leaderboards.kaggle.cli_errors import LOGIN_MISSING
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import select_start
from leaderboards.kaggle.orphan_cleanup import remove_orphans
from storage.drafts import remove_orphaned_drafts
from storage.lock import lock_database

logger = logging.getLogger(__name__)

_WARM_UP_AFTER = 30.0
"""Seconds until plotting is loaded, so that it delays neither the start nor the first sync."""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    add_command(
        commands,
        "run",
        run,
        summary="run the bot until Ctrl-C; also what happens without a command",
        examples=("", "run"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the bot until it is stopped."""
    del arguments
    settings = load_settings(discord=True)
    for sentence in find_warnings():
        logger.warning(sentence)
    # Ctrl-C and SIGTERM end the bot in the same way, also where it was started with SIGINT
    # ignored, as a script's background jobs are.
    previous_handlers = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(
            signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
        ),
    }
    os.environ[run_id.VARIABLE] = run_id.run_id()  # The board worker inherits it.
    try:
        with lock_database(settings.database_path), shutdown_timeout() as start_countdown:
            asyncio.run(_serve(settings, start_countdown))
    except KeyboardInterrupt:
        logger.info("Stopped")
    finally:
        os.environ.pop(run_id.VARIABLE, None)
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
    return 0


def _create_board_worker(settings: Settings) -> BoardWorker:
    return BoardWorker(
        settings.database_path, log_level=settings.log_level, log_format=settings.log_format
    )


def _open_metrics(
    settings: Settings, bot: Podium, kaggle: KaggleCli
) -> AbstractAsyncContextManager[None]:
    if settings.metrics_address is None:
        return nullcontext()
    # Only where it is wanted: without it the bot needs neither the package nor a web server.
    from bot.metrics import serve_metrics  # noqa: PLC0415

    return serve_metrics(settings.metrics_address, bot, kaggle)


async def _serve(settings: Settings, start_countdown: Callable[[], None]) -> None:
    """Run the bot; a stop starts the countdown at once, also while a migration runs."""
    serving = asyncio.create_task(_run_bot(settings, start_countdown))
    try:
        # A cancelled `await serving` raises only once the bot has stopped: too late to count down.
        await asyncio.wait([serving])
    except asyncio.CancelledError:
        start_countdown()
        serving.cancel()
    await serving


async def _run_bot(settings: Settings, start_countdown: Callable[[], None]) -> None:
    if settings.discord_token is None:
        raise CommandError("DISCORD_TOKEN is not set.")
    await asyncio.to_thread(remove_orphans)
    await asyncio.to_thread(remove_orphaned_drafts, [settings.database_path.resolve().parent])
    if settings.backup_folder is not None:
        # In a daemon thread: a network disk that never answers delays neither start nor stop.
        threading.Thread(
            target=remove_orphaned_drafts, args=([settings.backup_folder],), daemon=True
        ).start()
    async with (
        open_storage(settings, upgrade=True) as storage,
        watchdog(),
        open_kaggle(settings, select_start()) as kaggle,
        aclosing(_create_board_worker(settings)) as worker,
        Podium(
            storage,
            kaggle,
            sync_minutes=settings.sync_minutes,
            quiet_sync_minutes=settings.quiet_sync_minutes,
            feed_minutes=settings.feed_minutes,
            dev_guild_id=settings.dev_guild_id,
            sync_board=worker.sync_board,
            retention=settings.retention(),
            limits=settings.limits(),
            backup_folder=settings.backup_folder,
        ) as bot,
        record_health(bot),
        _open_metrics(settings, bot, kaggle),
    ):
        if not kaggle.has_login():
            logger.warning(LOGIN_MISSING)
        tune_garbage_collection(bot)
        warm_up = asyncio.get_running_loop().call_later(
            _WARM_UP_AFTER, bot.services.plot_renderer.warm_up
        )
        try:
            await limit_starts(storage.key_values, datetime.now(UTC))
            await bot.start(settings.discord_token.get_secret_value())
        except LOGIN_ERRORS as error:
            raise CommandError(describe_error(error)) from error
        finally:
            warm_up.cancel()
            start_countdown()
