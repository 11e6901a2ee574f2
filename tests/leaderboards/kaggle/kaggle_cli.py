"""The unmodified Kaggle CLI for tests, started in both ways, and its error messages."""

from __future__ import annotations

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.fork_server import select_start
from leaderboards.kaggle.process import CommandStarter, spawn

ZIP_FILE = b"PK\x03\x04 and what else a zip holds" * 50

LOGIN = "Kaggle does not accept the bot's login; make a new token at"
NO_LOGIN = "The bot has no Kaggle login; make a token at"
FEWER = "Kaggle asks for fewer calls (429); wait some minutes before the next one."
TROUBLE = "Kaggle has trouble of its own ({}); try again in some minutes."

STARTS = ("spawn", "fork server")
"""How a call of the CLI can be started."""


def find_start(name: str) -> CommandStarter:
    """Return one of these ways; skip the test where the system does not have it."""
    if name == "spawn":
        return spawn
    start = select_start()
    if start is spawn:
        pytest.skip("no fork server on this system")
    return start


def build_cli(kaggle: KaggleStandIn, start: CommandStarter, **login: str) -> KaggleCli:
    """Build a CLI that talks to the stand-in."""
    cli = KaggleCli(credentials=login or CREDENTIALS, environment=kaggle.environment, start=start)
    cli._version_checked = True  # The version has tests of its own.
    return cli
