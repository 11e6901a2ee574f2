"""What Discord would not take is refused, and can be asked for."""

from __future__ import annotations

from typing import Any, TypeAlias

import aiohttp
import discord
import pytest

from tests.wire.control.client import Wire
from tests.wire.control.results import Guild
from tests.wire.http.command_limits import choice_problems, command_problems, modal_problems
from tests.wire.http.limits import message_problems
from tests.wire.http.schema import Schema
from tests.wire.minimal_bot import MinimalBot, card
from tests.wire.state.world import COMPONENTS_V2

MESSAGES = "/channels/{channel_id}/messages"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"


Part: TypeAlias = dict[str, Any]


def text(content: str, **more: object) -> Part:
    return {"type": 10, "content": content, **more}


def button(**more: object) -> Part:
    return {"type": 2, "style": 1, "custom_id": "b", "label": "Press", **more}


def select(options: int, **more: object) -> Part:
    offered = [{"label": f"{n}", "value": f"{n}"} for n in range(options)]
    return {"type": 3, "custom_id": "s", "options": offered, **more}


def row(*parts: Part) -> Part:
    return {"type": 1, "components": list(parts)}


@pytest.mark.parametrize(
    ("components", "problem"),
    [
        ([text("x")] * 41, "41, but 40 is the most"),
        ([text("x" * 2_001), {"type": 17, "components": [text("y" * 2_000)]}], "4000 characters"),
        ([text("a", id=5), text("b", id=5)], "an id stands twice"),
        ([text("a", id=1 << 31)], "an id is not from 1"),
        ([row(button(), button())], "a custom_id stands twice"),
        ([row(button(custom_id="x" * 101))], "longer than 100"),
        ([row(button(custom_id=None))], "needs a custom_id"),
        ([row(button(style=5, url="https://a.b"))], "a link has a url and no custom_id"),
        ([row(button(label="x" * 81))], "longer than 80"),
        ([row(button(label=None))], "a label or an emoji"),
        ([row(select(26))], "one to 25 options"),
        ([row(select(2, max_values=3))], "more than there are options"),
        ([row(select(2, min_values=2, max_values=1))], "min_values is more"),
        ([row(select(2), button())], "either up to five buttons or one select"),
        ([{"type": 9, "components": [text("a")], "accessory": None}], "an accessory is required"),
        ([{"type": 9, "components": [], "accessory": button()}], "one to three texts"),
        ([{"type": 12, "items": []}], "one to ten items"),
        ([{"type": 12, "items": [{"media": {"url": "attachment://a"}}]}], "no file a was sent"),
    ],
)
def test_limits_of_components(components: list[Part], problem: str) -> None:
    found = list(message_problems({"components": components}, COMPONENTS_V2, []))
    assert any(problem in each for each in found), found


@pytest.mark.parametrize(
    ("body", "flags", "problem"),
    [
        ({"content": "x" * 2_001}, 0, "2000 or fewer"),
        ({"content": "x", "nonce": "n" * 26}, 0, "25 or fewer"),
        ({"content": "x", "enforce_nonce": True}, 0, "there is no nonce"),
        ({"content": "x", "components": [text("x")]}, COMPONENTS_V2, "IS_COMPONENTS_V2"),
        ({"components": [text("x")]}, 0, "need the flag IS_COMPONENTS_V2"),
        ({"components": [row(button(custom_id=f"{n}")) for n in range(6)]}, 0, "5 action rows"),
        ({"embeds": [{"title": "x" * 257}]}, 0, "title is longer than 256"),
        ({"embeds": [{"description": "x" * 4_000}] * 2}, 0, "6000 characters in all"),
        ({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 0, "parse has users"),
    ],
)
def test_limits_of_messages(body: Part, flags: int, problem: str) -> None:
    found = list(message_problems(body, flags, []))
    assert any(problem in each for each in found), found


def test_largest_allowed_message_has_no_problem() -> None:
    components = [text("x" * 100)] * 38 + [row(select(25, max_values=25))]
    assert list(message_problems({"components": components}, COMPONENTS_V2, [])) == []
    body = {"content": "x" * 2_000, "nonce": "n" * 25, "enforce_nonce": True}
    assert list(message_problems(body, 0, [])) == []


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ({"name": "Board", "description": "x"}, "no name for a command"),
        ({"name": "board", "description": "x" * 101}, "from 1 to 100"),
        ({"name": "board", "type": 2, "description": "x"}, "a context menu has no description"),
        (
            {
                "name": "board",
                "description": "x",
                "options": [
                    {"name": "a", "description": "x", "type": 3},
                    {"name": "b", "description": "x", "type": 3, "required": True},
                ],
            },
            "required options come first",
        ),
    ],
)
def test_limits_of_commands(command: Part, problem: str) -> None:
    assert any(problem in each for each in command_problems([command]))


def test_limits_of_choices_and_modals() -> None:
    choice = {"name": "Titanic", "value": "titanic"}
    assert list(choice_problems([choice] * 25)) == []
    assert list(choice_problems([choice] * 26)) == ["26 choices, but 25 is the most"]
    assert list(choice_problems([{"name": "x" * 101, "value": "x"}])) != []
    field = {"type": 18, "label": "Name", "component": {"type": 4, "custom_id": "n", "style": 1}}
    assert list(modal_problems({"title": "T", "custom_id": "m", "components": [field]})) == []
    assert list(modal_problems({"title": "T" * 46, "custom_id": "m", "components": [field]})) != []


async def test_violation_is_refused_and_recorded(wire: Wire, guild: Guild, bot: MinimalBot) -> None:
    news = bot.text_channel(guild.channels["news"])
    with pytest.raises(discord.HTTPException) as refused:
        await news.send("x" * 2_001)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    with pytest.raises(discord.HTTPException) as refused:
        await news.send("")
    assert refused.value.code == 50006
    [violation] = await wire.violations()
    assert (violation.method, violation.route) == ("POST", MESSAGES)
    assert violation.problems == ["content: must be 2000 or fewer in length"]
    assert await wire.messages(news.id) == []
    await wire.forget()
    await news.send(view=card("x" * 4_000))
    assert await wire.violations() == []


async def test_unknown_route_is_recorded(wire: Wire) -> None:
    headers = {"Authorization": "Bot token"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(f"{wire.base_url}/nothing/here") as answer,
    ):
        assert answer.status == 400
    [violation] = await wire.violations()
    assert violation.route == "/nothing/here"


async def test_bodies_are_validated_with_the_openapi_schema(
    wire: Wire, guild: Guild, schema: Schema
) -> None:
    if not schema.known:
        pytest.skip("Discord's published description is not here")
    assert (await wire.counters()).schema
    url = f"{wire.base_url}/channels/{guild.channels['news']}/messages"
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token"}) as session:
        bodies: list[object] = [
            {"content": 7},
            {"components": [{"type": 10}], "flags": 1 << 15},
            [],
        ]
        for body in bodies:
            async with session.post(url, json=body) as answer:
                assert answer.status == 400
    problems = [violation.problems for violation in await wire.violations()]
    assert len(problems) == 3
    assert problems[0][0].startswith("content: 7 is not")
    assert "components.0" in problems[1][0]


def test_every_kind_of_body_has_a_schema(schema: Schema) -> None:
    if not schema.known:
        pytest.skip("Discord's published description is not here")
    bodies: list[tuple[str, str, object]] = [
        ("POST", MESSAGES, {"flags": "none"}),
        ("PATCH", f"{MESSAGES}/{{message_id}}", {"flags": "none"}),
        ("POST", CALLBACK, {"type": 99}),
        ("POST", "/webhooks/{webhook_id}/{webhook_token}", {"flags": "none"}),
        ("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", {"flags": "none"}),
        ("PUT", "/applications/{application_id}/commands", [{"name": ""}]),
        ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", [{"name": ""}]),
        ("POST", "/users/@me/channels", {"recipient_id": []}),
    ]
    for method, route, body in bodies:
        assert schema.problems(method, route, body), (method, route)
    assert Schema(None).problems("POST", MESSAGES, {"flags": "none"}) == []
