"""The demo's pages while the recording goes on: nothing that is done on them is refused."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord
import pytest
import simcord

from demo import serial_proxy
from demo.serial_proxy import SerialProxy
from tests.demo.visitor import CHROMIUM, open_browser, open_page, run_demo

WINDOW: dict[str, Any] = {
    "layout": "channel",
    "display": "responsive",
    **dict.fromkeys(("width", "height", "host_width", "host_height"), 800),
}


class SlowBot(discord.Client):
    """Answers a message only when it may."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.asked = asyncio.Event()
        self.may_answer = threading.Event()

    async def on_message(self, message: discord.Message) -> None:
        self.asked.set()
        await asyncio.to_thread(self.may_answer.wait)


@dataclass
class Browser:
    """What the page's script does, without a browser."""

    session: aiohttp.ClientSession
    url: str
    capability: str
    snapshot: dict[str, Any]
    sequence: int = 0

    async def open(self) -> None:
        async with self.session.get(self.url) as answer:
            assert answer.status == 200
        async with self.session.post(
            f"{self.url}/api/pages", json={}, headers=self.headers()
        ) as answer:
            assert answer.status == 200
            self.snapshot = await answer.json()

    async def act(self, kind: str, url: str | None = None, **more: object) -> tuple[int, Any]:
        body = {
            "protocol_version": 3,
            "sequence": self.sequence + 1,
            "request_id": f"request {self.sequence + 1}",
            "generation": self.snapshot["context"]["generation"],
            "bot_generation": self.snapshot["botGeneration"],
            "published_revision": self.snapshot["publishedRevision"],
            "kind": kind,
            **more,
        }
        async with self.session.post(
            f"{url or self.url}/api/action", json=body, headers=self.headers()
        ) as answer:
            receipt = await answer.json()
            self.sequence = receipt.get("expectedSequence", self.sequence)
            return answer.status, receipt

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.url}/api/state", headers=self.headers()) as answer:
            state: dict[str, Any] = await answer.json()
            return state

    def headers(self) -> dict[str, str]:
        context = self.snapshot.get("context", {}).get("id", "")
        return {"X-Simcord-Capability": self.capability, "X-Simcord-Context": context}


@dataclass
class Stage:
    env: simcord.Env
    bot: SlowBot
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    preview: simcord.Preview
    proxy: SerialProxy
    browser: Browser


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    bot = SlowBot()
    env = simcord.Env(bot, settle_timeout=10)
    await env.start()
    try:
        guild = env.create_guild("Club")
        channel = guild.create_text_channel("board")
        member = guild.add_member(env.create_user("mika"))
        async with (
            env.preview(channel, viewers=[member], layout="channel") as preview,
            SerialProxy(preview) as opened,
            aiohttp.ClientSession() as session,
        ):
            url, _, capability = opened.url.partition("/#")
            yield Stage(
                env, bot, channel, member, preview, opened, Browser(session, url, capability, {})
            )
    finally:
        await env.shutdown()


@asynccontextmanager
async def step(stage: Stage) -> AsyncIterator[None]:
    """Start a step that the bot never ends."""
    sent = asyncio.create_task(stage.member.send(stage.channel, "Hello"))
    await stage.bot.asked.wait()
    assert not sent.done()
    try:
        yield
    finally:
        stage.bot.may_answer.set()
    await sent


async def test_simcord_refuses_actions_during_a_step(stage: Stage) -> None:
    """When this fails, SimCord has learnt to wait: the proxy is needed no longer."""
    await stage.browser.open()
    direct = f"http://{urlsplit(stage.preview.url).netloc}"
    async with step(stage):
        assert (await stage.browser.act("refresh", direct))[0] == 400


async def test_action_waits_for_the_end_of_a_step(stage: Stage) -> None:
    await stage.browser.open()
    await stage.browser.act("refresh")
    async with stage.proxy.step_lock(), step(stage):
        acting = asyncio.create_task(stage.browser.act("refresh"))
        await asyncio.sleep(0.1)
        assert not acting.done()
    status, receipt = await acting
    assert (status, receipt["rejected"], receipt["settlement"]) == (200, False, "settled")


async def test_step_waits_for_the_end_of_an_action(stage: Stage) -> None:
    await stage.browser.open()
    await stage.browser.act("refresh")
    acting = asyncio.create_task(stage.browser.act("send_message", content="Hello"))
    await stage.bot.asked.wait()
    waiting = asyncio.create_task(take_step_lock(stage.proxy))
    await asyncio.sleep(0.1)
    held = not waiting.done()
    stage.bot.may_answer.set()
    assert held
    assert (await acting)[1]["settlement"] == "settled"
    await waiting


async def test_step_waits_until_the_first_page_is_loaded(stage: Stage) -> None:
    waiting = asyncio.create_task(take_step_lock(stage.proxy))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await stage.browser.open()
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await stage.browser.act("refresh")
    await waiting


async def test_page_that_never_loads_delays_only_one_step(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.browser.open()
    monkeypatch.setattr(serial_proxy, "LONGEST_LOAD", 0.05)
    await take_step_lock(stage.proxy)
    monkeypatch.setattr(serial_proxy, "LONGEST_LOAD", 3600)
    await take_step_lock(stage.proxy)


async def test_action_with_an_old_revision_is_not_refused(stage: Stage) -> None:
    await stage.browser.open()
    await stage.preview.refresh()
    status, receipt = await stage.browser.act("configure_presentation", **WINDOW)
    assert (status, receipt["rejected"], receipt["settlement"]) == (200, False, "settled")
    activity = (await stage.browser.state())["activity"]
    assert [one["rejected"] for one in activity] == [False], "the page shows a red badge"


async def test_other_refusals_are_forwarded(stage: Stage) -> None:
    await stage.browser.open()
    _, receipt = await stage.browser.act("no such kind")
    assert [diagnostic["code"] for diagnostic in receipt["diagnostics"]] == ["unknown-kind"]
    status, _ = await stage.browser.act("refresh", request_id=1)
    assert status == 200


@pytest.mark.parametrize("name", ["Host", "Origin"])
async def test_requests_of_other_sites_are_refused(stage: Stage, name: str) -> None:
    port = urlsplit(stage.proxy.url).port
    scheme = "" if name == "Host" else "http://"
    for host, status in ((f"127.0.0.1:{port}", 200), (f"podium.example:{port}", 401)):
        headers = {**stage.browser.headers(), name: f"{scheme}{host}"}
        async with stage.browser.session.post(
            f"{stage.browser.url}/api/pages", json={}, headers=headers
        ) as answer:
            assert answer.status == status


async def take_step_lock(proxy: SerialProxy) -> None:
    async with asyncio.timeout(5), proxy.step_lock():
        pass


@pytest.mark.processes
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_page_shows_no_fault_while_the_recording_plays() -> None:
    """A short form of `make demo-load`."""
    async with run_demo(seconds=1, hours=0) as running, open_browser() as browser:
        async with open_page(browser, running.url) as page:
            await page.run_command("/whois")
            assert await page.find_faults() == []
        async with open_page(browser, running.url) as page:
            await page.view_as("Robin")
            await page.run_command("/settings")
            assert await page.find_faults() == []
            assert running.count_hours() > 0
            # What was announced before is on the page, and leaves its address in sight here.
            assert "Hello!" not in running.printed
            await page.end_session()
            assert await running.process.wait() == 0
