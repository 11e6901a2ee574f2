"""The section *Roles* of `/settings`."""

import simcord

from cogs.members.roles_screen import CRITERION_NAMES
from leaderboards.members.role_criteria import RoleCriterion
from tests.cogs.examples import crowd
from tests.cogs.settings.panel import Panel
from tests.cogs.world import Team, World


async def test_role_can_be_selected_unless_it_is_above_the_bots(world: World) -> None:
    panel, guild = await Panel.open(world), world.server.guild
    champion, above = guild.create_role("Champion"), guild.create_role("Above", position=90)
    panel.actor = guild.add_member(guild.owner)
    panel.message = (await world.run(panel.actor, "settings")).response
    text = await panel.select_section("roles")
    assert "No roles for ranks" in text
    assert "One competition is enough for a role" in text
    # The name of each select stays above it when a role is chosen.
    assert all(f"-# {name}" in text for name in CRITERION_NAMES.values())
    text = await panel.select("role:first", champion)
    assert f"Number one among the members: {champion.mention}" in text
    assert "That role is above mine" in await panel.select("role:gold", above)
    text = await panel.select("role:first")
    assert text == (
        f"### 🏅 Stop assigning {champion.mention}?\n"
        "The criterion **Number one among the members** will have no role.\n"
        f"No member loses {champion.mention} by that."
    )
    assert "No roles for ranks" in await panel.press("Stop assigning it")


async def test_manager_who_may_choose_no_role_is_told_before(world: World) -> None:
    panel = await Panel.open(world)
    text = await panel.select_section("roles")
    assert "⚠️ You need the permission *Manage Roles* yourself to choose a role.\n" in text
    panel.actor = world.server.guild.add_member(world.server.guild.owner)
    panel.message = (await world.run(panel.actor, "settings")).response
    assert "⚠️" not in await panel.select_section("roles")


async def open_roles(world: World) -> tuple[Panel, list[simcord.RoleHandle]]:
    """Open the roles of a server whose member ada has got one."""
    server, panel = world.server, await Panel.open(world)
    panel.actor = server.guild.add_member(server.guild.owner)
    panel.message = (await world.run(panel.actor, "settings")).response
    roles = [server.guild.create_role(name) for name in ("Champion", "Leader", "Winner")]
    world.serve("titanic", [Team(1000, "Ada", "1.999", "ada"), *crowd(20)])
    await world.follow()
    await world.ask(server.ada, "link", username="ada")
    await panel.select_section("roles")
    await panel.select("role:first", roles[0])
    await world.pass_time(minutes=1)
    assert roles[0].id in world.env.backend.guilds[server.guild.id].members[server.ada.id].role_ids
    return panel, roles


async def test_role_that_members_have_is_removed_only_after_a_question(world: World) -> None:
    panel, (champion, leader, _) = await open_roles(world)
    loses = (
        f"I will remove {champion.mention} from **1 member** to whom I gave it."
        " Roles that somebody else assigned stay."
    )
    assert loses in await panel.select("role:first")
    assert champion.mention in await panel.press("Keep it")
    text = await panel.select("role:first", leader)
    assert f"### 🏅 Replace {champion.mention} with {leader.mention}?" in text
    assert loses in text
    await world.pass_time(minutes=10)
    members = world.env.backend.guilds[world.server.guild.id].members
    assert champion.id in members[world.server.ada.id].role_ids
    await world.restart()
    text = await panel.press("Replace it")
    assert f"Number one among the members: {leader.mention}" in text
    await world.pass_time(minutes=10)
    assert champion.id not in members[world.server.ada.id].role_ids
    assert leader.id in members[world.server.ada.id].role_ids


async def test_role_that_a_member_has_earned_twice_is_not_called_lost(world: World) -> None:
    panel, (champion, *_) = await open_roles(world)
    guild_id = world.server.guild.id
    await world.storage.roles.set_role(guild_id, RoleCriterion.TOP_TEN_PERCENT, champion.id)
    assert f"No member loses {champion.mention} by that." in await panel.select("role:first")


async def test_late_answer_removes_no_role_that_was_chosen_meanwhile(world: World) -> None:
    panel, (champion, _, winner) = await open_roles(world)
    assert champion.mention in await panel.select("role:first")
    roles, guild_id = world.storage.roles, world.server.guild.id
    await roles.set_role(guild_id, RoleCriterion.FIRST, winner.id)
    answer = await panel.press("Stop assigning it")
    assert answer == "⚠️ Somebody has chosen another role meanwhile. Nothing was changed."
    assert winner.mention in panel.text
    assert await roles.load_roles(guild_id) == {RoleCriterion.FIRST: winner.id}
