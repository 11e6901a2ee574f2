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
from tests.wire import faults


class KillPoint(StrEnum):
    """What the bot is doing when it is killed."""

    START = "while it starts"
    READING = "while it asks Kaggle and reads"
    TRANSACTION = "in the board's transaction"
    WORKER = "in the board's transaction, in the worker process"
    BEFORE_SENDING = "between commit and send"
    UNANSWERED = "between send and mark"
    LOOKING = "while it looks what it sent"
    MARKING = "while it marks what it sent"
    RECONNECTING = "while it reconnects"
    RESTING = "at rest"
    """It was to be another moment, but that did not come."""


_BOARD = "INSERT INTO log_segments"
_SENDING = "UPDATE outbox SET attempts"
_DELIVERED = "UPDATE outbox SET delivered_at"

_IN_TRANSACTION = (
    (Statement("INSERT INTO competitions"), 1),
    (Statement("INSERT INTO boards"), 1),
    (Statement("INSERT OR REPLACE INTO teams"), 40),
    (Statement("INSERT INTO log_segments"), 1),
    (Statement("UPDATE follows SET leader"), 3),
    (Statement("INSERT INTO outbox", after=_BOARD), 2),
    (Statement("COMMIT", after=_BOARD), 1),
)
_IN_WORKER = tuple(
    (replace(statement, in_worker=True, outlived=outlived), most)
    for statement, most in _IN_TRANSACTION
    for outlived in (False, True)
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


_Way = Callable[[Environment, random.Random], Awaitable[bool]]


async def run_and_kill(stage: Environment, moment: KillPoint, chance: random.Random) -> KillPoint:
    """Start the bot and kill it; return the point that was reached, which may be another."""
    return moment if await _LIVES[moment](stage, chance) else KillPoint.RESTING


def possible_kill_points(stage: Environment) -> list[KillPoint]:
    """Return the kill points that the next run can reach, repeated by their weight."""
    if not stage.stored:
        sending = [KillPoint.BEFORE_SENDING, KillPoint.UNANSWERED]
        within = [*[KillPoint.TRANSACTION] * 5, KillPoint.WORKER]
        return [*sending, KillPoint.START, *[KillPoint.READING] * 2, *within]
    if not stage.waiting:
        return [KillPoint.RECONNECTING]
    any_time = [KillPoint.START, KillPoint.RECONNECTING]
    if stage.unsettled:
        return [*any_time, *[KillPoint.LOOKING] * 6, *[KillPoint.MARKING] * 6]
    return [*any_time, *[KillPoint.BEFORE_SENDING, KillPoint.UNANSWERED] * 6, KillPoint.MARKING]


async def _while_it_starts(stage: Environment, chance: random.Random) -> bool:
    life = await stage.life()
    await asyncio.sleep(chance.uniform(0.0, 0.8))
    return await _killed(life)


async def _while_it_reads(stage: Environment, chance: random.Random) -> bool:
    asked = stage.calls
    life = await stage.life()
    await wait_until(lambda: life.over or stage.calls > asked, "Kaggle is asked")
    await asyncio.sleep(chance.uniform(0.0, 0.6))
    return await _killed(life)


def _at(statements: tuple[tuple[Statement, int], ...]) -> _Way:
    async def live(stage: Environment, chance: random.Random) -> bool:
        statement, most = chance.choice(statements)
        life = await stage.life(replace(statement, number=chance.randint(1, most)))
        await wait_until(lambda: life.over or stage.settled, f"{statement}, or all is settled")
        came = life.over
        return await _killed(life) and came

    return live


def _held(moment: faults.Moment, method: str) -> _Way:
    async def live(stage: Environment, chance: random.Random) -> bool:
        fault = faults.hold(moment, method=method, route=faults.MESSAGES, count=None)
        only = chance.choice([None, *stage.load_waiting_channels])
        number = await stage.wire.fault(replace(fault, channel_id=only))
        life = await stage.life()
        held = asyncio.create_task(stage.wire.rule(number, hits=1, wait=60))
        await wait_until(lambda: held.done() or stage.settled, "a request, or all is settled")
        await asyncio.sleep(chance.uniform(0.0, 0.05))
        came = held.done()
        await _killed(life)
        held.cancel()
        await stage.wire.clear_faults()
        return came

    return live


def _one_of(*ways: _Way) -> _Way:
    async def live(stage: Environment, chance: random.Random) -> bool:
        return await chance.choice(ways)(stage, chance)

    return live


async def _while_it_reconnects(stage: Environment, chance: random.Random) -> bool:
    life = await stage.life()
    await stage.wire.sessions(connected=1, wait=60)
    return await reconnecting(stage, life, chance)


async def reconnecting(stage: Environment, life: BotProcess, chance: random.Random) -> bool:
    """Break or end the connection to the gateway, and kill the bot shortly after."""
    wire = stage.wire
    ways: tuple[Callable[[], Awaitable[object]], ...] = (
        wire.drop,
        lambda: wire.drop(forget=True),
        lambda: wire.drop(close_code=4000),
        wire.ask_to_reconnect,
        wire.invalidate,
        lambda: wire.invalidate(resumable=True),
    )
    await chance.choice(ways)()
    await asyncio.sleep(chance.uniform(0.0, 0.4))
    return await _killed(life)


async def _killed(life: BotProcess) -> bool:
    ended = await life.kill()
    if ended != -signal.SIGKILL:
        raise StuckError(f"The bot was not killed, but ended by itself with {ended}")
    return True


_LIVES: dict[KillPoint, _Way] = {
    KillPoint.START: _while_it_starts,
    KillPoint.READING: _while_it_reads,
    KillPoint.TRANSACTION: _at(_IN_TRANSACTION),
    KillPoint.WORKER: _at(_IN_WORKER),
    KillPoint.BEFORE_SENDING: _one_of(_at(_BEFORE_SENDING), _held("before", "POST")),
    KillPoint.UNANSWERED: _held("after", "POST"),
    KillPoint.LOOKING: _one_of(_held("before", "GET"), _held("after", "GET")),
    KillPoint.MARKING: _at(_MARKING),
    KillPoint.RECONNECTING: _while_it_reconnects,
}
