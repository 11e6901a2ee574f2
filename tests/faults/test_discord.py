"""Faults of Discord: every announcement is sent once and in order."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.channels import SOON, Channels, open_channels, until
from tests.wire.control.client import Wire
from tests.wire.http import faults
from tests.wire.http.api_errors import API_ERRORS
from tests.wire.http.faults import CALLBACK, MESSAGES, Fault

Observe = Callable[[str], None]
NONCE_LIFETIME = timedelta(minutes=4)


@pytest.fixture
def observe(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Observe:
    """Write down what was observed, for the table."""
    name = inspect.getdoc(request.function) or request.node.name
    if hasattr(request.node, "callspec"):
        name = f"{name}: {request.node.callspec.id}"
    record_property("fault", f"Discord: {name}")
    return lambda observed: record_property("observed", observed)


def named(fault: Fault, name: str) -> object:
    return pytest.param(fault, id=name)


def posting(fault: Callable[..., Fault], *arguments: object, **more: object) -> Fault:
    """Inject a fault into the messages that the bot sends."""
    return fault(*arguments, method="POST", route=MESSAGES, **more)


async def assert_all_delivered_once(channels: Channels) -> None:
    """Assert that all messages stand in their channels once and in order."""
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 2, 3]
    assert await channels.read_numbers("other") == [9]


@pytest.mark.parametrize(
    "fault",
    [
        named(posting(faults.rate_limit, 0.4), "of a channel"),
        named(posting(faults.rate_limit, 0.4, "shared"), "shared with others"),
        named(posting(faults.rate_limit, 0.4, "global"), "of everything"),
        named(posting(faults.rate_limit, 0.4, via=False, count=2), "by Cloudflare, twice"),
    ],
)
async def test_rate_limited_messages_are_sent_once_in_order(
    channels: Channels, fault: Fault, observe: Observe
) -> None:
    """429"""
    begun = time.monotonic()
    await channels.wire.fault(fault)
    await channels.announce("news", 1, 2, 3)
    await channels.announce("other", 9)
    await assert_all_delivered_once(channels)
    observe(f"waited, then all were told once, after {time.monotonic() - begun:.1f} s")


@pytest.mark.parametrize(
    "fault",
    [
        named(posting(faults.server_error, 500), "500"),
        named(posting(faults.server_error, 502, "after"), "502 after the message was made"),
        named(posting(faults.server_error, 503, count=3), "503 three times"),
        named(posting(faults.server_error, 503, "after"), "503 after the message was made"),
        named(posting(faults.server_error, 504, "after"), "504 after the message was made"),
        named(posting(faults.cut_before, count=3), "connection broken before, three times"),
        named(posting(faults.cut_after), "connection broken after the message was made"),
        named(posting(faults.cut_inside), "answer cut off after the message was made"),
    ],
)
async def test_messages_are_sent_once_in_order_despite_server_errors(
    channels: Channels, fault: Fault, observe: Observe
) -> None:
    """failing"""
    await channels.wire.fault(fault)
    await channels.announce("news", 1, 2, 3)
    await channels.announce("other", 9)
    await assert_all_delivered_once(channels)
    created = (await channels.wire.counters()).created
    assert created == 4
    observe("tried again; all were told once and in order")


@pytest.mark.parametrize("moment", ["after", "inside"])
async def test_sent_message_is_found_after_its_nonce_expired(
    channels: Channels,
    moment: faults.Moment,
    observe: Observe,
) -> None:
    """answer cut off, and nothing reached until the nonce is forgotten"""
    await channels.wire.fault(Fault("cut", moment, method="POST", route=MESSAGES))
    history = await channels.wire.fault(faults.cut_before(method="GET", route=MESSAGES, count=None))
    await channels.announce("news", 1, 2)
    await channels.wire.rule(history, hits=1, wait=60)
    await channels.advance(NONCE_LIFETIME)
    await channels.wire.clear_faults()
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 2]
    observe("found by its container in the channel's history; not told again")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (50001, "I am not allowed to write there"),
        (50013, "I am not allowed to write there"),
        (10003, "no longer exists"),
    ],
)
async def test_closed_channel_keeps_its_messages_until_it_is_open(
    channels: Channels, code: int, words: str, observe: Observe
) -> None:
    """channel refused"""
    news = channels.guild.channels["news"]
    refusing = await channels.wire.fault(
        faults.refusal(code, method="POST", route=MESSAGES, channel_id=news, count=None)
    )
    await channels.announce("news", 1, 2)
    await channels.announce("other", 9)
    assert await channels.read_numbers("other", count=1) == [9]
    await channels.wait_for_failure()
    await asyncio.sleep(SOON.total_seconds() * 3)
    assert (await channels.wire.rule(refusing)).hits == 1
    status = await channels.status()
    assert words in status
    assert "Waiting to be delivered: 2 announcements." in status
    await channels.announce("news", 3)
    await channels.wire.clear_faults()
    await channels.wire.deny(news)  # Tells the bot that something about the channel has changed.
    await assert_all_delivered_once(channels)
    assert "No announcement is waiting" in await channels.status()
    observe(f"/status: “{words}”; the others went on; told once it was mended")


@pytest.mark.parametrize("code", [50035, 40005, 240000])
async def test_message_refused_for_good_is_abandoned(
    channels: Channels, code: int, observe: Observe, caplog: pytest.LogCaptureFixture
) -> None:
    """message refused for good"""
    news = channels.guild.channels["news"]
    refusing = await channels.wire.fault(
        faults.refusal(code, method="POST", route=MESSAGES, channel_id=news, skip=1)
    )
    await channels.announce("news", 1, 2, 3)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 3]
    assert (await channels.wire.rule(refusing)).hits == 1
    status = await channels.status()
    assert "1 announcement could not be delivered" in status
    assert str(code) in status
    assert API_ERRORS[code][1] in status
    assert "No announcement is waiting" in status
    assert [r.levelname for r in caplog.records if "is abandoned" in r.getMessage()] == ["ERROR"]
    await channels.announce("news", 4)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 3, 4]
    observe("abandoned and shown in /status; the next ones were told in order")


async def test_temporary_refusal_is_retried(channels: Channels, observe: Observe) -> None:
    """400 without a code of Discord's, three times"""
    await channels.wire.fault(posting(faults.server_error, 400, count=3))
    await channels.announce("news", 1, 2, 3)
    await channels.announce("other", 9)
    await assert_all_delivered_once(channels)
    assert "No announcement is waiting" in await channels.status()
    observe("tried again; all were told once and in order")


@pytest.mark.parametrize("days", [30, -30], ids=["a month ahead", "a month behind"])
async def test_sent_message_is_found_despite_a_wrong_clock(
    channels: Channels, days: int, observe: Observe
) -> None:
    """answer cut off, the nonce forgotten, and the machine's clock"""
    channels.clock.ahead = timedelta(days=days)
    await channels.announce("news", 1)
    await channels.wait_until_delivered()
    cut = await channels.wire.fault(posting(faults.cut_after))
    history = await channels.wire.fault(faults.cut_before(method="GET", route=MESSAGES, count=None))
    await channels.announce("news", 2, 3)
    await channels.wire.rule(cut, hits=1, wait=60)
    await channels.wire.rule(history, hits=1, wait=60)
    await channels.advance(NONCE_LIFETIME)
    channels.clock.ahead = -channels.clock.ahead
    await channels.wire.clear_faults()
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 2, 3]
    observe("found in the channel by Discord's own clock; not told again")


async def test_other_messages_of_the_bot_are_not_taken_for_the_announcement(
    channels: Channels, observe: Observe
) -> None:
    """connection broken before, and the bot's own answers in the channel"""
    broken = await channels.wire.fault(posting(faults.cut_before, count=None))
    await channels.announce("news", 1)
    await channels.wire.rule(broken, hits=1, wait=60)
    text = {"type": 10, "content": "an answer"}
    for _ in range(3):
        card = {"type": 17, "components": [text] * 38}
        await channels.wire.post(channels.guild.channels["news"], components=[card])
    await channels.wire.clear_faults()
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1]
    observe("told, since no number that Discord gives marks an announcement")


async def test_message_being_sent_stays_in_its_channel_when_another_is_chosen(
    channels: Channels, observe: Observe
) -> None:
    """answer cut off, then another channel chosen"""
    held = await channels.wire.fault(faults.hold("after", method="POST", route=MESSAGES))
    await channels.announce("news", 1, 2)
    await channels.wire.rule(held, hits=1, wait=60)
    await channels.storage.guilds.change_settings(
        channels.guild.id, channel_id=channels.guild.channels["other"]
    )
    channels.bot.dispatch("messages_queued")
    assert await channels.read_numbers("other", count=1) == [2]
    await channels.wire.release(held)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1]
    assert await channels.read_numbers("other") == [2]
    observe("told where it stood already; what followed went to the new channel")


@pytest.mark.parametrize("denied", ["view_channel", "send_messages"])
async def test_messages_wait_until_a_permission_is_given_back(
    channels: Channels, denied: str, observe: Observe
) -> None:
    """permission taken and given back"""
    news = channels.guild.channels["news"]
    await channels.wire.deny(news, denied)
    await channels.announce("news", 1, 2, 3)
    await channels.announce("other", 9)
    await channels.wait_for_failure()
    assert "I am not allowed to write there" in await channels.status()
    assert await channels.read_numbers("news") == []
    await channels.wire.deny(news)
    await assert_all_delivered_once(channels)
    observe("/status names the permissions; told at once when they were given back")


async def test_sent_message_is_found_after_its_channel_was_closed(
    channels: Channels, observe: Observe
) -> None:
    """answer cut off, then the channel closed until the nonce is forgotten"""
    news = channels.guild.channels["news"]
    cut = await channels.wire.fault(posting(faults.cut_after))
    await channels.wire.fault(faults.cut_before(method="GET", route=MESSAGES))
    await channels.announce("news", 1, 2)
    await channels.wire.rule(cut, hits=1, wait=60)
    await channels.wire.deny(news, "view_channel")

    async def closed() -> bool:
        return "I am not allowed to write there" in await channels.status()

    await until(closed)
    await channels.advance(NONCE_LIFETIME)
    await channels.wire.deny(news)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 2]
    observe("looked for when it was open again; not told twice")


async def test_sent_message_is_found_after_a_refused_retry(
    channels: Channels, observe: Observe
) -> None:
    """made but answered with 500, the next try refused, until the nonce is forgotten"""
    news = channels.guild.channels["news"]
    await channels.wire.fault(posting(faults.server_error, 500, "after"))
    refused = await channels.wire.fault(posting(faults.refusal, 50013))
    await channels.announce("news", 1, 2)
    await channels.wire.rule(refused, hits=1, wait=60)
    await channels.wait_for_failure()
    await channels.advance(NONCE_LIFETIME)
    await channels.wire.deny(news, "send_messages")
    await channels.wire.deny(news)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [1, 2]
    observe("looked for when it was open again; not told twice")


async def test_deleted_message_is_not_sent_again(channels: Channels, observe: Observe) -> None:
    """10008 for a nonce whose message was deleted"""
    cut = await channels.wire.fault(posting(faults.cut_after))
    history = await channels.wire.fault(faults.hold("before", method="GET", route=MESSAGES))
    await channels.announce("news", 1, 2)
    await channels.wire.rule(cut, hits=1, wait=60)
    [message] = await channels.wire.messages(channels.guild.channels["news"], count=1, wait=60)
    await channels.wire.rule(history, hits=1, wait=60)
    await channels.wire.delete_message(message.channel_id, message.id)
    await channels.wire.release(history)
    await channels.wait_until_delivered()
    assert await channels.read_numbers("news") == [2]
    assert (await channels.wire.counters()).answers[f"POST {MESSAGES} 404"] == 1
    observe("taken as told; the next one followed")


async def test_nonce_prevents_a_second_message_without_the_history(
    channels: Channels, observe: Observe
) -> None:
    """answer cut off where the history may not be read"""
    await channels.wire.deny(channels.guild.channels["news"], "read_message_history")
    await channels.wire.fault(posting(faults.cut_after))
    await channels.announce("news", 1, 2, 3)
    await channels.announce("other", 9)
    await assert_all_delivered_once(channels)
    assert (await channels.wire.counters()).repeated == 1
    assert "please give me *Read Message History*" in await channels.status()
    observe("the nonce kept it from being told twice")


async def test_slow_channel_delays_no_other(channels: Channels, observe: Observe) -> None:
    """a channel that does not answer"""
    news = channels.guild.channels["news"]
    held = await channels.wire.fault(
        faults.hold("before", method="POST", route=MESSAGES, channel_id=news)
    )
    await channels.announce("news", 1, 2, 3)
    await channels.announce("other", 9)
    assert await channels.read_numbers("other", count=1) == [9]
    assert await channels.read_numbers("news") == []
    await channels.wire.release(held)
    await assert_all_delivered_once(channels)
    observe("held up no other channel; all in order")


Break = Callable[[Wire], Awaitable[object]]


async def _count_connections(wire: Wire) -> int:
    gateway = (await wire.counters()).gateway
    return sum(gateway.get(how, 0) for how in ("identifies", "resumes"))


async def _wait_for_reconnection(wire: Wire, before: int) -> None:
    async def has_reconnected() -> bool:
        return await _count_connections(wire) > before

    await until(has_reconnected)


async def _heartbeats_missed(wire: Wire) -> None:
    before = await _count_connections(wire)
    await wire.set(acks=False)
    await _wait_for_reconnection(wire, before)
    await wire.set(acks=True)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(Wire.drop, id="connection lost"),
        pytest.param(lambda wire: wire.drop(forget=True), id="connection lost, session forgotten"),
        pytest.param(lambda wire: wire.drop(close_code=4000), id="close code 4000"),
        pytest.param(Wire.ask_to_reconnect, id="op 7"),
        pytest.param(Wire.invalidate, id="op 9"),
        pytest.param(lambda wire: wire.invalidate(resumable=True), id="op 9, resumable"),
        pytest.param(_heartbeats_missed, id="heartbeats not answered"),
    ],
)
async def test_messages_are_sent_once_in_order_despite_gateway_failures(
    wire: Wire,
    tmp_path: Path,
    broken: Break,
    observe: Observe,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """gateway"""
    caplog.set_level(logging.CRITICAL, "discord")
    await wire.set(heartbeat_interval=50)
    async with open_channels(wire, tmp_path) as channels:
        held = await wire.fault(faults.hold("before", method="POST", route=MESSAGES))
        await channels.announce("news", 1, 2)
        await wire.rule(held, hits=1, wait=60)
        before = await _count_connections(wire)
        await broken(wire)
        await channels.announce("other", 9)
        await wire.release(held)
        await channels.announce("news", 3)
        assert len(await wire.sessions(connected=1, wait=60)) == 1
        await _wait_for_reconnection(wire, before)
        await assert_all_delivered_once(channels)
        assert "No announcement is waiting" in await channels.status()
    observe("connected again; all were told once and in order")


@pytest.mark.parametrize("code", [10062, 40060])
async def test_expired_interaction_is_only_logged_by_the_bot(
    channels: Channels, code: int, observe: Observe, caplog: pytest.LogCaptureFixture
) -> None:
    """interaction refused"""
    await channels.wire.fault(faults.refusal(code, method="POST", route=CALLBACK))
    other = channels.guild.channels["other"]
    answer = await channels.wire.interact(
        other, {"kind": "command", "name": "status", "options": {}}, wait=0.5
    )
    assert answer.text == ""
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "All is well" in await channels.status()
    observe("one line in the log; the next command is answered")
