"""`python -m bot demo`: a demonstration that needs no account."""

from __future__ import annotations

import argparse
import importlib

from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command
from leaderboards.installation import format_installation

_DEMO_PACKAGES = frozenset({"simcord", "aiohttp"})


def add_to(commands: Commands) -> None:
    """Add the command to the command line; the demo itself parses its arguments."""
    parser = add_command(
        commands,
        "demo",
        run,
        summary="show the bot at work in the browser, without any account",
        add_help=False,
        prefix_chars="\0",
    )
    parser.add_argument("arguments", nargs="*")


def run(arguments: argparse.Namespace) -> int:
    """Run the demo."""
    try:
        # By name: the demo is a layer above the bot, and needs packages of its own.
        demo = importlib.import_module("demo.__main__")
    except ModuleNotFoundError as error:
        if error.name == "demo":
            raise CommandError(
                "The demo is not installed here, such as in a container: use a clone of Podium."
            ) from error
        if (error.name or "").partition(".")[0] not in _DEMO_PACKAGES:
            raise
        raise CommandError(
            f"The demo needs packages of its own; run: {format_installation('demo')}"
        ) from error
    return int(demo.main(arguments.arguments))
