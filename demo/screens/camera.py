"""A headless Chromium that takes pictures of what a channel shows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

WIDTHS = {"wide": 1200, "phone": 390}
"""CSS pixels of a window on a desk and of a phone."""

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
_HIDDEN = (
    "#toolbar, #messages-sidebar, .channel-header, .timeline-day-divider, .history-button,"
    " .message-context-actions, #channel-composer { display: none !important }"
)
_PAGE_HEIGHT = 4000
"""Pixels that a page is high, so that nothing of it has to be scrolled to."""


class ScreenError(Exception):
    """A page does not show what it should; `str()` of it says what is missing."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes pictures of pages in a browser."""

    browser: Browser

    async def take(
        self, url: str, message_id: int, width: int, file: Path, expected: Sequence[str]
    ) -> None:
        """Write a picture of one message on a page, when it shows the expected text."""
        page = await self.browser.new_page(
            viewport={"width": width, "height": _PAGE_HEIGHT},
            color_scheme="dark",
            # The page's Content-Security-Policy forbids `wait_for_function` and `add_style_tag`.
            bypass_csp=True,
        )
        try:
            await page.goto(url)
            await page.wait_for_function("window.simcordPreview?.ready")
            await page.add_style_tag(content=_HIDDEN)
            message = page.locator(f".channel-message[data-message-id='{message_id}']")
            await _require(page, message, expected)
            picture = await message.screenshot(animations="disabled")
        finally:
            await page.close()
        await asyncio.to_thread(file.write_bytes, picture)


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


async def _require(page: Page, message: Locator, expected: Sequence[str]) -> None:
    """Refuse a page that is empty, lacks a text, or is wider than its window."""
    shown = await message.inner_text()
    missing = [text for text in expected if text not in shown]
    if missing or not expected:
        raise ScreenError(f"missing {missing} in:\n{shown}")
    broken = await page.evaluate(
        "() => [...document.images].filter(one => one.complete && !one.naturalWidth).length"
    )
    if broken:
        raise ScreenError(f"{broken} pictures were not loaded")
    too_wide = await page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    if too_wide:
        raise ScreenError("it is wider than its window")
