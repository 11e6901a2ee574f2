"""`python -m bot`: the bot itself."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import aclosing

from bot.board_worker import Intake
from bot.client import Podium
from bot.commands.errors import Failure
from bot.commands.parser import Commands, add_command
from bot.discord_login import REFUSALS, reason
from bot.garbage import spare_servers
from bot.resources import kaggle_of, settings_for, storage_of
from bot.settings import Settings
from bot.shutdown import ending_in_time
from leaderboards.kaggle.orphan_cleanup import remove_leftovers
from leaderboards.kaggle.worker import ForkServer
from storage.lock import only_bot

logger = logging.getLogger(__name__)

_WARM_UP_AFTER = 30.0
"""Seconds after which what draws is loaded, so that it holds up neither start nor first sync."""


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
    settings = settings_for(discord=True)
    # Ctrl-C is ignored by what a script starts in the background, and SIGTERM becomes one.
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(
            signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
        ),
    }
    try:
        with only_bot(settings.database_path), ending_in_time() as begin_the_end:
            asyncio.run(_serve(settings, begin_the_end))
    except KeyboardInterrupt:
        logger.info("Stopped")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


async def _serve(settings: Settings, begin_the_end: Callable[[], None]) -> None:
    if settings.discord_token is None:
        raise Failure("DISCORD_TOKEN is not set.")
    await asyncio.to_thread(remove_leftovers)
    async with (
        storage_of(settings) as storage,
        # Closed after the calls that it started.
        aclosing(ForkServer()) as forks,
        kaggle_of(settings, forks) as kaggle,
        aclosing(Intake(settings.database_path)) as intake,
        Podium(
            storage,
            kaggle,
            sync_minutes=settings.sync_minutes,
            quiet_sync_minutes=settings.quiet_sync_minutes,
            dev_guild_id=settings.dev_guild_id,
            intake=intake,
            keep=settings.keep(),
        ) as bot,
    ):
        spare_servers(bot)
        later = asyncio.get_running_loop().call_later(_WARM_UP_AFTER, bot.services.studio.warm_up)
        try:
            await bot.start(settings.discord_token.get_secret_value())
        except REFUSALS as error:
            raise Failure(reason(error)) from error
        finally:
            later.cancel()
            begin_the_end()
