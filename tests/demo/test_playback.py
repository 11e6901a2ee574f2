"""The server of the demo, before the first step."""

from dataclasses import replace

import pytest

from demo.playback import message_text, open_playback


@pytest.mark.processes
async def test_demo_begins_with_the_welcome_and_working_buttons() -> None:
    async with open_playback(progress=lambda _: None) as playback:
        welcome, *_ = playback.channel.history()
        assert "Hello!" in message_text(welcome)
        shown = await playback.members["Mika"].click(welcome, label="Link your account")
        assert shown.modal is not None
        other = replace(playback.boards[0], slug="house-prices")
        playback.kaggle.serve(other.slug, other.zip)
        shown = await playback.manager.click(welcome, label="Follow a competition")
        assert shown.modal is not None
        (field,) = shown.modal["components"]
        answer = await playback.manager.submit_modal(
            shown, {field["component"]["custom_id"]: other.slug}
        )
        assert answer.response is not None
        assert "✅ Following" in message_text(answer.response.message)
