import logging
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from discord import ui

from cogs.framework.errors import describe_for_user
from cogs.framework.layout import card
from cogs.framework.responses import Interaction, UserError
from cogs.framework.texts import OUTDATED_CONTROL_TEXT, OUTDATED_MODAL_TEXT
from leaderboards.members.role_criteria import RoleCriterion
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
    assert answer.startswith("⚠️ Something went wrong on my side. It has been logged (reference ")
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
    assert "Something went wrong on my side" in response_text(result)
    assert is_private(result)
    assert "a control failed" in caplog.text
    (still,) = (one for one in world.server.channel.history() if one.id == message.id)
    assert "1 to 20 of 70" in text_of(raw(still))


async def test_answer_stays_if_its_picture_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    world.serve("titanic", SMALL)
    await world.follow()
    monkeypatch.setattr(type(world.storage.history), "load_continued_histories", broken)
    result = await world.run(world.server.ada, "rank", username="ada")
    assert "Something went wrong on my side" in response_text(result)
    assert is_private(result)
    answer = world.server.channel.history()[-1]
    assert text_of(raw(answer)).startswith("# #1\n")
    world.expect(RuntimeError)


@pytest.mark.parametrize(
    "error",
    [
        discord.DiscordServerError(cast("Any", SimpleNamespace(status=503, reason="")), ""),
        aiohttp.ServerDisconnectedError(),
        TimeoutError(),
    ],
)
async def test_failure_of_discord_is_no_defect_of_the_bot(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    break_(world, monkeypatch, error)
    answer = await world.ask(world.server.ada, "status")
    assert answer == "⚠️ Discord did not answer. Try again in a minute."
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    world.expect(type(error))


async def test_request_that_discord_calls_invalid_is_a_defect_of_the_bot(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = cast("Any", SimpleNamespace(status=400, reason=""))
    break_(world, monkeypatch, discord.HTTPException(response, {"code": 50035}))
    assert "Something went wrong on my side" in await world.ask(world.server.ada, "status")
    world.expect(discord.HTTPException)


@pytest.mark.parametrize("code", [10062, 40060, 10008])
async def test_expired_interaction_is_only_logged(
    world: World, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=code)
    await world.run(world.server.ada, "status")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    world.expect(discord.NotFound)


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015)])
async def test_response_with_a_token_that_is_gone_is_only_logged(
    world: World, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    """Discord keeps the token of an interaction for a quarter of an hour."""
    for method in ("PATCH", "POST"):
        world.env.inject_error(method, "/webhooks/*", status=status, code=code, times=None)
    with caplog.at_level(logging.INFO):
        await world.run(world.server.ada, "status")
    assert "status could not be answered: " in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    world.expect(discord.HTTPException)


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
    assert answer.startswith("⚠️ No. No.")
    assert (len(answer), answer[-1]) == (4000, "…")


async def test_invisible_choice_is_explained(world: World) -> None:
    """Discord also takes the id of a user who is not in the server."""
    stranger = world.add_server().ada.user
    answer = await world.ask(world.server.manager, "whois", member=stranger)
    assert answer == "⚠️ I can't use ada here. Pick one that I can see."
    world.expect(discord.app_commands.TransformerError)


async def test_errors_of_discord_py_have_sentences(world: World) -> None:
    command = world.bot.tree.get_command("status")
    assert isinstance(command, discord.app_commands.Command)
    mismatch = discord.app_commands.CommandSignatureMismatch(command)
    assert "has just changed" in str(describe_for_user(mismatch))
    assert (
        describe_for_user(discord.app_commands.NoPrivateMessage()) == "This only works in a server."
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


async def send_control(world: World, item: ui.Item[Any]) -> discord.Message:
    """Send a message of the bot with a control that it no longer makes, or never made."""
    channel = world.bot.get_partial_messageable(world.server.channel.id)
    return await channel.send(view=card("Once", buttons=[[item]]))


@pytest.mark.parametrize(
    "custom_id",
    [
        "settings:toggle:links:require_verified",  # as before a button carried its value
        "settings:toggle:nowhere:announce:on",
        "settings:toggle:links:guild_id:on",
        "settings:edit:nowhere:1:2",
        "settings:edit:news:3",
        "settings:edit:news:1:2:3",
        "settings:mode:channel",
        "settings:toggle:links:require_verified:on:perhaps",
        "settings:replace-role:gold:1:nobody",
        "settings:back:news:nowhere",
        "page:browse:0:titanic",
        "board:next:1:1:9",
        "board:sideways:1:1:0",
        "history:decade:1:1",
        "confirm:privacy:forget:1",
        "an id of another time",
    ],
)
async def test_forged_or_outdated_button_ends_in_a_sentence(
    world: World, caplog: pytest.LogCaptureFixture, custom_id: str
) -> None:
    message = await send_control(world, ui.Button(label="Press", custom_id=custom_id))
    result = await world.server.manager.click(message, label="Press")
    assert response_text(result) == "⚠️ " + OUTDATED_CONTROL_TEXT
    assert is_private(result)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    ("custom_id", "sentence"),
    [
        ("board:go:99:1:0", "no longer follows this competition"),
        ("board:next:999999999999999999:9999999999:3", "no longer follows this competition"),
        ("history:all:999999999999999999:999999999999999999", "no longer follows this competition"),
        ("settings:mode:99999999999999999999", "gets no news any more, so nothing was changed."),
        (
            "confirm:privacy:delete:nobody",
            "Only the person who used the command can choose this.",
        ),
        ("settings:replace-role:gold:1:none", "No roles for ranks"),
        ("settings:replace-role:gold:1:2", "That role was deleted."),
        ("rank:board:ada", "no longer follows this competition"),
        ("board:about:99", "no longer follows"),
        ("page:standings:9999:abc", "season no longer exists"),
        ("page:ranks:1:not a name!", "not a Kaggle user name"),
        ("rename:move:99:digits", "no longer follows"),
        ("roles:require-verified:gold", "In the gold zone"),
        ("roles:every-link:gold", "In the gold zone"),
        ("roles:replace:gold:1:none", "has no role any more"),
        ("link:check", "`/link`"),
    ],
)
async def test_control_of_what_is_gone_ends_in_a_sentence(
    world: World, caplog: pytest.LogCaptureFixture, custom_id: str, sentence: str
) -> None:
    control: ui.Item[Any]
    if not custom_id.startswith(("board:go", "settings:mode", "rank:board")):
        control = ui.Button(label="Press", custom_id=custom_id)
        message = await send_control(world, control)
        result = await world.server.manager.click(message, label="Press")
    else:
        option = discord.SelectOption(label="Titanic", value="everything")
        control = ui.Select(custom_id=custom_id, options=[option])
        message = await send_control(world, control)
        result = await world.server.manager.select(message, ["everything"], custom_id=custom_id)
    assert sentence in response_text(result)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    "custom_id",
    [
        "settings:section",
        "settings:choose:quiet:quiet_from",
        "settings:choose:quiet:announce",
        "settings:choose:nowhere:quiet_from",
    ],
)
async def test_value_that_a_select_no_longer_offers_ends_in_a_sentence(
    world: World, caplog: pytest.LogCaptureFixture, custom_id: str
) -> None:
    option = discord.SelectOption(label="Once", value="2500")
    message = await send_control(world, ui.Select(custom_id=custom_id, options=[option]))
    result = await world.server.manager.select(message, ["2500"], custom_id=custom_id)
    assert response_text(result) == "⚠️ " + OUTDATED_CONTROL_TEXT
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


ENTITIES = ("settings:channel:announcements", "settings:role:gold")
SELECTS = (
    "board:go:1:1:0",
    "rank:board:ada",
    "browse-follow",
    "feed-categories:1",
    "settings:section",
    "settings:choose:quiet:quiet_from",
    "settings:channel:channels",
    "settings:zone",
    "settings:mode:1",
)
BUTTONS = (
    "board:next:1:1:0",
    "board:about:1",
    "history:all:1:1",
    "page:status:1:",
    "feed-follow:digits",
    "rename:move:1:digits",
    "roles:require-verified:gold",
    "roles:every-link:gold",
    "roles:replace:gold:1:none",
    "roles:keep",
    "settings:toggle:links:require_verified:on",
    "settings:edit:news:1:2",
    "settings:show:overview",
    "settings:search-zone",
    "settings:replace-role:gold:1:none",
    "settings:back:news:overview",
    "link:check",
)


@pytest.mark.parametrize(
    ("custom_id", "is_button"),
    [
        *((custom_id, True) for custom_id in (*SELECTS, *ENTITIES)),
        *((custom_id, False) for custom_id in (*BUTTONS, *ENTITIES)),
    ],
)
async def test_control_that_is_of_another_kind_now_changes_nothing(
    world: World, caplog: pytest.LogCaptureFixture, custom_id: str, is_button: bool
) -> None:
    """As when an earlier version had a button where this one has a select."""
    world.serve("titanic", SMALL)
    await world.follow()
    server, storage = world.server, world.storage
    role = server.guild.create_role("Gold")
    await storage.roles.set_role(server.guild.id, RoleCriterion.GOLD, role.id)
    before = await storage.guilds.load_settings(server.guild.id)
    option = discord.SelectOption(label="Once", value="2500")
    control = ui.Button[Any](label="Press", custom_id=custom_id)
    select = ui.Select[Any](custom_id=custom_id, options=[option])
    message = await send_control(world, control if is_button else select)
    if is_button:
        result = await server.manager.click(message, label="Press")
    else:
        result = await server.manager.select(message, ["2500"], custom_id=custom_id)
    assert response_text(result) == f"⚠️ {OUTDATED_CONTROL_TEXT}"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert await storage.guilds.load_settings(server.guild.id) == before
    assert await storage.roles.load_roles(server.guild.id) == {RoleCriterion.GOLD: role.id}


async def test_modal_that_was_open_during_a_restart_ends_in_a_sentence(world: World) -> None:
    world.serve("titanic", crowd(70))
    await world.follow()
    message = await board(world, world.server.ada)
    opened = await world.server.ada.click(message, label="1 / 4")
    await world.restart()
    result = await world.server.ada.submit_modal(opened, {"page": "3"})
    assert response_text(result) == "⚠️ " + OUTDATED_MODAL_TEXT
    assert is_private(result)


TEXT_LENGTH = "That text is too short or too long: {} to {} characters are allowed."
NUMBER = "{} is out of range: {} to 100,000 is allowed."


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("announcements", {"smallest_rise": -5}, NUMBER.format(-5, 0)),
        ("announcements", {"smallest_fall": 0}, NUMBER.format(0, 1)),
        ("announcements", {"smallest_fall": 100_001}, NUMBER.format(100_001, 1)),
        ("announcements", {"smallest_rise": 2**53 - 1}, NUMBER.format(2**53 - 1, 0)),
        ("leaderboard", {"page": 0}, NUMBER.format(0, 1)),
        ("leaderboard", {"page": -1}, NUMBER.format(-1, 1)),
        ("rank", {"username": "u" * 201}, TEXT_LENGTH.format(1, 200)),
        ("season create", {"name": ""}, TEXT_LENGTH.format(1, 60)),
        ("season create", {"name": "x" * 61}, TEXT_LENGTH.format(1, 60)),
        ("competition browse", {"words": "w" * 41}, TEXT_LENGTH.format(1, 40)),
        ("roles remove", {"criterion": "platinum"}, "platinum is not one of the choices. Pick one"),
        ("history", {"period": "decade"}, "decade is not one of the choices. Pick one"),
    ],
)
async def test_option_that_a_command_does_not_take_is_refused_in_words(
    world: World,
    caplog: pytest.LogCaptureFixture,
    command: str,
    options: dict[str, Any],
    sentence: str,
) -> None:
    """Discord checks options for a command of now; one that is changed may still come in."""
    manager, channel = world.server.manager, world.server.channel
    world.serve("titanic", SMALL)
    await world.follow()
    before = await world.storage.guilds.load_settings(world.server.guild.id)
    drop_limits(world.env.backend.visible_commands(user_id=manager.id, channel_id=channel.id))
    result = await world.run(manager, command, **options)
    assert sentence in response_text(result)
    assert is_private(result)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert await world.storage.guilds.load_settings(world.server.guild.id) == before
    assert await world.storage.seasons.load_seasons(world.server.guild.id) == []


def drop_limits(described: Any) -> None:
    """Remove SimCord's checks of the values of options."""
    for limit in ("min_value", "max_value", "min_length", "max_length", "choices"):
        if isinstance(described, dict):
            described.pop(limit, None)
    inner = described.values() if isinstance(described, dict) else described
    for part in inner:
        if isinstance(part, (dict, list, tuple)):
            drop_limits(part)


async def test_typed_text_of_any_length_is_completed(world: World) -> None:
    """What is not yet typed to its end has no range."""
    world.serve("titanic", SMALL)
    await world.follow()
    assert await world.autocomplete(world.server.ada, "rank", "competition", "") == ["titanic"]
    assert await world.autocomplete(world.server.ada, "rank", "competition", "t" * 300) == []


async def test_value_that_is_none_of_an_options_choices_is_refused(world: World) -> None:
    group = world.bot.tree.get_command("roles")
    assert isinstance(group, discord.app_commands.Group)

    def use(name: str, value: object) -> SimpleNamespace:
        kind = discord.InteractionType.application_command
        command = group.get_command(name)
        return SimpleNamespace(command=command, namespace=[("criterion", value)], type=kind)

    for value in ("platinum", 7):
        given = use("set", value)
        with pytest.raises(
            UserError, match=f"^{value} is not one of the choices. Pick one from the list."
        ):
            await world.bot.tree.interaction_check(cast("Interaction", given))
    assert await world.bot.tree.interaction_check(cast("Interaction", use("set", "gold")))
