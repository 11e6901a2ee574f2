"""Links of many people, without the commands that they would take."""

from tests.cogs.world import START, World


async def link_unseen(world: World, *user_names: str) -> list[str]:
    """Link people whom the bot has never seen to Kaggle names; return their mentions."""
    users = {10**17 + number: name for number, name in enumerate(user_names, 1)}
    for user_id, name in users.items():
        await world.storage.links.link(world.server.guild.id, user_id, name, user_id, START)
    return [f"<@{user_id}>" for user_id in users]
