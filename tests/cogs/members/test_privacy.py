import json
from typing import Any

import simcord

from tests.cogs.announcements.test_announcer import bob_climbs
from tests.cogs.boards.test_leaderboard import press
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE
from tests.cogs.world import World, announced, is_private, response_text

POST = "/channels/*/messages"


async def exported(world: World, actor: simcord.MemberActor) -> dict[str, Any]:
    result = await world.run(actor, "privacy export")
    assert is_private(result)
    assert result.response is not None
    (file,) = result.response.attachments
    assert file.filename == "podium-my-data.json"
    document: dict[str, Any] = json.loads(await file.read())
    return document


async def forget(world: World, actor: simcord.MemberActor, label: str = "Forget me") -> str:
    result = await world.run(actor, "privacy delete")
    assert is_private(result)
    assert result.response is not None
    return await press(world, actor, result.response.message, label)


async def test_about_is_short_and_has_details(world: World) -> None:
    result = await world.run(world.server.ada, "privacy about")
    assert is_private(result)
    assert "What I store about you" in response_text(result)
    assert "`/privacy delete` deletes it and first says what is kept" in response_text(result)
    assert len(response_text(result)) < 400
    assert result.response is not None
    await world.restart()
    details = await press(world, world.server.ada, result.response.message, "Details")
    assert "30 days after I am removed" in details
    assert "Kaggle's leaderboards are public" in details
    assert "first says what is kept" in details


async def test_nothing_is_stored_of_unlinked_members(world: World) -> None:
    assert "I store nothing about you" in await world.ask(world.server.ada, "privacy delete")
    document = await exported(world, world.server.ada)
    assert document["discord_user"] == str(world.server.ada.id)
    assert not any(document[part] for part in ("links", "last_announced", "announcements"))


async def test_export_contains_only_the_members_own_data(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    await world.ask(home.ada, "link", username="dave")
    await world.ask(elsewhere.manager, "link", username="carol", member=elsewhere.ada)
    await bob_climbs(world)
    await world.pass_time(minutes=5)
    document = await exported(world, home.bob)
    (link,) = document["links"]
    assert link["kaggle_user_name"] == "bob"
    assert link["wants_to_be_pinged"] is False
    assert link["linked_by"] == "you"
    (told,) = document["last_announced"]
    assert (told["competition"], told["team_id"], told["rank"]) == ("titanic", BRAVO.id, 1)
    (news,) = document["announcements"]
    assert news["delivered_at"]
    assert news["of_your_team"][0]["team_name"] == "Bravo"
    text = json.dumps(document)
    assert str(home.ada.id) not in text
    assert "Charlie" not in text

    passed = await exported(world, home.ada)
    assert passed["announcements"][-1]["passed_by_another_team"] == [
        {"team_name": "Charlie", "rank": 3}
    ]
    assert "Bravo" not in json.dumps(passed)
    manager = await exported(world, home.manager)
    assert [deed["what"] for deed in manager["done_for_servers"]] == ["followed titanic"]


async def test_forgetting_removes_links_opt_ins_and_history_in_all_servers(world: World) -> None:
    home, elsewhere = world.server, world.add_server()
    other = elsewhere.guild.add_member(home.bob.user)
    world.servers[elsewhere.guild.id] = elsewhere
    await world.ask(other, "link", username="bob")
    await bob_climbs(world)
    await world.pass_time(minutes=5)
    answer = await forget(world, home.bob)
    assert "You are forgotten" in answer
    assert "2 links, 1 team that was announced, 1 announcement" in answer
    assert "in 2 servers" in answer
    assert "what was announced about others or your team mates" in answer
    assert "hasn't linked" in await world.ask(home.ada, "whois", member=home.bob)
    assert "hasn't linked" in await world.ask(elsewhere.ada, "whois", member=other)
    assert "I store nothing about you" in await world.ask(home.bob, "privacy delete")
    assert str(home.bob.id) not in "\n".join(await cells(world))


async def test_queued_announcements_are_redacted(world: World) -> None:
    home = world.server
    await world.ask(home.ada, "link", username="dave")
    world.env.inject_error("POST", POST, status=503, times=6)
    await bob_climbs(world)
    await world.pass_time(minutes=5)
    assert announced(world) == []
    await forget(world, home.bob)
    await world.pass_time(minutes=5)
    world.sync_every(minutes=60)
    await world.pass_time(minutes=55)
    texts = announced(world)
    assert any("Now following" in text for text in texts)
    assert home.bob.mention not in "\n".join(texts)


async def test_data_of_team_mates_is_kept(world: World) -> None:
    home = world.server
    await world.ask(home.ada, "link", username="carol")
    await bob_climbs(world)
    await world.pass_time(minutes=5)
    assert f"{home.ada.mention}" in announced(world)[-1]
    await forget(world, home.bob)
    document = await exported(world, home.ada)
    assert [told["team_id"] for told in document["last_announced"]] == [BRAVO.id]
    assert [news["of_your_team"][0]["team_id"] for news in document["announcements"]] == [BRAVO.id]
    assert str(home.bob.id) not in "\n".join(await cells(world))


async def test_links_made_for_others_stay_without_their_author(world: World) -> None:
    home = world.server
    world.serve("titanic", [ALPHA, CHARLIE])
    await world.follow()
    await world.ask(home.manager, "link", username="bob", member=home.bob)
    stays = "stays, without your name: competitions that you added, links that you made for others"
    question = await world.ask(home.manager, "privacy delete")
    assert "2 actions of yours" in question
    assert stays in question
    assert stays in await forget(world, home.manager)
    answer = await world.ask(home.ada, "whois", member=home.bob)
    assert f"{home.bob.mention} is [bob]" in answer
    assert " by " not in answer


async def test_deletion_needs_a_confirmation(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    await world.ask(bob, "link", username="bob")
    assert "Nothing was deleted" in await forget(world, bob, "Keep everything")
    assert f"{bob.mention} is [bob]" in await world.ask(ada, "whois", member=bob)


async def test_confirmation_works_after_a_restart(world: World) -> None:
    bob = world.server.bob
    await world.ask(bob, "link", username="bob")
    result = await world.run(bob, "privacy delete")
    assert result.response is not None
    await world.restart()
    assert "You are forgotten" in await press(world, bob, result.response.message, "Forget me")


async def test_second_deletion_finds_nothing_stored(world: World) -> None:
    bob = world.server.bob
    await world.ask(bob, "link", username="bob")
    asked = await world.run(bob, "privacy delete")
    assert asked.response is not None
    await forget(world, bob)
    answer = await press(world, bob, asked.response.message, "Forget me")
    assert answer == "⚠️ I store nothing about you."


async def cells(world: World) -> list[str]:
    """Return the whole database as text."""
    async with world.storage.database.read() as connection:
        tables = await connection.execute_fetchall(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        return [
            str(cell)
            for (table,) in tables
            for row in await connection.execute_fetchall(f"SELECT * FROM {table}")  # noqa: S608
            for cell in row
        ]


async def test_codes_and_verifications_are_exported_and_deleted(world: World) -> None:
    ada, bob = world.server.ada, world.server.bob
    await world.ask(bob, "link", username="ada")
    await world.ask(ada, "link", username="ada")
    (code,) = (await exported(world, ada))["codes"]
    assert code["kaggle_user_name"] == "ada"
    waiting = await world.storage.verifications.find_code(
        world.server.guild.id, ada.id, world.env.now()
    )
    assert waiting is not None
    assert code["code"] == waiting.code
    await world.storage.verifications.verify_by_notebook(waiting, world.env.now(), notify=True)
    (link,) = (await exported(world, ada))["links"]
    assert link["verified_by"] == "notebook"
    (told,) = (await exported(world, bob))["waiting_direct_messages"]
    assert told["what"] == "displaced"
    assert str(ada.id) not in json.dumps(await exported(world, bob))
    for actor in (ada, bob):
        assert "You are forgotten" in await forget(world, actor)
        document = await exported(world, actor)
        assert not any(document[part] for part in ("links", "codes", "waiting_direct_messages"))


async def test_announcement_of_an_unknown_form_is_named_and_deleted(world: World) -> None:
    """Such as one that a newer version wrote."""
    ada, guild = world.server.ada, world.server.guild
    await world.ask(ada, "link", username="dave")
    async with world.storage.database.write() as connection:
        await connection.executemany(
            "INSERT INTO outbox (guild_id, channel_id, nonce, message, created_at, abandoned_at)"
            " VALUES (?, 1, ?, ?, 1, 2)",
            [
                (guild.id, "hers", f'{{"type": "later", "user_ids": [{ada.id}, 7]}}'),
                (guild.id, "another's", f'{{"type": "later", "user_ids": [{ada.id}1]}}'),
                (guild.id, "no JSON", f"<@{ada.id}>"),
            ],
        )
    document = await exported(world, ada)
    assert [news["note"] for news in document["announcements"]] == [
        "names you in a form that I cannot read; /privacy delete deletes it"
    ] * 2
    assert "2 announcements" in await forget(world, ada)
    assert {"hers", "another's", "no JSON"} & set(await cells(world)) == {"another's"}
    assert (await exported(world, ada))["announcements"] == []


async def test_question_and_export_count_all_that_is_stored(world: World) -> None:
    """Somebody who claims a taken name has a code, and no link."""
    await world.ask(world.server.bob, "link", username="ada")
    await world.ask(world.server.ada, "link", username="ada")
    stored = "1 verification code, in 1 server"
    answer = await world.ask(world.server.ada, "privacy export")
    assert f"everything that I store about you: {stored}." in answer
    question = await world.ask(world.server.ada, "privacy delete")
    assert f"I store {stored}." in question
    assert "stays, without your name" not in question
    await forget(world, world.server.ada)
    answer = await world.ask(world.server.ada, "privacy export")
    assert "I store nothing about you." in answer
