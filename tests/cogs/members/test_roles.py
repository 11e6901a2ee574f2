"""Roles for ranks: given and taken with the syncs; no other role is touched."""

from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import pytest
import simcord

from tests.cogs.examples import crowd
from tests.cogs.members.test_privacy import forget
from tests.cogs.members.test_verification import link
from tests.cogs.world import Server, Team, World, build_zip, drop_column, response_text


@dataclass
class Setting:
    """A server with a chief, who may hand out roles, and a board of a hundred."""

    world: World
    server: Server
    chief: simcord.MemberActor
    order: list[str]

    def role(self, name: str, **more: object) -> simcord.RoleHandle:
        return self.server.guild.create_role(name, **more)  # type: ignore[arg-type]

    async def give(self, criterion: str, role: simcord.RoleHandle) -> str:
        return await self.world.ask(self.chief, "roles set", criterion=criterion, role=role)

    async def press(self, question: simcord.InteractionResult, label: str) -> str:
        assert question.response is not None
        return response_text(await self.chief.click(question.response, label=label))

    def names(self, actor: simcord.MemberActor) -> set[str]:
        """Return the names of a member's roles."""
        guild = self.world.env.backend.get_guild(self.server.guild.id)
        return {guild.roles[id_].name for id_ in guild.members[actor.id].role_ids}

    async def rank(self, **places: int) -> None:
        """Serve a board with these ranks at the next sync."""
        names: dict[int, str] = {}
        for name, rank in places.items():
            names[rank] = f"{names[rank]},{name}" if rank in names else name
        await self.world.pass_time(minutes=5)
        self.world.serve(
            "titanic",
            [
                Team(rank, f"Team {rank}", f"{1 - rank / 1000:.3f}", names.get(rank, f"user{rank}"))
                for rank in range(1, 101)
            ],
        )
        await self.world.pass_time(minutes=5)

    def calls(self) -> list[str]:
        """Return the requests about members and their roles, oldest first."""
        return [
            call.method
            for call in self.world.env.http_requests
            if "/members/" in call.path and "@me" not in call.path
        ]


@pytest.fixture
async def setting(world: World) -> Setting:
    server = world.server
    powers = discord.Permissions(manage_guild=True, manage_roles=True)
    admins = server.guild.create_role("Admins", permissions=powers)
    chief = server.guild.add_member(world.env.create_user("chief"), roles=[admins])
    setting = Setting(world, server, chief, [])
    await setting.rank(ada=20, bob=60)
    await world.follow()
    for actor in (server.ada, server.bob):
        await link(world, actor, actor.name)
    return setting


async def test_roles_stay_while_the_members_column_is_missing(setting: Setting) -> None:
    await setting.give("top10", setting.role("Top"))
    await setting.rank(ada=5)
    assert "Top" in setting.names(setting.server.ada)
    await setting.world.pass_time(minutes=5)
    whole = build_zip("titanic", crowd(100), at=setting.world.env.now())
    setting.world.kaggle.boards["titanic"] = drop_column(whole, "TeamMemberUserNames")
    await setting.world.pass_time(minutes=20)
    assert "Top" in setting.names(setting.server.ada)
    assert "DELETE" not in setting.calls()


async def test_roles_are_given_and_taken_with_syncs(world: World, setting: Setting) -> None:
    ada, bob = world.server.ada, world.server.bob
    first, tenth = setting.role("First"), setting.role("Tenth")
    answer = await setting.give("first", first)
    assert f"Number one among the members: {first.mention}" in answer
    assert "Earned right now by 1 linked member." in answer
    assert "Earned right now by 0 linked members" in await setting.give("top10", tenth)
    await world.pass_time(minutes=5)
    assert (setting.names(ada), setting.names(bob)) == ({"First"}, set())

    await setting.rank(ada=20, bob=10)
    assert (setting.names(ada), setting.names(bob)) == (set(), {"First", "Tenth"})
    before = setting.calls()
    await world.restart()
    await setting.rank(ada=21, bob=9)
    assert setting.calls() == before, "nothing had changed, so nothing is asked"

    listed = await world.ask(setting.chief, "roles list")
    assert f"**Top 10 %** {tenth.mention} · held by 1 member" in listed
    assert "each may have its own number one" in listed
    question = await world.run(setting.chief, "roles remove", criterion="top10")
    assert f"I will remove {tenth.mention} from **1 member**" in response_text(question)
    await world.pass_time(minutes=5)
    assert setting.names(bob) == {"First", "Tenth"}
    text = await setting.press(question, "Stop assigning it")
    assert "I remove the role from members to whom I gave it" in text
    await world.pass_time(minutes=5)
    assert setting.names(bob) == {"First"}
    assert "The criterion **Top 10 %** has no role" in await world.confirm(
        setting.chief, "roles remove", criterion="top10"
    )
    await world.confirm(bob, "unlink")
    await world.pass_time(minutes=5)
    assert (setting.names(ada), setting.names(bob)) == ({"First"}, set())
    assert "You are forgotten" in await forget(world, ada)
    assert setting.names(ada) == set()
    await link(world, bob, "bob")
    await world.pass_time(minutes=5)
    assert setting.names(bob) == {"First"}
    await world.confirm(world.server.manager, "competition remove", competition="titanic")
    await world.pass_time(minutes=5)
    assert setting.names(bob) == set()


async def test_role_that_members_have_is_replaced_only_after_a_question(
    world: World, setting: Setting
) -> None:
    ada, chief = world.server.ada, setting.chief
    first, other, third = (setting.role(name) for name in ("First", "Other", "Third"))
    await setting.give("first", first)
    await world.pass_time(minutes=5)
    question = await world.run(chief, "roles set", criterion="first", role=other)
    assert f"### 🏅 Replace {first.mention} with {other.mention}?" in response_text(question)
    assert await setting.press(question, "Keep it") == "Nothing was changed."
    await world.pass_time(minutes=5)
    assert setting.names(ada) == {"First"}
    question = await world.run(chief, "roles set", criterion="first", role=other)
    await world.restart()
    text = await setting.press(question, "Replace it")
    assert f"Number one among the members: {other.mention}" in text
    await world.pass_time(minutes=5)
    assert setting.names(ada) == {"Other"}
    # Nobody has earned this one, so nobody loses it.
    await setting.give("top1", third)
    assert f"Top 1 %: {first.mention}" in await setting.give("top1", first)


async def test_roles_that_others_gave_are_not_taken(world: World, setting: Setting) -> None:
    ada = world.server.ada
    first = setting.role("First")
    world.env.backend.add_member_role(world.server.guild.id, ada.id, first.id)
    await setting.give("first", first)
    await world.pass_time(minutes=5)
    assert setting.calls() == ["GET"]
    await setting.rank(ada=20, bob=10)
    assert "First" in setting.names(ada)
    assert "First" in setting.names(world.server.bob)
    question = await world.run(setting.chief, "roles remove", criterion="first")
    await setting.press(question, "Stop assigning it")
    await world.pass_time(minutes=5)
    assert "First" in setting.names(ada)
    assert "First" not in setting.names(world.server.bob)


async def test_role_for_two_criteria_is_named_and_counted_for_each(
    world: World, setting: Setting
) -> None:
    both = setting.role("Both")
    assert "already given" not in await setting.give("first", both)
    answer = await setting.give("top10", both)
    assert (
        f"⚠️ {both.mention} is already given for *Number one among the members*: members get it"
        " for either." in answer
    )
    await world.pass_time(minutes=5)
    await setting.rank(ada=20, bob=50)
    listed = await world.ask(setting.chief, "roles list")
    assert f"**Number one among the members** {both.mention} · held by 1 member" in listed
    assert f"**Top 10 %** {both.mention} · held by 0 members" in listed


async def test_role_with_elevated_permissions_is_refused(world: World, setting: Setting) -> None:
    backend, guild = world.env.backend, world.server.guild
    first = setting.role("First")
    answer = await world.ask(world.server.manager, "roles set", criterion="first", role=first)
    assert "You need the permission *Manage Roles* yourself" in answer
    power = setting.role("Power", permissions=discord.Permissions(ban_members=True))
    assert "lets people moderate or manage" in await setting.give("first", power)
    assert "Everybody has that role" in await setting.give("first", guild.default_role)
    above = setting.role("Above", position=50)
    own = setting.role("Own", position=40)
    backend.add_member_role(guild.id, setting.chief.id, own.id)
    for role in (above, own):
        answer = await setting.give("first", role)
        assert "is your highest role, or above it: choose a lower one" in answer
    managed = setting.role("Managed", managed=True)
    assert "belongs to a bot or an integration" in await setting.give("first", managed)
    assert await world.storage.roles.load_roles(guild.id) == {}

    # What was chosen may become what must not be given.
    await setting.give("first", first)
    backend.edit_role(guild.id, first.id, {"permissions": power._role.permissions})
    await world.env.settle()
    await setting.rank(ada=60, bob=20)
    assert "First" not in setting.names(world.server.bob)
    assert f"⚠️ {first.mention}: That role lets people" in await world.ask(
        world.server.ada, "status"
    )


async def test_missing_permissions_are_shown_and_retried(world: World, setting: Setting) -> None:
    backend, guild, ada = world.env.backend, world.server.guild, world.server.ada
    first = setting.role("First")
    bots_own = next(role for role in guild._guild.roles.values() if role.managed)
    may = bots_own.permissions
    may_not = may & ~discord.Permissions(manage_roles=True).value
    await setting.give("first", first)
    assert setting.names(ada) == {"First"}
    for change, back, said in (
        ({"permissions": may_not}, {"permissions": may}, "I need the permission *Manage Roles*"),
        ({"position": 0}, {"position": bots_own.position}, "That role is above mine"),
    ):
        backend.edit_role(guild.id, bots_own.id, change)
        before = setting.calls()
        await setting.rank(ada=60, bob=20)
        assert setting.calls() == before
        for command in ("status", "roles list"):
            assert f"⚠️ {first.mention}: " in await world.ask(setting.chief, command)
            assert said in await world.ask(setting.chief, command)
        assert said in await setting.give("first", first)
        backend.edit_role(guild.id, bots_own.id, back)
        await world.pass_time(minutes=5)
        assert (setting.names(ada), setting.names(world.server.bob)) == (set(), {"First"})
        await setting.rank(ada=20, bob=60)
        assert setting.names(ada) == {"First"}
    assert "⚠️" not in await world.ask(setting.chief, "roles list")


async def test_role_that_discord_refuses_keeps_back_no_other(
    world: World, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change counts towards the limit of one synchronization, refused ones too."""
    monkeypatch.setattr("cogs.members.role_sync_service._MAX_CHANGES", 2)
    refused, tenth = setting.role("Best"), setting.role("Tenth")
    await setting.rank(ada=1, bob=1)
    path = f"/guilds/*/members/*/roles/{refused.id}"
    world.env.inject_error("PUT", path, status=403, code=50013, times=None)
    await setting.give("top1", refused)
    await setting.give("top10", tenth)
    await world.pass_time(minutes=15)
    for actor in (world.server.ada, world.server.bob):
        assert setting.names(actor) == {"Tenth"}
    assert f"⚠️ {refused.mention}: Discord refused to change it" in await world.ask(
        setting.chief, "status"
    )


async def test_role_that_discord_refuses_to_remove_keeps_back_no_other(
    world: World, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = setting.role("Best")
    await setting.rank(ada=1, bob=1)
    await setting.give("top1", refused)
    monkeypatch.setattr("cogs.members.role_sync_service._MAX_CHANGES", 2)
    path = f"/guilds/*/members/*/roles/{refused.id}"
    world.env.inject_error("DELETE", path, status=403, code=50013, times=None)
    await setting.rank(ada=5, bob=5)
    await setting.give("top10", setting.role("Tenth"))
    await world.pass_time(minutes=15)
    for actor in (world.server.ada, world.server.bob):
        assert setting.names(actor) == {"Best", "Tenth"}


async def test_refused_removal_is_forgotten_once_it_succeeds(
    world: World, setting: Setting
) -> None:
    await setting.give("top10", setting.role("Tenth"))
    await setting.rank(ada=5)
    assert setting.names(world.server.ada) == {"Tenth"}
    world.env.inject_error("DELETE", "/guilds/*/members/*/roles/*", status=403, code=50013, times=1)
    await setting.rank(ada=60)
    assert setting.names(world.server.ada) == {"Tenth"}
    assert "Discord refused to change it" in await world.ask(setting.chief, "status")
    await world.pass_time(minutes=10)
    assert setting.names(world.server.ada) == set()
    assert "All is well" in await world.ask(setting.chief, "status")


async def test_members_who_leave_and_come_back(world: World, setting: Setting) -> None:
    guild, ada, bob = world.server.guild, world.server.ada, world.server.bob
    first = setting.role("First")
    await setting.give("first", first)
    await setting.rank(ada=20, bob=20)
    world.env.backend.remove_member_role(guild.id, bob.id, first.id)  # By hand.
    guild.remove_member(ada)
    before = setting.calls()
    world.sync_every(minutes=120)
    await world.pass_time(hours=25)
    assert setting.calls()[len(before) :] == ["GET", "GET"], "a look at each a day"
    guild.add_member(ada.user)
    await world.pass_time(hours=25)
    assert setting.names(ada) == {"First"}
    assert setting.names(bob) == set()


@pytest.mark.parametrize("hours_away", [2, 26])
async def test_member_who_comes_back_has_the_role_at_their_next_command(
    world: World, setting: Setting, hours_away: int
) -> None:
    guild, ada = world.server.guild, world.server.ada
    first = setting.role("First")
    await setting.give("first", first)
    assert setting.names(ada) == {"First"}
    world.sync_every(minutes=120)
    await world.pass_time(minutes=10)
    guild.remove_member(ada)
    await world.pass_time(hours=hours_away)
    ada = guild.add_member(ada.user)
    assert setting.names(ada) == set()
    await world.run(ada, "status")
    assert setting.names(ada) == {"First"}
    before = setting.calls()
    await world.run(ada, "status")
    assert setting.calls() == before


@pytest.mark.parametrize("hours_away", [2, 26])
async def test_member_who_comes_back_silently_has_the_role_within_the_hour(
    world: World, setting: Setting, hours_away: int
) -> None:
    guild, ada = world.server.guild, world.server.ada
    first = setting.role("First")
    await setting.give("first", first)
    await setting.rank(ada=20, bob=20)
    world.sync_every(minutes=30)
    await world.pass_time(minutes=61)
    guild.remove_member(world.server.bob)
    guild.remove_member(ada)
    world.sync_every(minutes=120)
    await world.pass_time(hours=hours_away)
    world.sync_every(minutes=30)
    before = setting.calls()
    guild.add_member(ada.user)
    await world.pass_time(minutes=91)
    assert setting.names(ada) == {"First"}
    assert "PUT" in setting.calls()[len(before) :]
    before = setting.calls()
    await world.pass_time(hours=3)
    assert setting.calls() == before, "nobody else came back, so nothing is asked of each"


@pytest.mark.parametrize("control", ["autocomplete", "modal"])
async def test_member_who_comes_back_is_noticed_by_whatever_they_use(
    world: World, setting: Setting, control: str
) -> None:
    guild, ada = world.server.guild, world.server.ada
    first = setting.role("First")
    await setting.give("first", first)
    board = await world.run(world.server.bob, "leaderboard")
    world.sync_every(minutes=120)
    await world.pass_time(minutes=10)
    guild.remove_member(ada)
    await world.pass_time(minutes=30)
    ada = guild.add_member(ada.user)
    assert setting.names(ada) == set()
    assert board.response is not None
    if control == "autocomplete":
        await world.autocomplete(ada, "leaderboard", "competition", "tit")
    else:
        await ada.click(board.response, label="1 / 5")
    assert setting.names(ada) == {"First"}


async def test_link_and_unlink_change_roles_at_once(world: World, setting: Setting) -> None:
    world.sync_every(minutes=120)
    first = setting.role("First")
    await setting.give("first", first)
    assert setting.names(world.server.ada) == {"First"}
    await world.confirm(world.server.ada, "unlink")
    assert setting.names(world.server.ada) == set()
    assert setting.names(world.server.bob) == {"First"}
    await world.ask(world.server.ada, "link", username="ada")
    assert setting.names(world.server.ada) == {"First"}


async def test_role_without_required_verification_comes_with_a_warning_and_an_offer(
    world: World, setting: Setting
) -> None:
    first = setting.role("First")
    result = await world.run(setting.chief, "roles set", criterion="first", role=first)
    claim = "anyone who claims a leader's Kaggle name with `/link` gets the role"
    assert claim in response_text(result)
    assert claim in await world.ask(setting.chief, "roles list")
    assert setting.names(world.server.ada) == {"First"}
    await world.restart()
    assert result.response is not None
    question = await setting.chief.click(result.response, label="Count only verified links")
    assert "Not verified: **2 of 2 links**." in response_text(question)
    assert setting.names(world.server.ada) == {"First"}
    assert question.response is not None
    kept = await setting.chief.click(question.response, label="Go on counting every link")
    assert claim in response_text(kept)
    assert kept.response is not None
    question = await setting.chief.click(kept.response, label="Count only verified links")
    await world.restart()
    assert question.response is not None
    result = await setting.chief.click(question.response, label="Count only verified links")
    assert claim not in response_text(result)
    assert "Earned right now by 0 linked members." in response_text(result)
    assert "Only verified links count here" in response_text(result)
    assert setting.names(world.server.ada) == set()
    assert claim not in await setting.give("first", first)
    assert claim not in await world.ask(setting.chief, "roles list")


async def test_deleted_roles_are_removed(world: World, setting: Setting) -> None:
    guild = world.server.guild
    first, third, tenth = setting.role("First"), setting.role("Third"), setting.role("Tenth")
    for criterion, role in (("first", first), ("bronze", third), ("top10", tenth)):
        await setting.give(criterion, role)
    world.env.backend.delete_role(guild.id, first.id)
    await world.env.settle()
    assert set((await world.storage.roles.load_roles(guild.id)).values()) == {third.id, tenth.id}
    assert await world.storage.roles.load_grants(guild.id) == []
    # One that is deleted while the bot is away.
    guild._guild.roles.pop(tenth.id)
    await world.restart()
    await world.pass_time(minutes=5)
    assert set((await world.storage.roles.load_roles(guild.id)).values()) == {third.id}


async def test_crash_while_giving_a_role_is_recovered(world: World, setting: Setting) -> None:
    ada = world.server.ada
    first = setting.role("First")
    world.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=503)
    await setting.give("first", first)
    (grant,) = await world.storage.roles.load_grants(world.server.guild.id)
    assert grant.state == "giving"
    # As after a crash between giving and keeping that.
    world.env.backend.add_member_role(world.server.guild.id, ada.id, first.id)
    await world.restart()
    await world.pass_time(minutes=5)
    (grant,) = await world.storage.roles.load_grants(world.server.guild.id)
    assert grant.state == "given"
    await setting.rank(ada=60, bob=20)
    assert setting.names(ada) == set()


async def test_forgetting_takes_the_other_roles_if_the_connection_fails_once(
    world: World, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.server.ada
    await setting.rank(ada=5, bob=60)
    for criterion in ("first", "top10"):
        await setting.give(criterion, setting.role(criterion))
    assert setting.names(ada) == {"first", "top10"}
    remove_role, failures = world.bot.http.remove_role, [aiohttp.ServerDisconnectedError()]

    async def fail_once(*args: Any, **kwargs: Any) -> None:
        if failures:
            raise failures.pop()
        await remove_role(*args, **kwargs)

    monkeypatch.setattr(world.bot.http, "remove_role", fail_once)
    assert "You are forgotten" in await forget(world, ada)
    assert len(setting.names(ada)) == 1


async def test_servers_are_apart(world: World, setting: Setting) -> None:
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await link(world, elsewhere.ada, "user1")
    await setting.give("first", setting.role("First"))
    await setting.rank(ada=20, bob=60)
    assert setting.names(world.server.ada) == {"First"}
    backend = world.env.backend.get_guild(elsewhere.guild.id)
    assert backend.members[elsewhere.ada.id].role_ids == []
    assert "No roles for ranks yet" in await world.ask(elsewhere.manager, "roles list")
