"""What is kept of a server that the bot left."""

from datetime import timedelta
from functools import partial
from operator import add
from typing import cast

from cogs.server.guild_lifecycle import GuildLifecycle
from records.guilds import GUILD_RETENTION
from tests.cogs.world import Team, World, announced

TEAMS = [Team(1, "One", "0.9", "one"), Team(2, "Two", "0.8", "two"), Team(3, "Three", "0.7", "x")]


def improve(number: int, score: str, world: World) -> Team:
    return Team(number, "Two", score, "two", submissions=2, submitted_at=world.env.now())


def lifecycle(world: World) -> GuildLifecycle:
    return cast("GuildLifecycle", world.bot.get_cog("GuildLifecycle"))


async def leave(world: World) -> None:
    await lifecycle(world).on_guild_remove(world.bot.guilds[0])


async def rejoin(world: World) -> None:
    await lifecycle(world).on_guild_join(world.bot.guilds[0])


async def test_rejoined_server_keeps_its_data_and_gets_no_old_news(world: World) -> None:
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.run(world.server.ada, "link", username="two")
    told = len(announced(world))
    await leave(world)
    downloads = len(world.kaggle.downloads)
    world.serve("titanic", [improve(2, "0.95", world), TEAMS[0], TEAMS[2]])
    await world.pass_time(minutes=20)
    assert len(world.kaggle.downloads) == downloads

    await rejoin(world)
    await world.pass_time(minutes=20)
    assert len(world.kaggle.downloads) > downloads
    assert len(announced(world)) == told
    assert "two" in await world.ask(world.server.ada, "whois", member=world.server.ada)


async def test_server_is_deleted_after_its_retention(world: World) -> None:
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.run(world.server.ada, "link", username="two")
    guilds, now = world.storage.guilds, world.env.now()
    guild_id = world.server.guild.id
    await leave(world)
    for days, left in ((GUILD_RETENTION.days - 1, 1), (GUILD_RETENTION.days + 1, 0)):
        world.bot.services.now = partial(add, now, timedelta(days=days))
        await lifecycle(world).loop()
        assert len(await guilds.load_follows(guild_id)) == left
    assert await world.storage.links.load_counted_links(guild_id) == []


async def test_servers_left_while_the_bot_was_offline_are_marked(world: World) -> None:
    await world.storage.guilds.change_settings(4242, announce=False)
    await world.storage.guilds.mark_left(world.server.guild.id, world.env.now())
    await world.restart()
    assert await world.storage.guilds.load_left_ids() == {4242}
