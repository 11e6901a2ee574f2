import csv
import io
from datetime import timedelta
from typing import Any

from cogs.rosters.roster_check import Doubt
from cogs.rosters.roster_screen import DOUBT_TEXTS
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE, SMALL
from tests.cogs.world import Team, World, is_private, response_text


async def upload(world: World, text: str | bytes, name: str = "class.csv") -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return await world.run(world.server.manager, "roster import", file=(name, data))


def message(result: Any) -> Any:
    return result.followups[-1] if result.followups else result.response


def read_file(world: World, result: Any) -> list[dict[str, str]]:
    (file,) = message(result).attachments
    data = world.env.backend.cdn.get(file["url"] if isinstance(file, dict) else file.url)
    assert data is not None
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


async def apply(world: World, result: Any, label: str) -> str:
    return response_text(await world.server.manager.click(message(result), label=label))


async def test_checked_roster_changes_nothing_until_it_is_applied(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    server = world.server
    result = await upload(world, f"discord,kaggle\n{server.ada.name},ada\n{server.bob.id},bob\n")
    assert is_private(result)
    text = response_text(result)
    assert "### 📋 2 rows in the roster\n✅ 2 rows to link" in text
    assert "Nothing has changed yet." in text
    assert "Nobody here" in await world.ask(server.ada, "members")
    rows = read_file(world, result)
    assert [(row["result"], row["kaggle"], row["discord_id"]) for row in rows] == [
        ("link", "ada", f"'{server.ada.id}"),
        ("link", "bob", f"'{server.bob.id}"),
    ]
    assert await apply(world, result, "Link 2 members") == "✅ Linked 2 members."
    answer = await world.ask(server.bob, "whois", member=server.ada)
    assert answer.startswith(f"{server.ada.mention} is [ada]")
    assert f"by {server.manager.mention}" in answer


async def test_cancelled_roster_changes_nothing(world: World) -> None:
    result = await upload(world, f"discord,kaggle\n{world.server.ada.name},ada\n")
    assert await apply(world, result, "Cancel") == "Nothing was changed."
    assert await world.storage.links.load_links(world.server.guild.id) == []


async def test_check_is_applied_after_a_restart(world: World) -> None:
    result = await upload(world, f"discord,kaggle\n{world.server.ada.name},ada\n")
    await world.restart()
    assert await apply(world, result, "Link 1 member") == "✅ Linked 1 member."


async def test_rows_that_cannot_be_applied_are_told(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    server = world.server
    carol, dave, erin, frank = (
        server.guild.add_member(world.env.create_user(name), nick=nick)
        for name, nick in [("carol", "Alex"), ("dave", "alex"), ("erin", None), ("frank", "Fran")]
    )
    robot = server.guild.add_member(world.env.create_user("robot", bot=True))
    await world.ask(server.ada, "link", username="ada")
    await world.ask(server.bob, "link", username="old_bob")
    await world.ask(server.manager, "link", username="boss")
    text = "\n".join(
        [
            "Discord;Kaggle",
            f"{server.ada.name};ada",
            f"@{server.bob.name};https://www.kaggle.com/bob",
            f"{erin.name}#0;BOSS",
            "nobody;someone",
            "Alex;dave",
            "Fran;not_yet_there",
            "1,23457E+17;x",
            f"{robot.name};robot_k",
            f"{carol.id};a b",
            f"{dave.name};twice",
            f"<@{dave.id}>;twice",
            ";lonely",
        ]
    )
    result = await upload(world, text.encode("cp1252"))
    answer = response_text(result)
    assert "### 📋 12 rows in the roster" in answer
    for line in [
        "✅ 1 row to link",
        "🔁 1 row to link to another Kaggle account",
        "▫️ 1 row linked already",
        "❔ 1 row without a member of that name here",
        "⛔ 1 row with a Kaggle account of another member",
        "⚠️ 7 rows in doubt",
        "bob: replaces [old\\_bob](https://www.kaggle.com/old_bob)",
        f"Row 4, erin#0 → BOSS: that Kaggle account is linked to {server.manager.mention}",
        "Row 5, nobody → someone: Discord finds nobody here of that name or id; try the user name",
        f"several members have that name ({carol.mention}, {dave.mention})",
        "Row 7, Fran → not\\_yet\\_there: to link, but on no board here yet",
        "a spreadsheet has rounded that id",
        "that is a bot",
        "that is not a Kaggle user name",
        "that member is in several rows",
        "Row 13, (no name) → lonely: the Discord name or id is missing",
    ]:
        assert line in answer, line
    assert await apply(world, result, "Link 2 members") == "✅ Linked 2 members."
    links = await world.storage.links.load_links(server.guild.id)
    assert {link.user_id: link.user_name for link in links} == {
        server.ada.id: "ada",
        server.bob.id: "bob",
        server.manager.id: "boss",
        frank.id: "not_yet_there",
    }


async def test_what_changed_since_the_check_is_not_overwritten(world: World) -> None:
    server = world.server
    result = await upload(world, f"discord,kaggle\n{server.ada.name},shared\n")
    await world.ask(server.bob, "link", username="shared")
    answer = await apply(world, result, "Link 1 member")
    assert answer.startswith("✅ Linked 0 members.\n⚠️ Not linked")
    assert server.ada.mention in answer
    (link,) = await world.storage.links.load_links(server.guild.id)
    assert link.user_id == server.bob.id


async def test_roster_that_is_applied_already_has_no_button(world: World) -> None:
    await world.ask(world.server.ada, "link", username="ada")
    result = await upload(world, f"discord,kaggle\n{world.server.ada.name},ADA\n")
    assert "There is nothing to change." in response_text(result)
    assert "roster:apply" not in str(message(result).components)


async def test_hostile_names_are_text(world: World) -> None:
    result = await upload(world, 'discord,kaggle\n"@everyone <@1>","[x](https://evil.example)"\n')
    answer = response_text(result)
    assert "@everyone" not in answer
    assert "<@1>" not in answer
    assert "[x](" not in answer


async def test_name_with_letters_that_casefolding_changes_is_found(world: World) -> None:
    member = world.server.guild.add_member(world.env.create_user("greta"), nick="Strauß")
    result = await upload(world, "discord,kaggle\nstrauß,greta\n")
    (row,) = read_file(world, result)
    assert (row["result"], row["discord_id"]) == ("link", f"'{member.id}")


async def test_wrong_file_is_refused_with_an_example(world: World) -> None:
    answer = response_text(await upload(world, "name,points\nada,3\n"))
    assert "The first row must name two columns, discord and kaggle" in answer


async def test_export_says_who_stands_where(world: World) -> None:
    server = world.server
    world.serve("titanic", [ALPHA, Team(2, "=cmd()", "0.940", "bob,carol"), CHARLIE])
    await world.follow()
    for actor, name in [(server.ada, "ada"), (server.bob, "BOB"), (server.manager, "absent")]:
        await world.ask(actor, "link", username=name)
    result = await world.run(server.manager, "roster export")
    assert is_private(result)
    assert "3 linked members, 2 of them on this board" in response_text(result)
    rows = read_file(world, result)
    assert [(row["discord"], row["kaggle"], row["rank"], row["teams"]) for row in rows] == [
        (server.ada.name, "ada", "1", "3"),
        (server.bob.name, "BOB", "2", "3"),
        (server.manager.name, "absent", "", "3"),
    ]
    assert rows[0]["discord_id"] == f"'{server.ada.id}"
    assert rows[0]["score"] == "0.950"
    assert rows[0]["submissions"] == "7"
    assert rows[0]["verified"] == "no"
    assert (rows[1]["team"], rows[1]["team_members"]) == ("'=cmd()", "bob carol")


async def test_export_of_an_earlier_moment(world: World) -> None:
    server = world.server
    world.serve("titanic", [ALPHA, BRAVO])
    await world.follow()
    await world.ask(server.bob, "link", username="bob")
    before = world.env.now() + timedelta(minutes=1)
    world.sync_every(minutes=60)
    await world.env.advance_time(2 * 3600)
    world.serve("titanic", [world.submit(BRAVO, "0.990"), ALPHA])
    await world.env.advance_time(3600)

    async def find_rank(**options: str) -> str:
        result = await world.run(server.manager, "roster export", **options)
        (row,) = read_file(world, result)
        return row["rank"]

    assert await find_rank() == "1"
    assert await find_rank(at=f"{before:%Y-%m-%d %H:%M}") == "2"
    answer = await world.ask(server.manager, "roster export", at="2020-01-01")
    assert "There is no board of **Titanic** from <t:" in answer
    for at in ("2035-01-01", f"{world.env.now():%Y-%m-%d}"):
        assert "is ahead; a day without a time means its end, in UTC" in await world.ask(
            server.manager, "roster export", at=at
        )
    assert "Give the time in UTC as" in await world.ask(server.manager, "roster export", at="soon")


async def test_roster_tells_which_replaced_links_lead_to_no_board(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    server = world.server
    await world.ask(server.ada, "link", username="ada")
    await world.ask(server.bob, "link", username="old_bob")
    rows = f"discord,kaggle\n{server.ada.name},adda\n{server.bob.name},bob\n"
    answer = response_text(await upload(world, rows))
    ada, bob = (f"[{name}](https://www.kaggle.com/{name})" for name in ("ada", "old_bob"))
    assert f"ada → adda: replaces {ada}, but is on no board here yet\n" in answer
    assert f"bob → bob: replaces {bob.replace('[old_', '[old' + chr(92) + '_')}\n" in answer


async def test_export_lists_only_the_own_server(world: World) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await world.ask(elsewhere.ada, "link", username="ada")
    answer = await world.ask(world.server.manager, "roster export")
    assert answer.startswith("⚠️ Nobody here has linked a Kaggle account yet")


async def test_verified_link_is_not_replaced(world: World) -> None:
    ada = world.server.ada
    await world.ask(ada, "link", username="ada")
    code = await world.storage.verifications.find_code(
        world.server.guild.id, ada.id, world.bot.services.now()
    )
    assert code is not None
    await world.storage.verifications.verify_by_notebook(code, world.env.now(), notify=False)
    result = await upload(world, f"discord,kaggle\n{ada.name},other\n")
    assert (
        "the member has verified [ada](https://www.kaggle.com/ada), which a file cannot replace"
    ) in response_text(result)


async def test_every_doubt_has_a_text() -> None:
    assert set(DOUBT_TEXTS) == set(Doubt)
