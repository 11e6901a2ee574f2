"""`python -m tests.wire.run_bot … -- run`: the real bot against the stand-ins.

The bot's own command line follows after `--`; its settings come from the environment, as always.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from bot import __main__ as command_line
from bot.client import Podium
from bot.commands import run
from bot.settings import Settings
from cogs.framework.services import Kaggle
from demo.kaggle import KaggleStandIn
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter
from storage.key_values import KeyValues
from storage.storage import Storage
from tests.wire.redirect import redirect_clients, set_guild_ready_timeout

_READY_AFTER = 0.1
"""The stand-in tells all servers at once; waiting two seconds for more is in vain."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot's command line with Discord, Kaggle and the time replaced."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.run_bot", description=__doc__)
    parser.add_argument("--base-url", required=True, help="the stand-in's HTTP interface")
    parser.add_argument("--gateway-url", required=True, help="the stand-in's gateway")
    parser.add_argument("--kaggle-port", type=int, help="the port of a stand-in for Kaggle")
    parser.add_argument("--ahead", type=float, default=0, help="seconds that its clock is ahead")
    parser.add_argument(
        "--shards", type=int, help="how many; without it as many as Discord recommends"
    )
    parser.add_argument(
        "--own-worker", action="store_true", help="boards are stored by the board worker"
    )
    parser.add_argument("command", nargs="*", default=["run"], help="the bot's own arguments")
    chosen = parser.parse_args(arguments)
    redirect_clients(chosen.base_url, chosen.gateway_url)
    ahead = timedelta(seconds=chosen.ahead)
    with (
        patch.object(run, "Podium", _client(ahead, chosen.shards, own_worker=chosen.own_worker)),
        # Tests kill and start the bot a hundred times in an hour.
        patch.object(run, "limit_starts", _limit_nothing),
    ):
        if chosen.kaggle_port is None:
            return command_line.main(chosen.command)
        with patch.object(run, "open_kaggle", _kaggle(chosen.kaggle_port)):
            return command_line.main(chosen.command)


async def _limit_nothing(_key_values: KeyValues, _now: datetime) -> None:
    pass


def _client(ahead: timedelta, shards: int | None, *, own_worker: bool) -> type[Podium]:
    class PodiumOnTheWire(Podium):
        def __init__(self, storage: Storage, kaggle: Kaggle, **settings: Any) -> None:
            if not own_worker:
                # The moments at which it is to be killed are statements of its own.
                settings["sync_board"] = None
            settings |= {"now": lambda: datetime.now(UTC) + ahead, "shard_count": shards}
            super().__init__(storage, kaggle, **settings)
            set_guild_ready_timeout(self, _READY_AFTER)

        async def before_identify_hook(
            self, shard_id: int | None, *, initial: bool = False
        ) -> None:
            """Do not wait five seconds: the stand-in takes any number of shards at once."""

    return PodiumOnTheWire


def _kaggle(port: int) -> Callable[..., AbstractAsyncContextManager[KaggleCli]]:
    stand_in = KaggleStandIn()
    stand_in.port = port

    @asynccontextmanager
    async def open_kaggle(settings: Settings, start: CommandStarter) -> AsyncIterator[KaggleCli]:
        kaggle = KaggleCli(
            credentials=settings.kaggle_credentials(),
            timeout=settings.kaggle_timeout_seconds,
            concurrency=settings.kaggle_concurrency,
            environment=stand_in.environment,
            start=start,
        )
        try:
            yield kaggle
        finally:
            kaggle.close()

    return open_kaggle


if __name__ == "__main__":
    sys.exit(main())
