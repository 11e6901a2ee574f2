"""`make demo-load`: fifty loads of the demo's page, each with a command, while it plays fast."""

from __future__ import annotations

import asyncio
import sys
import time

from playwright.async_api import Browser

from demo.__main__ import MANAGER_TRY, TRY
from tests.demo.visitor import CHROMIUM, Demo, open_browser, open_page, run_demo

VISITS = 50
SECONDS = 1
"""How long two hours of the recording take."""

COMMANDS = (
    # `/team` is refused once teams cannot merge, and the page marks a refusal as it marks a fault.
    *(("Mika", command) for command in TRY if not command.startswith("/team")),
    *(("Robin", command) for command in MANAGER_TRY),
)
"""What is done on a page, and by whom."""


async def main() -> int:
    """Visit the page again and again; return 1 if it ever showed a fault."""
    if CHROMIUM is None:
        _say("No Chromium was found on this machine (Debian: apt-get install chromium).")
        return 1
    visits, wrong = 0, 0
    async with open_browser() as browser:
        while visits < VISITS:
            _say("The recording begins")
            async with run_demo(SECONDS, hours=0) as demo:
                while visits < VISITS and not demo.is_over:
                    wrong += await _visit(browser, demo, visits)
                    visits += 1
    _say(f"{visits} page loads and {visits} commands at SECONDS={SECONDS}: {wrong} with a fault")
    return 1 if wrong else 0


async def _visit(browser: Browser, demo: Demo, number: int) -> int:
    """Load the page and run a command; return 1 if a fault showed."""
    name, command = COMMANDS[number % len(COMMANDS)]
    began, hours = time.monotonic(), demo.count_hours()
    async with open_page(browser, demo.url) as page:
        if name != "Mika":
            await page.view_as(name)
        await page.run_command(command)
        faults = await page.find_faults()
    seconds, played = time.monotonic() - began, demo.count_hours() - hours
    _say(f"{number + 1:2}. {name}: {command} ({seconds:.0f} s, announcements of {played} hours)")
    for fault in faults:
        _say(f"    WRONG: {fault}")
    return 1 if faults else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
