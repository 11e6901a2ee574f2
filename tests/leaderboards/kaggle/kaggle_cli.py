"""The unmodified Kaggle CLI for tests, called in both ways, and the sentences of its failures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import Start, spawn
from leaderboards.kaggle.worker import CAN_FORK, ForkServer

ARCHIVE = b"PK\x03\x04 and what else a zip holds" * 50

LOGIN = "Kaggle does not accept the bot's login; put a token from"
FEWER = "Kaggle asks for fewer calls (429); wait some minutes before the next one."
TROUBLE = "Kaggle has trouble of its own ({}); try again in some minutes."

WAYS = (spawn, ForkServer)
"""How the CLI can be called: as a process of its own, and forked."""


@contextmanager
def started(way: object) -> Iterator[Start]:
    """Call the CLI in one of these ways, where the machine has it."""
    if way is spawn:
        yield spawn
        return
    if not CAN_FORK:
        pytest.skip("nothing can be forked here")
    server = ForkServer()
    yield server
    asyncio.run(server.aclose())


def cli_for(kaggle: KaggleStandIn, start: Start, **login: str) -> KaggleCli:
    """Give a CLI that talks to the stand-in."""
    cli = KaggleCli(credentials=login or CREDENTIALS, environment=kaggle.environment, start=start)
    cli._checked = True  # The version has tests of its own.
    return cli
