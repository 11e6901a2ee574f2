"""The command line: `python -m bot`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from bot import __version__
from bot.commands import (
    backup,
    board,
    demo,
    doctor,
    health,
    history,
    import_boards,
    restore,
    run,
    sync,
)
from bot.commands.errors import CommandError
from bot.commands.parser import Parser
from leaderboards.errors import LeaderboardError
from leaderboards.secret_redaction import redact_secrets
from storage.errors import BackupFailed, DatabaseUnusable, RestoreRefused

EXPECTED_ERRORS = (CommandError, LeaderboardError, DatabaseUnusable, BackupFailed, RestoreRefused)
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an expected error prints a sentence and returns exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _build_parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except EXPECTED_ERRORS as error:
        print(redact_secrets(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of the output, such as `head`, has closed it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _build_parser() -> Parser:
    parser = Parser(
        prog="python -m bot",
        description="Podium, a Discord bot for communities that compete on Kaggle."
        "\n\nWithout a command the bot runs. Settings come from the environment and from .env;"
        "\n.env.example lists them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Podium {__version__}")
    parser.set_defaults(run=run.run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for module in (run, doctor, health, sync, board, import_boards, history, backup, restore, demo):
        module.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
