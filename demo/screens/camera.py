"""A headless Chromium that takes pictures of what a channel shows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

WIDTHS = {"wide": 1200, "phone": 390, "narrow": 360}
"""CSS pixels of a window on a desk, of a phone and of a narrow phone."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_HIDDEN = (
    "#toolbar, #messages-sidebar, .channel-header, .timeline-day-divider, .history-button,"
    " .message-context-actions, #channel-composer { display: none !important }"
)
_PAGE_HEIGHT = 4000
"""Pixels that a page is high, so that nothing of it has to be scrolled to."""

_FIND_OVERFLOWS = """
message => [...message.querySelectorAll("*")]
  .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth)
  .filter(one => !one.closest(".visually-hidden"))
  .map(one => `${one.tagName.toLowerCase()}.${one.className} "${one.textContent.slice(0, 60)}"`
    + ` needs ${one.scrollWidth} pixels and has ${one.clientWidth}`)
"""
"""Finds what is cut off at its right or has to be scrolled to; inline elements have no width."""

_REPORT = "window.simcordPreview"

_MAX_WAIT = 90_000
"""Milliseconds. Chromium without a graphics card is slow."""

_POLLING = 200
"""Milliseconds. Playwright would look at each frame, and so make Chromium draw without a pause."""


class ScreenError(Exception):
    """A page does not show what it should; `str()` of it says what is missing."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes pictures of pages in a browser."""

    browser: Browser

    @asynccontextmanager
    async def open(self, url: str, message_id: int) -> AsyncIterator[MessagePage]:
        """Open a page that shows one message."""
        page = await self.browser.new_page(
            viewport={"width": max(WIDTHS.values()), "height": _PAGE_HEIGHT},
            color_scheme="dark",
            # The page's Content-Security-Policy forbids `wait_for_function` and `add_style_tag`.
            bypass_csp=True,
        )
        page.set_default_timeout(_MAX_WAIT)
        try:
            await page.goto(url)
            await _wait_for_actions(page, 1)
            await page.add_style_tag(content=_HIDDEN)
            yield MessagePage(
                page, page.locator(f".channel-message[data-message-id='{message_id}']")
            )
        finally:
            await page.close()


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page with one message."""

    page: Page
    message: Locator

    async def take(self, width: int, file: Path, expected: Sequence[str]) -> None:
        """Write a picture of the message at this width, when it shows the expected text."""
        await self._resize(width)
        await self.require(expected)
        picture = await self.message.screenshot(animations="disabled")
        await asyncio.to_thread(file.write_bytes, picture)

    async def _resize(self, width: int) -> None:
        size = self.page.viewport_size
        if size is None or size["width"] != width:
            actions = await self.page.evaluate(f"{_REPORT}.activity.length")
            await self.page.set_viewport_size({"width": width, "height": _PAGE_HEIGHT})
            await _wait_for_actions(self.page, actions + 1)

    async def require(self, expected: Sequence[str]) -> None:
        """Refuse a message that is empty, lacks a text or a picture, or is wider than its box."""
        shown = await self.message.inner_text()
        missing = [text for text in expected if text not in shown]
        if missing or not expected:
            raise ScreenError(f"missing {missing} in:\n{shown}")
        broken = await self.page.evaluate(
            "() => [...document.images].filter(one => one.complete && !one.naturalWidth).length"
        )
        if broken:
            raise ScreenError(f"{broken} pictures were not loaded")
        too_wide = await self.page.evaluate(
            "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        if too_wide:
            raise ScreenError("it is wider than its window")
        if overflows := await self.message.evaluate(_FIND_OVERFLOWS):
            raise ScreenError("\n  ".join(["these overflow:", *overflows]))


@asynccontextmanager
async def open_camera() -> AsyncIterator[Camera]:
    """Start the browser of this machine; raises `ScreenError` where there is none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        raise ScreenError(
            "No Chromium was found on this machine. Install it (Debian: apt-get install chromium"
            " fonts-noto-color-emoji fonts-noto-cjk) and try again."
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found)
        try:
            yield Camera(browser)
        finally:
            await browser.close()


async def _wait_for_actions(page: Page, number: int) -> None:
    """Wait until a page has done `number` actions; to tell SimCord its size is the first."""
    await page.wait_for_function(
        f"{_REPORT}?.ready && {_REPORT}.activity.length >= {number}", polling=_POLLING
    )
