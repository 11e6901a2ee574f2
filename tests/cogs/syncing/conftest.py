from types import SimpleNamespace

import pytest
import simcord

from tests.cogs.world import World


@pytest.fixture
def owner(world: World, monkeypatch: pytest.MonkeyPatch) -> simcord.MemberActor:
    """Return the owner of the bot's application."""
    owner = world.server.guild.add_member(world.env.create_user("owner"))

    async def application_info() -> SimpleNamespace:
        return SimpleNamespace(owner=SimpleNamespace(id=owner.id), team=None)

    monkeypatch.setattr(world.bot, "application_info", application_info)
    return owner
