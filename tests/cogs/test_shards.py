"""Servers on three shards of one bot."""

from pathlib import Path

from tests.cogs.examples import ALPHA, BRAVO, CHARLIE
from tests.cogs.world import announced, open_world


async def test_servers_of_every_shard_get_announcements_and_responses(tmp_path: Path) -> None:
    async with open_world(tmp_path / "podium.db", shards=3) as world:
        servers = [world.add_server(f"Server {shard}", shard) for shard in range(3)]
        assert set(world.bot.shards) == {0, 1, 2}
        world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
        for server in servers:
            await world.follow(server=server)
        for server in servers:
            await world.ask(server.bob, "link", username="bob")
        await world.env.advance_time(60)
        world.serve("titanic", [world.submit(BRAVO, "0.999"), ALPHA, CHARLIE])
        await world.pass_time(minutes=6)
        for shard, server in enumerate(servers):
            guild = world.bot.get_guild(server.guild.id)
            assert guild is not None
            assert guild.shard_id == shard
            assert ["Now following" in text for text in announced(world, server)] == [True, False]
            assert "All is well" in await world.ask(server.ada, "status")
