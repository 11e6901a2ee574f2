"""The cooldown of commands and buttons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cogs.framework.checks import Cooldown
from cogs.framework.responses import UserError
from tests.cogs.world import World

SERVER, FIRST, SECOND = 1, 2, 3


class UseFailed(Exception):
    """What the use of a command raises."""


def cooldown_of_a_minute(world: World) -> Cooldown:
    return Cooldown(world.bot.services, timedelta(minutes=1), lambda seconds: f"{seconds} s left")


async def test_each_id_has_a_cooldown_for_the_rest_of_the_period(world: World) -> None:
    cooldown = cooldown_of_a_minute(world)
    cooldown.start(SERVER, FIRST)
    await world.env.advance_time(20)
    cooldown.require_over(SECOND)
    for ids in ((SERVER, SECOND), (FIRST,)):
        with pytest.raises(UserError, match="40 s left"):
            cooldown.start(*ids)
    await world.env.advance_time(41)
    cooldown.start(SERVER, FIRST)


async def test_failed_use_has_no_cooldown_but_ends_no_later_one(world: World) -> None:
    cooldown = cooldown_of_a_minute(world)
    with pytest.raises(UseFailed), cooldown.start_unless_failed(SERVER, FIRST):
        raise UseFailed
    cooldown.require_over(SERVER, FIRST)

    async def fail_late() -> None:
        with cooldown.start_unless_failed(SERVER, FIRST):
            await world.env.advance_time(61)
            with cooldown.start_unless_failed(SERVER, SECOND):
                pass
            raise UseFailed

    with pytest.raises(UseFailed):
        await fail_late()
    with pytest.raises(UserError, match="60 s left"):
        cooldown.require_over(SERVER)
    cooldown.require_over(FIRST)
