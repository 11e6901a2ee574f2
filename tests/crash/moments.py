"""The moments at which the bot is killed."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum

from tests.crash.lives import Life
from tests.crash.stage import Stage, Stuck, until
from tests.crash.sudden_death import Statement
from tests.wire import faults


class Moment(StrEnum):
    """What the bot is doing when it is killed."""

    START = "while it starts"
    READING = "while it asks Kaggle and reads"
    TRANSACTION = "in the board's transaction"
    INTAKE = "in the board's transaction, by a process of its own"
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
_BY_INTAKE = tuple(
    (replace(statement, by_intake=True, outlived=outlived), most)
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


_Way = Callable[[Stage, random.Random], Awaitable[bool]]


async def one_life(stage: Stage, moment: Moment, chance: random.Random) -> Moment:
    """Start the bot and kill it at a moment; gives the one it was, since that may not come."""
    return moment if await _LIVES[moment](stage, chance) else Moment.RESTING


def possible(stage: Stage) -> list[Moment]:
    """Give the moments that can come in the bot's next life, the likelier more than once."""
    if not stage.stored:
        sending = [Moment.BEFORE_SENDING, Moment.UNANSWERED]
        within = [*[Moment.TRANSACTION] * 5, Moment.INTAKE]
        return [*sending, Moment.START, *[Moment.READING] * 2, *within]
    if not stage.waiting:
        return [Moment.RECONNECTING]
    any_time = [Moment.START, Moment.RECONNECTING]
    if stage.unsettled:
        return [*any_time, *[Moment.LOOKING] * 6, *[Moment.MARKING] * 6]
    return [*any_time, *[Moment.BEFORE_SENDING, Moment.UNANSWERED] * 6, Moment.MARKING]


async def _while_it_starts(stage: Stage, chance: random.Random) -> bool:
    life = await stage.life()
    await asyncio.sleep(chance.uniform(0.0, 0.8))
    return await _killed(life)


async def _while_it_reads(stage: Stage, chance: random.Random) -> bool:
    asked = stage.calls
    life = await stage.life()
    await until(lambda: life.over or stage.calls > asked, "Kaggle is asked")
    await asyncio.sleep(chance.uniform(0.0, 0.6))
    return await _killed(life)


def _at(statements: tuple[tuple[Statement, int], ...]) -> _Way:
    async def live(stage: Stage, chance: random.Random) -> bool:
        statement, most = chance.choice(statements)
        life = await stage.life(replace(statement, number=chance.randint(1, most)))
        await until(lambda: life.over or stage.settled, f"{statement}, or all is settled")
        came = life.over
        return await _killed(life) and came

    return live


def _held(moment: faults.Moment, method: str) -> _Way:
    async def live(stage: Stage, chance: random.Random) -> bool:
        fault = faults.hold(moment, method=method, route=faults.MESSAGES, count=None)
        only = chance.choice([None, *stage.waiting_channels])
        number = await stage.wire.fault(replace(fault, channel_id=only))
        life = await stage.life()
        held = asyncio.create_task(stage.wire.rule(number, hits=1, wait=60))
        await until(lambda: held.done() or stage.settled, "a request, or all is settled")
        await asyncio.sleep(chance.uniform(0.0, 0.05))
        came = held.done()
        await _killed(life)
        held.cancel()
        await stage.wire.mend()
        return came

    return live


def _one_of(*ways: _Way) -> _Way:
    async def live(stage: Stage, chance: random.Random) -> bool:
        return await chance.choice(ways)(stage, chance)

    return live


async def _while_it_reconnects(stage: Stage, chance: random.Random) -> bool:
    life = await stage.life()
    await stage.wire.sessions(connected=1, wait=60)
    return await reconnecting(stage, life, chance)


async def reconnecting(stage: Stage, life: Life, chance: random.Random) -> bool:
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


async def _killed(life: Life) -> bool:
    ended = await life.kill()
    if ended != -signal.SIGKILL:
        raise Stuck(f"The bot was not killed, but ended by itself with {ended}")
    return True


_LIVES: dict[Moment, _Way] = {
    Moment.START: _while_it_starts,
    Moment.READING: _while_it_reads,
    Moment.TRANSACTION: _at(_IN_TRANSACTION),
    Moment.INTAKE: _at(_BY_INTAKE),
    Moment.BEFORE_SENDING: _one_of(_at(_BEFORE_SENDING), _held("before", "POST")),
    Moment.UNANSWERED: _held("after", "POST"),
    Moment.LOOKING: _one_of(_held("before", "GET"), _held("after", "GET")),
    Moment.MARKING: _at(_MARKING),
    Moment.RECONNECTING: _while_it_reconnects,
}
