"""The argument parser of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol

from bot.invocation import format_invocation
from leaderboards.errors import InvalidInput
from leaderboards.kaggle_ids import parse_competition

Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """Argument parser that reports an error in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and where help is, and exit."""
        self.exit(1, f"{message[:1].upper()}{message[1:]}. Help: {self.prog} --help\n")


class Commands(Protocol):
    """Type of what `Parser.add_subparsers` returns."""

    def add_parser(self, name: str, **options: Any) -> Parser:  # noqa: ANN401
        """Add the parser of a command."""
        ...


def add_command(
    commands: Commands,
    name: str,
    run: Run,
    *,
    summary: str,
    details: str = "",
    examples: tuple[str, ...] = (),
    add_help: bool = True,
    prefix_chars: str = "-",
) -> Parser:
    """Add a command with its help."""
    lines = "\n".join(f"  {format_invocation()} {example}".rstrip() for example in examples)
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.\n\n{details}".strip(),
        epilog=f"examples:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=add_help,
        prefix_chars=prefix_chars,
    )
    parser.set_defaults(run=run)
    return parser


def parse_slug(text: str) -> str:
    """Parse a competition's slug or address."""
    try:
        return parse_competition(text)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(str(error).removesuffix(".")) from None


def parse_time(text: str) -> datetime:
    """Parse an ISO 8601 time; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time; write it like 2026-08-09T17:27:46Z"
        ) from None
