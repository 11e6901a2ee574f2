"""`python -m bot doctor`: what works and what does not."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from bot import logs
from bot.commands.dependencies import (
    database_exists,
    describe_login_error,
    open_kaggle,
    open_storage,
    require_folder,
)
from bot.commands.errors import CommandError
from bot.commands.output import plural, print_result, print_warning
from bot.commands.parser import Commands, add_command
from bot.discord_login import LOGIN_ERRORS, describe_error, log_in
from bot.settings import Settings, find_missing, find_warnings, load
from leaderboards.errors import LeaderboardError, NotLoggedIn
from leaderboards.kaggle.client import KaggleCli
from storage.backup import list_daily_backups
from storage.upgrade import read_schema_state, upgrade_copy_path

_FOLDER_ACCESS = "The user that runs this must be able to read and write it."

Check = Callable[[], Awaitable[str]]


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    add_command(
        commands,
        "doctor",
        run,
        summary="check settings, database, backups, Kaggle and Discord, a line each",
        details="The exit code is 1 if one of them fails.",
        examples=("doctor",),
    )


def run(arguments: argparse.Namespace) -> int:
    """Check everything that the bot needs."""
    del arguments
    return asyncio.run(_run_checks())


async def _run_checks() -> int:
    try:
        settings = load(discord=True)
    except CommandError as error:
        for problem in str(error).splitlines():
            print_result("settings", problem, failed=True)
        return 1
    logs.set_up("ERROR")
    missing = find_missing(settings)
    for problem in missing:
        print_result("settings", problem, failed=True)
    if not missing:
        print_result("settings", "complete")
    for sentence in find_warnings():
        print_warning("settings", sentence)
    async with open_kaggle(settings) as kaggle:
        checks: list[tuple[str, Check]] = [("database", partial(_check_database, settings))]
        if settings.backup_folder is not None:
            checks.append(("backups", partial(_check_backups, settings, settings.backup_folder)))
        checks += [
            ("Kaggle CLI", partial(_check_cli, kaggle)),
            ("Kaggle login", partial(_check_kaggle_login, kaggle)),
            ("Discord", partial(_check_discord, settings)),
        ]
        passed = [await _run_check(subject, check) for subject, check in checks]
    return 0 if all(passed) and not missing else 1


async def _run_check(subject: str, check: Check) -> bool:
    try:
        print_result(subject, await check())
    except (CommandError, LeaderboardError) as error:
        print_result(subject, str(error), failed=True)
        return False
    return True


async def _check_database(settings: Settings) -> str:
    path = settings.database_path
    if not database_exists(path):
        require_folder(path)
        return f"{path} is made when the bot starts"
    state = await read_schema_state(path)
    if state.pending and state.version is not None:
        return (
            f"{path}, schema {state.version}; the next start upgrades it to"
            f" {state.pending[-1].name} and keeps a copy as"
            f" {upgrade_copy_path(path, state.pending[0].name).name}"
        )
    async with open_storage(settings) as storage:
        followed = await storage.competitions.load_followed()
    return f"{path}, schema {state.version}, {plural(len(followed), 'competition')} followed"


async def _check_backups(settings: Settings, folder: Path) -> str:
    try:
        backups = await asyncio.to_thread(list_daily_backups, settings.database_path, folder)
    except FileNotFoundError as error:
        raise CommandError(f"{folder} does not exist: make it, or change BACKUP_FOLDER.") from error
    except NotADirectoryError as error:
        raise CommandError(f"{folder} is not a folder: change BACKUP_FOLDER.") from error
    except OSError as error:
        raise CommandError(
            f"{folder} cannot be read: {error.strerror}. {_FOLDER_ACCESS}"
        ) from error
    if not os.access(folder, os.W_OK):
        raise CommandError(f"{folder} cannot be written. {_FOLDER_ACCESS}")
    return f"{folder}, {f'the newest is {backups[-1].name}' if backups else 'none yet'}"


async def _check_cli(kaggle: KaggleCli) -> str:
    await kaggle.check_version()
    return f"version {await kaggle.load_version()}"


async def _check_kaggle_login(kaggle: KaggleCli) -> str:
    try:
        await kaggle.check_login()
    except NotLoggedIn as error:
        raise CommandError(describe_login_error(error, "doctor")) from error
    return "accepted"


async def _check_discord(settings: Settings) -> str:
    if settings.discord_token is None:
        raise CommandError("not tried without a token")
    try:
        login = await log_in(settings.discord_token.get_secret_value())
    except LOGIN_ERRORS as error:
        raise CommandError(describe_error(error)) from error
    return f"logged in as {login.name}; invite it with {login.invitation}"
