"""`/team`: members look for team mates, and learn who the other is once both agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import discord
import pytest
import simcord

from leaderboards.competition_info import CompetitionInfo
from tests.cogs.examples import crowd
from tests.cogs.members.test_privacy import exported, forget
from tests.cogs.world import (
    START,
    Server,
    World,
    direct_messages,
    is_private,
    raw,
    response_text,
    text_of,
)
from tests.wire.http.command_limits import modal_problems
from tests.wire.http.limits import component_problems
from tests.wire.http.schema import Schema

MERGERS_CLOSE = START + timedelta(days=2)
MODAL = discord.InteractionResponseType.modal.value
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
EDIT = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
CARD = "### 🤝 You look for team mates in Titanic"


async def prepare(
    world: World, server: Server | None = None, merger_deadline: datetime | None = MERGERS_CLOSE
) -> Server:
    """Follow a board of 120 teams and link ada (#61), bob (#70) and carol (#66) to it."""
    server = server or world.server
    teams = crowd(120)
    for rank, name in ((61, "ada"), (66, "carol"), (70, "bob")):
        teams[rank - 1].members = name
    world.serve("titanic", teams)
    world.kaggle.listed["titanic"] = CompetitionInfo(
        "titanic",
        START + timedelta(days=30),
        "Featured",
        title="Titanic",
        merger_deadline=merger_deadline,
        team_size=3,
        awards_points=True,
    )
    await world.follow(server=server)
    carol = server.guild.add_member(world.env.create_user("carol"))
    for actor, name in ((server.ada, "ada"), (server.bob, "bob"), (carol, "carol")):
        await world.ask(actor, "link", username=name)
    return server


async def search(world: World, actor: simcord.MemberActor, sentence: str, **more: object) -> str:
    return await world.ask(actor, "team search", sentence=sentence, **more)


async def both_search(world: World) -> tuple[simcord.MemberActor, simcord.MemberActor]:
    server = await prepare(world)
    await search(world, server.ada, "I have a good validation", languages="English, Deutsch")
    await search(world, server.bob, "I train large models", time_zone="Berlin")
    return server.ada, server.bob


def message_of(result: simcord.InteractionResult) -> Any:
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    return message


async def test_member_without_a_link_is_told_before_the_modal(world: World) -> None:
    server = await prepare(world)
    unlinked = "⚠️ You haven't linked your Kaggle account yet: use `/link`."
    assert unlinked in await world.ask(server.manager, "team search")
    assert unlinked not in await world.ask(server.ada, "team search")


async def send_note(world: World, actor: simcord.MemberActor) -> str:
    """Press the first button of the list."""
    result = await world.run(actor, "team list")
    return response_text(await actor.click(message_of(result), label="Send a note"))


def last_direct_message(actor: simcord.MemberActor) -> discord.Message:
    return actor.user.dm_channel.history()[-1]


async def answer(actor: simcord.MemberActor, label: str) -> str:
    """Press a button below the last direct message."""
    return response_text(await actor.user.click(last_direct_message(actor), label=label))


async def test_member_searches_by_a_modal_and_changes_and_ends_it(world: World) -> None:
    ada = (await prepare(world)).ada
    result = await world.run(ada, "team search")
    assert is_private(result)
    assert "### 🤝 Look for team mates in Titanic" in response_text(result)
    await world.restart()
    opened = await ada.click(message_of(result), label="Look for team mates")
    assert opened.modal is not None
    ids = [label["component"]["custom_id"] for label in opened.modal["components"]]
    typed = dict(zip(ids, ["Good *validation*\n@everyone", "English", "new york"], strict=True))
    shown = await ada.submit_modal(opened, typed)
    assert is_private(shown)
    text = response_text(shown)
    assert text.startswith(
        f"{CARD}\n> Good \\*validation\\* @\u2060everyone\n"
        "-# #51 to #100 · 🗣️ English · 🕒 UTC-05:00\n"
        f"-# teams can merge until <t:{MERGERS_CLOSE.timestamp():.0f}:f> · teams of up to 3"
    )
    await world.restart()
    again = await ada.click(message_of(shown), label="Change")
    assert again.modal is not None
    ids = [label["component"]["custom_id"] for label in again.modal["components"]]
    changed = await ada.submit_modal(again, dict(zip(ids, ["", "-", "Atlantis"], strict=True)))
    text = response_text(changed)
    assert "@\u2060everyone\n-# #51 to #100\n⚠️ There is no time zone Atlantis." in text
    ended = await ada.click(message_of(changed), label="End the search")
    assert "You do not look for team mates in **Titanic** any more." in response_text(ended)
    again = await ada.click(message_of(shown), label="End the search")
    assert "You are not looking for team mates there any more" in response_text(again)
    again = await ada.click(message_of(shown), label="No more notes")
    assert "You are not looking for team mates there any more" in response_text(again)


async def test_options_change_what_is_told(world: World) -> None:
    ada = (await prepare(world)).ada
    assert "Say in a sentence" in await world.ask(ada, "team search", languages="English")
    assert "Say in a sentence" in await search(world, ada, "\u200b \u2800")
    assert CARD in await search(world, ada, "See https://evil.example and discord.gg/x")
    text = await world.ask(ada, "team search", languages="Deutsch")
    assert "> See https\\:\u2060//evil.example and discord.\u2060gg/x\n" in text
    assert "🗣️ Deutsch" in text


async def test_who_cannot_merge_is_told_why(world: World) -> None:
    server = await prepare(world)
    assert "haven't linked" in await search(world, server.manager, "Hello")
    await world.ask(server.manager, "link", username="nobody")
    assert "is not on the board of **Titanic**" in await search(world, server.manager, "Hello")
    teams = crowd(120)
    teams[60].members = "ada,x,y"
    world.serve("titanic", teams, at=world.env.now() + timedelta(minutes=1))
    await world.pass_time(minutes=10)
    assert "Your team in **Titanic** is full" in await search(world, server.ada, "Hello")
    await world.ask(server.manager, "unlink")
    await world.ask(server.manager, "settings")
    assert "is not on the board" in await search(world, server.bob, "Hello")


async def test_list_names_nobody_and_begins_with_the_closest(world: World) -> None:
    server = await prepare(world)
    far = server.guild.add_member(world.env.create_user("far"))
    await world.ask(far, "link", username="user2")
    carol = world.servers[server.guild.id].guild.add_member(world.env.create_user("watcher"))
    await search(world, server.bob, "I am in the middle", time_zone="Berlin")
    await search(world, far, "I am at the top")
    result = await world.run(server.ada, "team list")
    assert is_private(result)
    text = response_text(result)
    assert text.startswith(
        "## 🤝 Team mates for Titanic\n"
        f"-# 2 searches · teams can merge until <t:{MERGERS_CLOSE.timestamp():.0f}:f>"
        " · teams of up to 3\n"
        "> I am in the middle\n-# #51 to #100 · 🕒 UTC+01:00\n"
        "> I am at the top\n-# somewhere on the board\n"
    ), "few linked members stand at the top, so that a range would tell who it is"
    for actor, name in ((server.bob, "bob"), (far, "user2")):
        assert actor.mention not in text
        assert str(actor.id) not in str(message_of(result).components)
        assert name not in text
    assert "#70" not in text
    assert "I am at the top" in await world.ask(carol, "team list")


async def test_both_learn_who_the_other_is_once_they_agree(world: World) -> None:
    ada, bob = await both_search(world)
    assert "Your note is on its way" in await send_note(world, ada)
    note = last_direct_message(bob)
    assert text_of(raw(note)) == (
        "### 🤝 Somebody would like to team up with you in Titanic\n"
        "A member of **Home** who looks for team mates, as you do, says:\n"
        "> I have a good validation\n-# #51 to #100 · 🗣️ English, Deutsch\n"
        "-# Neither of you is told who the other is, unless you agree."
    )
    assert str(ada.id) not in str(raw(note))
    assert direct_messages(ada) == []
    result = await world.run(ada, "team list")
    assert "✉️ Your note waits for an answer." in response_text(result)
    assert "team-send:" not in str(message_of(result).components), "no second note can be sent"
    await world.restart()
    assert "You both agreed" in await answer(bob, "Agree")
    await world.pass_time(minutes=1)
    assert (
        f"{ada.mention} (`ada`) of **Home** is [ada](https://www.kaggle.com/ada) on Kaggle"
        in (direct_messages(bob)[-1])
    )
    assert (
        f"{bob.mention} (`bob`) of **Home** is [bob](https://www.kaggle.com/bob) on Kaggle"
        in (direct_messages(ada)[-1])
    )
    assert f"[their profile](https://discord.com/users/{bob.id})" in direct_messages(ada)[-1]
    assert f"🤝 You both agreed: this is {bob.mention}." in await world.ask(ada, "team list")
    assert len(direct_messages(ada)) == 1


async def test_who_takes_no_direct_messages_sees_and_answers_notes_in_the_server(
    world: World,
) -> None:
    ada, bob = await both_search(world)
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await send_note(world, ada)
    result = await world.run(bob, "rank")
    assert "Somebody would like to team up with you" in text_of(result.followups[-1].components)
    await world.restart()
    pressed = await bob.click(result.followups[-1], label="Agree")
    assert is_private(pressed)
    assert "You both agreed" in response_text(pressed)
    for actor, other in ((ada, bob), (bob, ada)):
        result = await world.run(actor, "rank")
        text = "\n".join(text_of(one.components) for one in result.followups)
        assert f"{other.mention} (`{other.name}`) of **Home** is" in text
        assert "You both want" not in await world.ask(actor, "rank"), "it is told once"


async def test_members_get_no_more_notes_when_they_say_so(world: World) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    assert "You get no more notes" in await answer(bob, "No more notes")
    result = await world.run(bob, "team search")
    assert "🔕 Others do not see it" in response_text(result)
    assert "You both agreed" in await answer(bob, "Agree")
    carol = world.env.create_user("dora")
    dora = world.server.guild.add_member(carol)
    await world.ask(dora, "link", username="user3")
    await search(world, dora, "Hello")
    assert "large models" not in await world.ask(dora, "team list")
    await bob.click(message_of(result), label="Take notes again")
    assert "large models" in await world.ask(dora, "team list")


async def test_a_note_needs_a_search_of_ones_own(world: World) -> None:
    server = await prepare(world)
    await search(world, server.bob, "Hello")
    listed = await world.run(server.ada, "team list")
    refused = await server.ada.click(message_of(listed), label="Send a note")
    assert "First say what you look for" in response_text(refused)
    assert direct_messages(server.bob) == []
    for result in (listed, refused):
        opened = await server.ada.click(message_of(result), label="Look for team mates")
        assert opened.modal is not None


async def test_managers_decide_about_reports(world: World) -> None:
    ada, bob = await both_search(world)
    manager = world.server.manager
    assert "need the permission *Manage Server*" in await world.ask(ada, "team reports")
    assert "No reported note waits" in await world.ask(manager, "team reports")
    await send_note(world, ada)
    await answer(bob, "Report")
    line = "🚩 Waiting for a decision: 1 reported note about team mates, see `/team reports`"
    assert line in await world.ask(manager, "status")
    assert line not in await world.ask(ada, "status")
    result = await world.run(manager, "team reports")
    text = response_text(result)
    assert f"{ada.mention} in **Titanic**" in text
    assert "> I have a good validation" in text
    assert bob.mention not in text
    await world.restart()
    excluded = await manager.click(message_of(result), label="Exclude the sender")
    assert f"Excluded from the search for team mates: {ada.mention}" in response_text(excluded)
    assert "A manager has excluded you" in await search(world, ada, "Hello")
    await world.pass_time(minutes=6)
    assert "Your search for team mates in Titanic has ended" in direct_messages(ada)[-1]
    readmitted = await manager.select(message_of(excluded), [ada], custom_id="team-readmit")
    assert "Excluded" not in response_text(readmitted)
    assert CARD in await search(world, ada, "Hello")


async def test_search_ends_when_mergers_close_and_its_member_is_told(world: World) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    world.sync_every(minutes=60)
    await world.pass_time(days=2, hours=1)
    assert "In **Titanic** teams cannot merge any more." in await world.ask(ada, "team list")
    assert "In **Titanic** teams cannot merge any more." in await search(world, ada, "Hello")
    shown = await world.run(ada, "team search")
    assert response_text(shown) == "⚠️ In **Titanic** teams cannot merge any more."
    assert "custom_id" not in str(message_of(shown).components)
    (told,) = direct_messages(ada)
    assert told == (
        "### 🤝 Your search for team mates in Titanic has ended\n"
        "Teams cannot merge any more. Others in **Home** do not see it any more."
    )
    result = await bob.user.click(bob.user.dm_channel.history()[0], label="Agree")
    assert "First say what you look for" in response_text(result)


async def test_end_of_the_competition_stands_for_an_unknown_merger_deadline(world: World) -> None:
    ada = (await prepare(world, merger_deadline=None)).ada
    ends = f"<t:{(START + timedelta(days=30)).timestamp():.0f}:f>"
    line = f"no team merger deadline is known; the competition ends {ends}"
    assert line in await world.ask(ada, "team list")
    assert line in await search(world, ada, "Hello")


async def test_search_ends_when_the_member_leaves_the_board(world: World) -> None:
    ada, bob = await both_search(world)
    teams = [team for team in crowd(120) if team.id != 70]
    teams[60].members = "ada"
    world.serve("titanic", teams, at=world.env.now() + timedelta(minutes=1))
    await world.pass_time(minutes=11)
    assert "Nobody else looks" in await world.ask(ada, "team list")
    assert "not on the board any more" in direct_messages(bob)[-1]


async def test_search_ends_when_the_member_is_unlinked(world: World) -> None:
    ada, bob = await both_search(world)
    await world.confirm(bob, "unlink")
    assert "Nobody else looks" in await world.ask(ada, "team list")
    await world.ask(bob, "link", username="bob")
    assert "Nobody else looks" in await world.ask(ada, "team list")


@pytest.mark.parametrize("ban", [True, False])
async def test_search_of_a_banned_sender_ends_and_their_note_tells_nothing(
    world: World, ban: bool
) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    if ban:
        await world.bot.get_guild(world.server.guild.id).ban(discord.Object(ada.id))  # type: ignore[union-attr]
    else:
        world.server.guild.remove_member(ada)
    assert "The other one is not in the server any more" in await answer(bob, "Agree")
    assert len(direct_messages(bob)) == 1
    await world.pass_time(hours=1)
    assert "Nobody else looks" in await world.ask(bob, "team list")
    world.server.guild.add_member(ada.user)
    assert "Nobody else looks" in await world.ask(bob, "team list"), "the search has ended"


async def test_two_servers_are_apart(world: World) -> None:
    ada, _ = await both_search(world)
    elsewhere = await prepare(world, world.add_server())
    await search(world, elsewhere.bob, "Hello elsewhere")
    assert "Hello elsewhere" not in await world.ask(ada, "team list")
    text = await world.ask(elsewhere.ada, "team list")
    assert "Hello elsewhere" in text
    assert "large models" not in text


async def test_privacy_shows_exports_and_deletes_searches_and_notes(world: World) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    document = await exported(world, bob)
    assert document["team_mates_wanted"][0]["sentence"] == "I train large models"
    (note,) = document["team_notes"]
    assert (note["by"], note["sentence"], note["state"]) == ("another member", None, "open")
    assert str(ada.id) not in str(document), "an export names nobody who has not agreed"
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    await answer(bob, "Agree")
    assert str(ada.id) in str(await exported(world, bob))
    text = await forget(world, ada)
    assert "1 search for team mates" in text
    assert "1 note about a team" in text
    assert ada.mention not in await world.ask(bob, "team list")
    rows: list[Any] = []
    async with world.storage.database.read() as connection:
        for table in ("teammate_searches", "teammate_notes", "direct_messages"):
            rows += await connection.execute_fetchall(f"SELECT * FROM {table}")  # noqa: S608
    assert str(ada.id) not in str([tuple(row) for row in rows])


async def test_exclusion_and_declined_notes_stay_when_their_member_is_forgotten(
    world: World,
) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    await answer(bob, "Report")
    # What a declined note said is deleted: the sentence would tell that this one was reported.
    (note,) = (await exported(world, ada))["team_notes"]
    assert (note["sentence"], note["state"]) == (None, "declined")
    reports = await world.run(world.server.manager, "team reports")
    await world.server.manager.click(message_of(reports), label="Exclude the sender")
    question = await world.ask(ada, "privacy delete")
    assert "1 note" not in question
    assert "What others decided about you in the search for team mates stays" in question
    text = await forget(world, ada)
    assert "exclusion" not in text
    assert "What others decided about you in the search for team mates stays" in text
    assert "nothing about you but what others decided" in await world.ask(ada, "privacy delete")
    document = await exported(world, ada)
    assert len(document["excluded_from_team_search"]) == 1
    (note,) = document["team_notes"]
    assert (note["sentence"], note["state"]) == (None, "declined")
    await world.ask(ada, "link", username="ada")
    assert "A manager has excluded you" in await search(world, ada, "Here I am again")


async def test_long_list_is_paged(world: World) -> None:
    server = await prepare(world)
    for number in range(1, 13):
        member = server.guild.add_member(world.env.create_user(f"m{number}"))
        await world.storage.links.link(
            server.guild.id, member.id, f"user{number}", member.id, START
        )
        await search(world, member, f"*{number:02}* " + "[x](https://a.b) " * 11)
    result = await world.run(server.ada, "team list")
    assert "Page 1 of " in response_text(result)
    await world.restart()
    seen = set()
    while True:
        text = text_of(message_of(result).components)
        seen |= {number for number in range(1, 13) if f"{number:02}\\*" in text}
        if len(seen) == 12:
            break
        result = await server.ada.click(message_of(result), label="▶")


async def test_many_notes_are_shown_in_the_server_one_after_the_other(world: World) -> None:
    server = await prepare(world)
    await search(world, server.bob, "Hello")
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    for number in range(1, 9):
        member = server.guild.add_member(world.env.create_user(f"m{number}"))
        await world.ask(member, "link", username=f"user{number}")
        await search(world, member, f"{number} {'[x](y) ' * 28}"[:200])
        find, now = world.storage.teammate_searches.find, world.env.now()
        own = await find(server.guild.id, member.id, 1, now)
        other = await find(server.guild.id, server.bob.id, 1, now)
        assert own is not None
        assert other is not None
        await world.storage.teammate_notes.send(own, other.search.id, None, {}, now)
    await world.pass_time(minutes=5)
    seen = []
    for _ in range(3):
        result = await world.run(server.bob, "rank")
        for one in result.followups:
            assert list(component_problems(one.components, v2=True)) == []
            seen += [line[2] for line in text_of(one.components).splitlines() if line[:2] == "> "]
    assert seen == [*"12345678"]


async def test_discord_takes_the_list_the_modal_and_the_note(world: World) -> None:
    ada, bob = await both_search(world)
    await send_note(world, ada)
    result = await world.run(bob, "team search")
    await bob.click(message_of(result), label="Change")
    await world.run(bob, "team list")
    bodies = [one.json for one in world.env.http_requests if isinstance(one.json, dict)]
    schema = Schema()
    note = next(one for one in bodies if "team-note:agree" in str(one))
    assert schema.problems("POST", "/channels/{channel_id}/messages", note) == []
    assert note["allowed_mentions"]["parse"] == []
    modal = next(one for one in bodies if one.get("type") == MODAL)
    assert schema.problems("POST", CALLBACK, modal) == []
    assert list(modal_problems(modal["data"])) == []
    listed = [one for one in bodies if "team-send:" in str(one)][-1]
    assert schema.problems("PATCH", EDIT, listed) == []
    for body in (note, listed):
        assert list(component_problems(body["components"], v2=True)) == []
