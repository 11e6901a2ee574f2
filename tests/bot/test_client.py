import asyncio
import gc
import weakref
from collections.abc import Iterator

import discord
import pytest
import simcord

import cogs
from bot.client import Podium, freeze_objects
from bot.commands.errors import CommandError
from leaderboards.kaggle.client import KaggleCli
from storage.storage import Storage
from tests.bot.conftest import CommandLine


def make_bot(storage: Storage, dev_guild_id: int | None = None) -> Podium:
    return Podium(storage, KaggleCli(credentials={}), dev_guild_id=dev_guild_id)


def sent(env: simcord.Env) -> list[str]:
    """Return where commands were sent to, without the application's number."""
    return [
        call.path.partition("/applications/")[2].partition("/")[2]
        for call in env.http_requests
        if call.method == "PUT" and call.path.endswith("/commands")
    ]


async def test_client_asks_for_guilds_only_and_allows_no_mentions(storage: Storage) -> None:
    bot = make_bot(storage)
    assert dict(bot.intents) == dict(discord.Intents(guilds=True))
    mentions = bot.allowed_mentions
    assert mentions is not None
    assert not any((mentions.everyone, mentions.users, mentions.roles, mentions.replied_user))
    assert bot.help_command is None


async def test_commands_are_sent_once_and_again_only_when_they_changed(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with simcord.run(make_bot(storage), shard_count=1) as env:
        assert sent(env) == ["commands"]
        await env.restart_bot(make_bot(storage))
        assert sent(env) == ["commands"]
        monkeypatch.setattr(
            cogs,
            "EXTENSIONS",
            ("cogs.announcements.announcer", "cogs.syncing.sync_loop", "cogs.server.status"),
        )
        await env.restart_bot(make_bot(storage))
        assert sent(env) == ["commands", "commands"]


async def test_refused_commands_are_sent_again(storage: Storage) -> None:
    async with simcord.run(make_bot(storage), shard_count=1) as env:
        await storage.key_values.set(f"commands {env.bot.application_id} global", "another")
        env.inject_error("PUT", "/applications/*/commands", status=400)
        with pytest.raises(discord.HTTPException):
            await env.restart_bot(make_bot(storage))
    async with simcord.run(make_bot(storage), shard_count=1) as env:
        assert sent(env) == ["commands"]


async def test_a_development_server_gets_the_commands_for_itself(storage: Storage) -> None:
    async with simcord.run(make_bot(storage), shard_count=1) as env:
        guild = env.create_guild()
        await env.restart_bot(make_bot(storage, dev_guild_id=guild.id))
        assert sent(env) == ["commands", f"guilds/{guild.id}/commands"]
        await env.restart_bot(make_bot(storage, dev_guild_id=guild.id))
        assert len(sent(env)) == 2


async def test_a_development_server_without_the_bot_is_named(storage: Storage) -> None:
    async with simcord.run(make_bot(storage), shard_count=1) as env:
        env.inject_error("PUT", "/applications/*/guilds/*/commands", status=403, code=50001)
        with pytest.raises(
            CommandError, match=r"DEV_GUILD_ID names the server 77, but the bot is not"
        ):
            await env.restart_bot(make_bot(storage, dev_guild_id=77))


async def test_forbidden_commands_stop_the_start(storage: Storage) -> None:
    async with simcord.run(make_bot(storage), shard_count=1) as env:
        await storage.key_values.set(f"commands {env.bot.application_id} global", "another")
        env.inject_error("PUT", "/applications/*/commands", status=403)
        with pytest.raises(discord.Forbidden):
            await env.restart_bot(make_bot(storage))


async def test_close_unloads_the_cogs_and_stops_the_renderer(storage: Storage) -> None:
    bot = make_bot(storage)
    async with simcord.run(bot, shard_count=1):
        assert bot.cogs
        await bot.close()
        assert not bot.cogs
        with pytest.raises(RuntimeError, match="after shutdown"):
            bot.services.plot_renderer.warm_up()


@pytest.fixture
def _unfrozen() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


class Cycle:
    """An object that only the collector frees, as a server that its channels refer to."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("_unfrozen")
def test_frozen_objects_are_collected_at_the_next_freeze() -> None:
    server = Cycle()
    reference = weakref.ref(server)
    freeze_objects()
    del server
    gc.collect()
    assert reference() is not None
    freeze_objects()
    assert reference() is None


@pytest.mark.usefixtures("_unfrozen")
def test_the_running_bot_freezes_its_servers_when_ready(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")
    frozen: list[int] = []

    async def start(self: Podium, token: str, *, reconnect: bool = True) -> None:
        assert gc.get_freeze_count() == 0
        self.dispatch("ready")
        await asyncio.sleep(0.05)
        frozen.append(gc.get_freeze_count())

    monkeypatch.setattr(Podium, "start", start)
    assert podium("run")[0] == 0
    assert frozen[0] > 0
