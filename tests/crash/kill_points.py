"""The points at which the bot is killed."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum

from tests.crash.bot_process import BotProcess
from tests.crash.environment import Environment, StuckError, wait_until
from tests.crash.kill_switch import Statement
from tests.crash.power_loss import cut_power
from tests.wire import faults


class KillPoint(StrEnum):
    """What the bot is doing when it is killed."""

    START = "while it starts"
    READING = "while it asks Kaggle and reads"
    TRANSACTION = "in the board's transaction"
    WORKER = "in the board's transaction, in the board worker"
    BEFORE_SENDING = "between commit and send"
    UNANSWERED = "between sending and marking"
    SEARCHING = "while it searches for what it sent"
    MARKING = "while it marks what it sent"
    RECONNECTING = "while it reconnects"
    RESTING = "at rest"
    """The chosen point was not reached."""


_BOARD = "INSERT INTO log_segments"
_SENDING = "UPDATE outbox SET attempted_at = coalesce"
_DELIVERED = "UPDATE outbox SET delivered_at"

_IN_TRANSACTION = (
    (Statement("UPDATE competitions SET synced_at"), 1),
    (Statement("INSERT INTO boards"), 1),
    (Statement("INSERT OR REPLACE INTO teams"), 40),
    (Statement("INSERT INTO log_segments"), 1),
    (Statement("UPDATE follows SET leader"), 3),
    (Statement("INSERT INTO outbox", after=_BOARD), 2),
    (Statement("COMMIT", after=_BOARD), 1),
)
_IN_WORKER = tuple(
    (replace(statement, in_worker=True, worker_survives=worker_survives), max_number)
    for statement, max_number in _IN_TRANSACTION
    for worker_survives in (False, True)
)
_BEFORE_SENDING = (
    (Statement("UPDATE competitions SET next_sync_at"), 1),
    (Statement(_SENDING), 1),
    (Statement("COMMIT", after=_SENDING), 1),
)
_MARKING = (
    (Statement(_DELIVERED), 1),
    (Statement("COMMIT", after=_DELIVERED), 1),
)


_Run = Callable[[Environment, random.Random], Awaitable[bool]]


async def run_and_kill(environment: Environment, point: KillPoint, rng: random.Random) -> KillPoint:
    """Start the bot and kill it; return the point that was reached, which may be another."""
    return point if await _RUNS[point](environment, rng) else KillPoint.RESTING


async def run_and_cut_power(environment: Environment, rng: random.Random) -> int:
    """Start the bot with its worker, kill both and cut the log; return how many commits are gone.

    That is when the board has just been stored, or while Discord's answer to an announcement, or to
    the search for one, is held back.
    """
    await rng.choice(_POWER_LOSSES)(environment, rng)
    return await cut_power(environment.database, rng, worst=rng.random() < 0.5)


def possible_kill_points(environment: Environment) -> list[KillPoint]:
    """Return the kill points that the next run can reach, repeated by their weight."""
    if not environment.stored:
        sending = [KillPoint.BEFORE_SENDING, KillPoint.UNANSWERED]
        within = [*[KillPoint.TRANSACTION] * 5, KillPoint.WORKER]
        return [*sending, KillPoint.START, *[KillPoint.READING] * 2, *within]
    if not environment.waiting:
        return [KillPoint.RECONNECTING]
    any_time = [KillPoint.START, KillPoint.RECONNECTING]
    if environment.unclear:
        return [*any_time, *[KillPoint.SEARCHING] * 6, *[KillPoint.MARKING] * 6]
    return [*any_time, *[KillPoint.BEFORE_SENDING, KillPoint.UNANSWERED] * 6, KillPoint.MARKING]


async def _while_it_starts(environment: Environment, rng: random.Random) -> bool:
    bot = await environment.start_bot()
    await asyncio.sleep(rng.uniform(0.0, 0.8))
    return await _kill(bot)


async def _while_it_reads(environment: Environment, rng: random.Random) -> bool:
    asked = environment.calls
    bot = await environment.start_bot()
    await wait_until(lambda: bot.ended or environment.calls > asked, "Kaggle is asked")
    await asyncio.sleep(rng.uniform(0.0, 0.6))
    return await _kill(bot)


def _at_statement(statements: tuple[tuple[Statement, int], ...]) -> _Run:
    async def run(environment: Environment, rng: random.Random) -> bool:
        statement, max_number = rng.choice(statements)
        bot = await environment.start_bot(replace(statement, number=rng.randint(1, max_number)))
        await wait_until(
            lambda: bot.ended or environment.settled, f"{statement}, or all is settled"
        )
        reached = bot.ended
        return await _kill(bot) and reached

    return run


def _at_held_request(moment: faults.Moment, method: str, *, own_worker: bool = False) -> _Run:
    async def run(environment: Environment, rng: random.Random) -> bool:
        fault = faults.hold(moment, method=method, route=faults.MESSAGES, count=None)
        only = rng.choice([None, *environment.waiting_channels])
        number = await environment.wire.fault(replace(fault, channel_id=only))
        bot = await environment.start_bot(own_worker=own_worker)
        held = asyncio.create_task(environment.wire.rule(number, hits=1, wait=240))
        await wait_until(lambda: held.done() or environment.settled, "a request, or all is settled")
        await asyncio.sleep(rng.uniform(0.0, 0.05))
        reached = held.done()
        await _kill(bot)
        held.cancel()
        await environment.wire.clear_faults()
        return reached

    return run


def _choose_one(*actions: _Run) -> _Run:
    async def run(environment: Environment, rng: random.Random) -> bool:
        return await rng.choice(actions)(environment, rng)

    return run


async def _while_it_reconnects(environment: Environment, rng: random.Random) -> bool:
    bot = await environment.start_bot()
    await environment.wire.sessions(connected=1, wait=240)
    return await reconnecting(environment, bot, rng)


async def reconnecting(environment: Environment, bot: BotProcess, rng: random.Random) -> bool:
    """Break or end the connection to the gateway, and kill the bot shortly after."""
    wire = environment.wire
    actions: tuple[Callable[[], Awaitable[object]], ...] = (
        wire.drop,
        lambda: wire.drop(forget=True),
        lambda: wire.drop(close_code=4000),
        wire.ask_to_reconnect,
        wire.invalidate,
        lambda: wire.invalidate(resumable=True),
    )
    await rng.choice(actions)()
    await asyncio.sleep(rng.uniform(0.0, 0.4))
    return await _kill(bot)


async def _when_stored(environment: Environment, rng: random.Random) -> bool:
    bot = await environment.start_bot(own_worker=True)
    await wait_until(lambda: environment.stored, "the board is stored")
    await asyncio.sleep(rng.uniform(0.0, 0.1))
    return await _kill(bot)


async def _kill(bot: BotProcess) -> bool:
    ended = await bot.kill()
    if ended != -signal.SIGKILL:
        raise StuckError(f"The bot was not killed, but ended by itself with {ended}")
    return True


_RUNS: dict[KillPoint, _Run] = {
    KillPoint.START: _while_it_starts,
    KillPoint.READING: _while_it_reads,
    KillPoint.TRANSACTION: _at_statement(_IN_TRANSACTION),
    KillPoint.WORKER: _at_statement(_IN_WORKER),
    KillPoint.BEFORE_SENDING: _choose_one(
        _at_statement(_BEFORE_SENDING), _at_held_request("before", "POST")
    ),
    KillPoint.UNANSWERED: _at_held_request("after", "POST"),
    KillPoint.SEARCHING: _choose_one(
        _at_held_request("before", "GET"), _at_held_request("after", "GET")
    ),
    KillPoint.MARKING: _at_statement(_MARKING),
    KillPoint.RECONNECTING: _while_it_reconnects,
}
_POWER_LOSSES: tuple[_Run, ...] = (
    _when_stored,
    _at_held_request("after", "POST", own_worker=True),
    _at_held_request("after", "GET", own_worker=True),
)
