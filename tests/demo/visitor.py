"""A visitor of the demo: starts it, opens its page in a headless Chromium, and uses that."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)

LONGEST_START = 300
"""Seconds that the demo may take until its page can be opened."""

LONGEST_STOP = 30
"""Seconds that the demo may take to end."""

LONGEST_WAIT = 300_000
"""Milliseconds. Chromium without a graphics card is slow, and slower on a busy machine."""

POLLING = 200
"""Milliseconds. Playwright would look at each frame, and so make Chromium draw without a pause."""

_RECORD_STATUS = """
window.recordedStatus = [];
document.addEventListener("DOMContentLoaded", () => {
  const record = () => {
    for (const id of ["action-status", "live-status"])
      window.recordedStatus.push(document.getElementById(id).textContent);
    const badge = document.getElementById("inspector-count");
    if (!badge.hidden) window.recordedStatus.push(`red badge: ${badge.textContent}`);
  };
  new MutationObserver(record).observe(
    document.body, { attributes: true, characterData: true, childList: true, subtree: true });
});
"""
"""Keeps every text that the page's status has shown, also those that were gone soon."""

_SEND = "#channel-composer button[type=submit]"
_REPORT = "window.simcordPreview"
_COUNT_COMMANDS = f"{_REPORT}.activity.filter(one => one.command).length"
_FAULTS = (
    "Action outcome",
    "Action was not completed",
    "Action is awaiting",
    "Connection lost",
    "Connection interrupted",
    "red badge",
)


@dataclass
class Demo:
    """A running demo: the address of its page, and what it has printed."""

    process: asyncio.subprocess.Process
    url: str = ""
    printed: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """Whether the recording is over: there are no more steps."""
        return "The recording is over" in self.printed

    def count_hours(self) -> int:
        """Return how many hours of the recording had announcements so far."""
        return len(set(re.findall(r"── hour \d+", self.printed)))

    async def read(self) -> None:
        """Read what the demo prints, to its end."""
        assert self.process.stdout is not None
        while text := (await self.process.stdout.read(4096)).decode(errors="replace"):
            self.printed += text
            if found := re.search(r"Look here: +(\S+)", self.printed):
                self.url = found[1]
                self.ready.set()
        self.ready.set()


@asynccontextmanager
async def run_demo(seconds: float, hours: int) -> AsyncIterator[Demo]:
    """Start the demo as `make demo` does, and end it as Ctrl-C does."""
    options = ("--seconds", str(seconds), "--hours", str(hours))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *options), stdout=asyncio.subprocess.PIPE
    )
    demo = Demo(process)
    reading = asyncio.create_task(demo.read())
    try:
        async with asyncio.timeout(LONGEST_START):
            await demo.ready.wait()
        if not demo.url:
            raise RuntimeError(f"the demo ended: {demo.printed}")
        yield demo
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(LONGEST_STOP):
                await process.wait()
        except TimeoutError:
            process.kill()
        await reading


@dataclass(frozen=True, slots=True)
class DemoPage:
    """One page, as a visitor sees it."""

    page: Page

    async def run_command(self, command: str, *choices: str, value: str = "") -> None:
        """Type a command, pick it with Enter, choose or type its options, and press the arrow."""
        before = await self.page.evaluate(_COUNT_COMMANDS)
        await self.page.locator("#channel-composer-input").press_sequentially(command)
        await self.page.keyboard.press("Enter")
        for choice in choices:
            shown = self.page.get_by_text(choice, exact=True)
            await self.page.locator("#channel-composer [role=option]").filter(has=shown).click()
        await self.page.keyboard.type(value)
        await self.page.locator(_SEND).click()
        await self._wait(f"{_COUNT_COMMANDS} > {before}")

    async def view_as(self, name: str) -> None:
        """Choose a member under "Viewing as"."""
        await self.page.locator("#viewer-picker").select_option(label=name)
        picker = "document.getElementById('viewer-picker')"
        await self._wait(f"{picker}.selectedOptions[0]?.textContent === {name!r}")

    async def end_session(self) -> None:
        """Choose "End preview session", which ends the demo."""
        await self.page.evaluate("document.getElementById('close').click()")

    async def find_faults(self) -> list[str]:
        """Return what a visitor would take for a fault of the page, in words."""
        faults = [
            f"the page said {text!r}"
            for text in dict.fromkeys(await self.page.evaluate("window.recordedStatus"))
            if text.startswith(_FAULTS)
        ]
        if await self.page.locator(_SEND).is_disabled():
            faults.append("Send is disabled")
        if failures := await self.page.evaluate(f"{_REPORT}.transport.failures"):
            faults.append(f"{failures} requests failed")
        return faults + [
            f"an action was {action['settlement']}"
            for action in await self.page.evaluate(f"{_REPORT}.activity")
            if action["rejected"] or action["uncertain"] or action["settlement"] != "settled"
        ]

    async def _wait(self, condition: str) -> None:
        await self.page.wait_for_function(
            f"{condition} && {_REPORT}.ready && !document.querySelector({_SEND!r}).disabled",
            polling=POLLING,
        )


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page(browser: Browser, url: str, width: int = 390) -> AsyncIterator[DemoPage]:
    """Load the demo's page, wait until it is ready, and leave it at the end."""
    page = await browser.new_page(bypass_csp=True, viewport={"width": width, "height": 600})
    page.set_default_timeout(LONGEST_WAIT)
    await page.add_init_script(_RECORD_STATUS)
    opened = DemoPage(page)
    try:
        await page.goto(url)
        await page.wait_for_function(f"{_REPORT}?.ready", polling=POLLING)
        yield opened
        # To close a page does not tell the server that it is left, and it serves at most sixteen.
        await page.goto("about:blank")
    finally:
        await page.close()
