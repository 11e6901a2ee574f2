"""The command line: `python -m bot`."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from bot import __version__
from bot.commands.errors import CommandError
from bot.commands.parser import Parser
from bot.invocation import format_invocation
from leaderboards.errors import LeaderboardError
from leaderboards.installation import format_installation
from leaderboards.secret_redaction import redact_secrets
from storage.errors import BackupFailed, RestoreRefused

EXPECTED_ERRORS = (CommandError, LeaderboardError, BackupFailed, RestoreRefused)
EXIT_INTERRUPTED = 130

_MODULES = {
    "run": "bot.commands.run",
    "doctor": "bot.commands.doctor",
    "health": "bot.commands.health",
    "sync": "bot.commands.sync",
    "board": "bot.commands.board",
    "import": "bot.commands.import_boards",
    "history": "bot.commands.history",
    "backup": "bot.commands.backup",
    "restore": "bot.commands.restore",
    "demo": "bot.commands.demo",
}
"""By command; a module is imported when it is needed, as what `run` needs takes a second."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an expected error prints a sentence and returns exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        options = _build_parser(arguments[0] if arguments else "run").parse_args(arguments)
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


def _build_parser(command: str) -> Parser:
    """Build the parser of one command, or of all if `command` is an option or unknown."""
    parser = Parser(
        prog=format_invocation(),
        description="Podium, a Discord bot for communities that compete on Kaggle."
        "\n\nWithout a command the bot runs. Settings come from the environment and from .env;"
        "\n.env.example lists them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Podium {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in [command] if command in _MODULES else _MODULES:
        try:
            module = importlib.import_module(_MODULES[name])
        except ModuleNotFoundError as error:
            raise CommandError(
                f"Podium's packages are not installed for this Python ({error});"
                f" run: {format_installation()}"
            ) from error
        module.add_to(commands)
        if name == "run":
            parser.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
