"""Discord waits three seconds for a first answer: nothing may be asked of anybody before it.

Storage and Kaggle are out of order here: whoever asks them anything is noted, with whether Discord
had its answer by then. Every command, context menu, button and select there is is walked, those
that are added later too.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast, get_args
from unittest.mock import patch

import discord
import pytest
import simcord
from discord import app_commands, ui
from discord.webhook.async_ import AsyncWebhookAdapter
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from storage.database import Database
from tests.cogs.world import World

Option = discord.AppCommandOptionType


class OutOfOrderError(Exception):
    """What storage and Kaggle say."""


class Stopwatch:
    """Notes in which order Discord is answered and others are asked."""

    def __init__(self) -> None:
        self.answered = False
        self.asked: list[str] = []
        self.late: list[str] = []
        self.now = ""

    def start(self, name: str) -> None:
        self.now, self.answered = name, False

    def ask(self, whom: str) -> OutOfOrderError:
        self.asked.append(self.now)
        if not self.answered:
            self.late.append(f"{self.now} asks {whom} first")
        return OutOfOrderError(whom)

    def stop(self) -> None:
        if not self.answered:
            self.late.append(f"{self.now} does not answer")


@contextmanager
def out_of_order(world: World) -> Iterator[Stopwatch]:
    """Break storage and Kaggle, and record who asked them before Discord was answered."""
    watch = Stopwatch()
    answer = AsyncWebhookAdapter.create_interaction_response

    def answered(self: Any, *args: Any, **kwargs: Any) -> Any:
        watch.answered = True
        return answer(self, *args, **kwargs)

    @asynccontextmanager
    async def transaction(*_: Any, **__: Any) -> AsyncIterator[None]:
        if watch.now:
            raise watch.ask("storage")
        yield

    async def statement(*_: Any, **__: Any) -> list[Any]:
        if watch.now:
            raise watch.ask("storage")
        return []

    async def call(*_: Any, **__: Any) -> None:
        raise watch.ask("Kaggle")

    calls: dict[str, Any] = {
        name: call
        for name in dir(world.kaggle)
        if not name.startswith("_") and callable(getattr(world.kaggle, name)) and name != "close"
    }
    world.expect(OutOfOrderError)
    with (
        patch.object(AsyncWebhookAdapter, "create_interaction_response", answered),
        patch.object(Database, "read", transaction),
        patch.object(Database, "write", transaction),
        patch.object(Database, "query", statement),
        patch.object(Database, "change", statement),
        patch.multiple(world.kaggle, **calls),
    ):
        yield watch


@pytest.fixture
def admin(world: World) -> simcord.MemberActor:
    """Return somebody who may use everything."""
    guild = world.server.guild
    role = guild.create_role("Admin", permissions=discord.Permissions.all())
    return guild.add_member(world.env.create_user("admin"), roles=[role])


def value_of(option: app_commands.Parameter, world: World) -> Any:
    """Return a value that fits an option."""
    if option.choices:
        return option.choices[0].value
    number = int(option.min_value or 1)
    return {
        Option.string: "titanic",
        Option.integer: number,
        Option.number: number,
        Option.boolean: True,
        Option.user: world.server.ada,
        Option.role: world.server.guild.default_role,
        Option.channel: world.server.channel,
        Option.attachment: ("class.csv", b"discord,kaggle\nada,ada\n"),
    }[option.type]


async def test_every_command_defers_before_any_other_call(
    world: World, admin: simcord.MemberActor
) -> None:
    with out_of_order(world) as watch:
        for command in world.bot.tree.walk_commands():
            if not isinstance(command, app_commands.Command):
                continue
            for every in (False, True):
                options = {
                    option.name: value_of(option, world)
                    for option in command.parameters
                    if every or option.required
                }
                watch.start(f"/{command.qualified_name} {list(options)}")
                await admin.slash(world.server.channel, command.qualified_name, **options)
                watch.stop()
    assert watch.late == []
    assert len(watch.asked) > 20


async def test_every_context_menu_defers_before_any_other_call(
    world: World, admin: simcord.MemberActor
) -> None:
    menus = world.bot.tree.get_commands(type=discord.AppCommandType.user)
    assert menus
    with out_of_order(world) as watch:
        for menu in menus:
            watch.start(menu.name)
            await admin.context_menu(world.server.channel, menu.name, world.server.ada)
            watch.stop()
    assert watch.late == []
    assert list(dict.fromkeys(watch.asked)) == [menu.name for menu in menus]


ANY_ONE = settings(phases=[Phase.generate], derandomize=True, database=None)

LOOSE = {
    "settings:edit:": ["settings:edit:news:3:10"],
}
"""What stands in the custom_ids of components whose pattern does not say which words it takes."""


def custom_ids(kind: type[ui.DynamicItem[Any]]) -> Iterator[str]:
    """Return custom_ids that a component knows as its own, one for each of its words."""
    pattern = kind.__discord_ui_compiled_template__.pattern
    loose = LOOSE.get(pattern.split("(")[0])
    if loose is not None:
        yield from loose
        return
    words = re.search(r"\(\?P<\w+>([\w:]+(?:\|[\w:]+)+)\)", pattern)
    for word in words[1].split("|") if words else [""]:
        one = pattern.replace(words[1], word) if words else pattern
        like = st.from_regex(re.compile(one, re.ASCII), fullmatch=True)
        yield find(like, lambda _: True, settings=ANY_ONE)


def component(kind: type[ui.DynamicItem[Any]], custom_id: str) -> ui.Item[Any]:
    """Return what such a component looks like in a message."""
    (base,) = (one for one in kind.__orig_bases__ if get_args(one))  # type: ignore[attr-defined]
    (inner,) = get_args(base)
    if getattr(inner, "__origin__", inner) is ui.Button:
        return ui.Button(label="x", custom_id=custom_id)
    item = cast("ui.Item[Any]", getattr(inner, "__origin__", inner)(custom_id=custom_id))
    if isinstance(item, ui.Select):
        item.add_option(label="x", value="1")
    return item


async def test_every_component_defers_before_any_other_call(
    world: World, admin: simcord.MemberActor
) -> None:
    kinds = list(world.bot._connection._view_store._dynamic_items.values())
    channel = world.bot.get_channel(world.server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    with out_of_order(world) as watch:
        for kind in kinds:
            for custom_id in custom_ids(kind):
                item = component(kind, custom_id)
                view = ui.LayoutView(timeout=None)
                view.add_item(ui.ActionRow(item))
                message = await channel.send(view=view)
                watch.start(custom_id)
                if isinstance(item, ui.Button):
                    await admin.click(message, custom_id=custom_id)
                else:
                    chosen: list[Any] = ["1"]
                    if isinstance(item, ui.ChannelSelect):
                        chosen = [world.server.channel]
                    elif isinstance(item, ui.UserSelect):
                        chosen = [world.server.ada]
                    elif isinstance(item, ui.RoleSelect):
                        chosen = [world.server.guild.default_role]
                    await admin.select(message, chosen, custom_id=custom_id)
                watch.stop()
    assert watch.late == []
    assert len(watch.asked) > 5
