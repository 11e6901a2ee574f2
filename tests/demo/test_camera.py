"""Pictures are refused of messages that do not fit into their box."""

import pytest

from demo.screens.camera import MessagePage, ScreenError
from tests.demo.visitor import CHROMIUM, open_browser

MESSAGE = '<div id="message" style="width: 300px"><p>Board</p>{}</div>'
LONG = "x" * 80


@pytest.mark.processes
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_message_with_an_element_wider_than_its_box_is_refused() -> None:
    fitting = f'<pre style="white-space: pre-wrap; overflow-wrap: anywhere">{LONG}</pre>'
    scrolling = f'<pre style="overflow: auto"><code>{LONG}</code></pre>'
    cut = f'<span style="display: block; overflow: hidden; text-overflow: ellipsis">{LONG}</span>'
    async with open_browser() as browser:
        page = await browser.new_page()
        message = MessagePage(page, page.locator("#message"))
        await page.set_content(MESSAGE.format(fitting))
        await message.require(["Board"])
        for wide in (scrolling, cut):
            await page.set_content(MESSAGE.format(wide))
            with pytest.raises(ScreenError, match="overflow"):
                await message.require(["Board"])
