"""A loss of power right after Discord has got an announcement."""

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from demo.recording import read_recording
from tests.crash.environment import open_environment, wait_until
from tests.crash.power_loss import cut_power
from tests.wire import faults


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes of the bot are forks of one")
@pytest.mark.parametrize("seconds", [30, 400])
async def test_announcement_is_sent_once_if_power_fails_before_the_answer(
    seconds: int, tmp_path: Path
) -> None:
    async with open_environment(tmp_path / "crash", read_recording()[:1]) as environment:
        await environment.serve(0)
        held = await environment.wire.fault(
            faults.hold("after", method="POST", route=faults.MESSAGES, count=None)
        )
        bot = await environment.start_bot(own_worker=True)
        await environment.wire.rule(held, hits=1, wait=60)
        await bot.kill()
        await environment.wire.clear_faults()
        await cut_power(environment.database, random.Random(0), worst=True)  # noqa: S311

        await environment.advance(timedelta(seconds=seconds))
        bot = await environment.start_bot(own_worker=True)
        await wait_until(lambda: environment.settled, "the board is stored and announced")
        await bot.kill()
        for channel_id in environment.channels.values():
            texts = [message.text for message in await environment.wire.messages(channel_id)]
            assert len(texts) == len(set(texts)) == 1
