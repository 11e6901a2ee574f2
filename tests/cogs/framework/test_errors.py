import discord
import pytest

from cogs.framework.errors import describe_for_user
from cogs.framework.responses import UserError
from tests.cogs.boards.test_leaderboard import board
from tests.cogs.examples import SMALL, crowd
from tests.cogs.world import World, is_private, raw, response_text, text_of


def break_(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(world.storage.guilds), "load_follows", broken)


async def test_unexpected_error_is_logged_and_answered_with_a_reference(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_(world, monkeypatch, RuntimeError("a secret thing"))
    result = await world.run(world.server.ada, "status")
    assert is_private(result)
    answer = response_text(result)
    assert answer.startswith("Something went wrong here; it is logged (reference ")
    reference = answer[-6:-2]
    assert f"reference {reference}" in caplog.text
    assert "a secret thing" in caplog.text
    assert "a secret thing" not in answer
    world.expect(RuntimeError)


async def test_error_of_a_button_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    message = await board(world, world.server.ada)
    break_(world, monkeypatch, RuntimeError("a secret thing"))
    result = await world.server.ada.click(message, label="▶")
    assert "Something went wrong here" in response_text(result)
    assert is_private(result)
    assert "a button failed" in caplog.text
    (still,) = (one for one in world.server.channel.history() if one.id == message.id)
    assert "1 to 20 of 70" in text_of(raw(still))


@pytest.mark.parametrize("code", [10062, 40060])
async def test_expired_interaction_is_only_logged(
    world: World, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=code)
    await world.run(world.server.ada, "status")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    world.expect(discord.NotFound)


async def test_error_that_cannot_be_shown_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.env.inject_error("PATCH", "/webhooks/*", status=500)
    await world.run(world.server.ada, "unlink")
    assert "unlink: the refusal could not be shown" in caplog.text


async def test_long_error_is_cut_to_a_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(world, monkeypatch, UserError("No. " * 2000))
    answer = await world.ask(world.server.ada, "status")
    assert answer.startswith("No. No.")
    assert (len(answer), answer[-1]) == (4000, "…")


async def test_invisible_choice_is_explained(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.app_commands.AppCommandChannel, "resolve", lambda _: None)
    answer = await world.ask(world.server.manager, "announcements", channel=world.server.channel)
    assert answer == "I cannot use kaggle here. Pick one that I can see."
    world.expect(discord.app_commands.TransformerError)


async def test_errors_of_discord_py_have_sentences(world: World) -> None:
    command = world.bot.tree.get_command("status")
    assert isinstance(command, discord.app_commands.Command)
    mismatch = discord.app_commands.CommandSignatureMismatch(command)
    assert "has just changed" in str(describe_for_user(mismatch))
    assert (
        describe_for_user(discord.app_commands.NoPrivateMessage()) == "This works in servers only."
    )
    assert describe_for_user(UserError("No.")) == "No."
    assert describe_for_user(ValueError("x")) is None


async def test_failing_autocomplete_offers_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.serve("titanic", SMALL)
    await world.follow()
    break_(world, monkeypatch, RuntimeError("no"))
    assert await world.autocomplete(world.server.ada, "rank", "competition", "t") == []
    world.expect(RuntimeError)
