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
from tests.wire.http import faults


class KillPoint(StrEnum):
    """What the bot is doing when it is killed."""

    START = "while it starts"
    READING = "while it asks Kaggle and reads"
    TRANSACTION = "in the board's transaction"
    WORKER = "in the board's transaction, in the board worker"
    LISTING = "while it asks Kaggle for competitions, topics and notebooks"
    LIST_TRANSACTION = "in the transaction of such a list"
    BEFORE_SENDING = "between commit and send"
    UNANSWERED = "between sending and marking"
    SEARCHING = "while it searches for what it sent"
    MARKING = "while it marks what it sent"
    DIRECT_MESSAGE = "while it sends a direct message"
    ENDING = "while it stores the end of a competition"
    REPLAY = "while it draws a replay"
    THREAD = "while it opens, pins in or closes a thread"
    RECONNECTING = "while it reconnects"
    RESTING = "at rest"
    """The chosen point was not reached."""


_BOARD = "INSERT INTO log_segments"
_SENDING = "UPDATE outbox SET attempted_at = coalesce"
_DELIVERED = "UPDATE outbox SET delivered_at"

_COMPETITIONS = "INSERT INTO known_competitions"
_POSTS = "INSERT INTO post_reads"
_DIRECT_MESSAGE = "UPDATE direct_messages SET attempted"
_DIRECT_MESSAGE_SENT = "DELETE FROM direct_messages WHERE id"

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
_IN_LIST_TRANSACTION = (
    (Statement(_COMPETITIONS), 1),
    (Statement("INSERT OR REPLACE INTO key_values", after=_COMPETITIONS), 1),
    (Statement("INSERT INTO outbox", after=_COMPETITIONS), 3),
    (Statement("COMMIT", after=_COMPETITIONS), 1),
    (Statement(_POSTS), 2),
    (Statement("INSERT INTO posts", after=_POSTS), 4),
    (Statement("INSERT INTO outbox", after=_POSTS), 6),
    (Statement("INSERT INTO told_posts", after=_POSTS), 3),
    (Statement("COMMIT", after=_POSTS), 2),
)
_STORED = ((Statement("UPDATE competitions SET next_sync_at"), 1),)
"""The bot's first statement after its board worker has committed a board."""
_BEFORE_SENDING = (
    *_STORED,
    (Statement(_SENDING), 1),
    (Statement("COMMIT", after=_SENDING), 1),
)
_MARKING = (
    (Statement(_DELIVERED), 1),
    (Statement("COMMIT", after=_DELIVERED), 1),
)


_AT_DIRECT_MESSAGE = (
    (Statement(_DIRECT_MESSAGE), 3),
    (Statement("COMMIT", after=_DIRECT_MESSAGE), 1),
    (Statement(_DIRECT_MESSAGE_SENT), 3),
    (Statement("COMMIT", after=_DIRECT_MESSAGE_SENT), 1),
)


_PRIVATE_BOARD = "UPDATE competitions SET archived_at"
_AT_END = (
    (Statement("UPDATE competitions SET ended_at"), 1),
    (Statement(_PRIVATE_BOARD), 1),
    (Statement("INSERT INTO outbox", after=_PRIVATE_BOARD), 4),
    (Statement("COMMIT", after=_PRIVATE_BOARD), 1),
)
_OPENED = "UPDATE competition_threads SET thread_id"
_CLOSED = "DELETE FROM former_threads"
_AT_THREAD = (
    (Statement(_OPENED), 3),
    (Statement("COMMIT", after=_OPENED), 1),
    (Statement("UPDATE competition_threads SET error = NULL, pinned_id"), 3),
    (Statement("DELETE FROM former_live_boards"), 2),
    (Statement(_CLOSED), 2),
    (Statement("COMMIT", after=_CLOSED), 1),
)
_THREAD_REQUESTS = (
    ("POST", f"{faults.MESSAGES}/{{message_id}}/threads"),
    ("PUT", f"{faults.MESSAGES}/pins/{{message_id}}"),
    ("DELETE", f"{faults.MESSAGES}/{{message_id}}"),
    ("PATCH", "/channels/{channel_id}"),
)
"""How a thread is opened, its live board pinned and deleted, and how it is closed."""
_MOMENTS: tuple[faults.Moment, ...] = ("before", "after")

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
    points: list[KillPoint] = []
    if not environment.listed:
        points += [KillPoint.LISTING, *[KillPoint.LIST_TRANSACTION] * 4]
    if environment.unfinished_threads:
        points += [KillPoint.THREAD] * 6
    if environment.ended:
        points += [KillPoint.ENDING] * 6
    if environment.waiting_replays:
        points += [KillPoint.REPLAY] * 6
    if environment.waiting_members:
        points += [KillPoint.DIRECT_MESSAGE] * 6
    if not environment.stored:
        sending = [KillPoint.BEFORE_SENDING, KillPoint.UNANSWERED]
        within = [*[KillPoint.TRANSACTION] * 5, KillPoint.WORKER]
        return [*points, *sending, KillPoint.START, *[KillPoint.READING] * 2, *within]
    if not environment.waiting:
        return [*points, KillPoint.RECONNECTING]
    points += [KillPoint.START, KillPoint.RECONNECTING]
    if environment.unclear:
        return [*points, *[KillPoint.SEARCHING] * 6, *[KillPoint.MARKING] * 6]
    return [*points, *[KillPoint.BEFORE_SENDING, KillPoint.UNANSWERED] * 6, KillPoint.MARKING]


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


async def _while_it_lists(environment: Environment, rng: random.Random) -> bool:
    asked = environment.list_calls
    bot = await environment.start_bot()
    await wait_until(
        lambda: bot.ended or environment.list_calls > asked or environment.settled,
        "Kaggle is asked for a list, or all is settled",
    )
    reached = environment.list_calls > asked
    await asyncio.sleep(rng.uniform(0.0, 0.6))
    return await _kill(bot) and reached


async def _while_it_draws(environment: Environment, rng: random.Random) -> bool:
    bot = await environment.start_bot()
    await environment.wire.sessions(connected=1, wait=240)
    await asyncio.sleep(rng.uniform(0.0, 3.0))
    reached = environment.waiting_replays > 0
    return await _kill(bot) and reached


def _at_statement(
    statements: tuple[tuple[Statement, int], ...], *, own_worker: bool = False
) -> _Run:
    async def run(environment: Environment, rng: random.Random) -> bool:
        statement, max_number = rng.choice(statements)
        statement = replace(statement, number=rng.randint(1, max_number))
        bot = await environment.start_bot(statement, own_worker=own_worker)
        await wait_until(
            lambda: bot.ended or environment.settled, f"{statement}, or all is settled"
        )
        reached = bot.ended
        return await _kill(bot) and reached

    return run


def _at_held_thread_request(moment: faults.Moment, method: str, route: str) -> _Run:
    async def run(environment: Environment, _rng: random.Random) -> bool:
        fault = faults.hold(moment, method=method, route=route, count=None)
        return await _kill_at_fault(environment, fault)

    return run


def _at_held_request(
    moment: faults.Moment, method: str, *, own_worker: bool = False, direct: bool = False
) -> _Run:
    """Return what kills at a request about messages; with `direct` only direct ones."""

    async def run(environment: Environment, rng: random.Random) -> bool:
        fault = faults.hold(moment, method=method, route=faults.MESSAGES, count=None)
        members = [environment.members[user_id] for user_id in environment.waiting_members]
        only = rng.choice(members if direct else [None, *environment.waiting_channels])
        fault = replace(fault, channel_id=only)
        delay = rng.uniform(0.0, 0.05)
        return await _kill_at_fault(environment, fault, own_worker=own_worker, delay=delay)

    return run


async def _kill_at_fault(
    environment: Environment, fault: faults.Fault, *, own_worker: bool = False, delay: float = 0
) -> bool:
    """Kill the bot `delay` seconds after a request met a fault; return whether one did.

    If all is settled without one, kill it then.
    """
    number = await environment.wire.fault(fault)
    bot = await environment.start_bot(own_worker=own_worker)
    held = asyncio.create_task(environment.wire.rule(number, hits=1, wait=240))
    await wait_until(lambda: held.done() or environment.settled, "a request, or all is settled")
    await asyncio.sleep(delay)
    reached = held.done()
    await _kill(bot)
    held.cancel()
    await environment.wire.clear_faults()
    return reached


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
    KillPoint.LISTING: _while_it_lists,
    KillPoint.LIST_TRANSACTION: _at_statement(_IN_LIST_TRANSACTION),
    KillPoint.BEFORE_SENDING: _choose_one(
        _at_statement(_BEFORE_SENDING), _at_held_request("before", "POST")
    ),
    KillPoint.UNANSWERED: _at_held_request("after", "POST"),
    KillPoint.SEARCHING: _choose_one(
        _at_held_request("before", "GET"), _at_held_request("after", "GET")
    ),
    KillPoint.MARKING: _at_statement(_MARKING),
    KillPoint.DIRECT_MESSAGE: _choose_one(
        _at_statement(_AT_DIRECT_MESSAGE),
        _at_held_request("before", "POST", direct=True),
        _at_held_request("after", "POST", direct=True),
        _at_held_request("after", "GET", direct=True),
    ),
    KillPoint.ENDING: _at_statement(_AT_END),
    KillPoint.REPLAY: _while_it_draws,
    KillPoint.THREAD: _choose_one(
        _at_statement(_AT_THREAD),
        *(
            _at_held_thread_request(moment, method, route)
            for method, route in _THREAD_REQUESTS
            for moment in _MOMENTS
        ),
    ),
    KillPoint.RECONNECTING: _while_it_reconnects,
}
_POWER_LOSSES: tuple[_Run, ...] = (
    # Later the bot's own next commit has synced that of its worker.
    _at_statement(_STORED, own_worker=True),
    _at_held_request("after", "POST", own_worker=True),
    _at_held_request("after", "GET", own_worker=True),
)
