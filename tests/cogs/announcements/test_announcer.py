import re
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from operator import add
from typing import Any

import discord
import pytest

from cogs.announcements import retry_policy
from cogs.announcements.announcer import Announcer
from cogs.announcements.screens.message_screen import message_view
from leaderboards.news.messages import Message
from storage.database import Database
from storage.news.outbox import Outbox
from tests.cogs.examples import ALPHA, BRAVO, CHARLIE
from tests.cogs.world import START, Server, World, announced, announcements, raw, text_of

POST = "/channels/*/messages"


async def bob_climbs(world: World, server: Server | None = None) -> None:
    """Serve a board on which a linked member leads; the bot has not read it yet."""
    at = server or world.server
    world.serve("titanic", [ALPHA, CHARLIE, BRAVO])
    await world.ask(at.bob, "link", username="bob")
    await world.follow(server=at)
    await world.env.advance_time(60)
    world.serve("titanic", [ALPHA, world.submit(CHARLIE, "0.941"), BRAVO])
    await world.pass_time(minutes=5)
    world.serve("titanic", [world.submit(BRAVO, "0.999"), ALPHA, CHARLIE])


async def wait_for_retries(world: World) -> None:
    """Wait until the last board is read and all is tried again."""
    await world.pass_time(minutes=5)
    world.sync_every(minutes=60)
    await world.pass_time(minutes=55)


def pinged_user_ids(world: World, message: discord.Message) -> set[int]:
    """Return the ids of the users that a message pings."""
    allowed = world.env.backend.get_message(message.channel.id, message.id).allowed_mentions
    assert not allowed.everyone
    assert allowed.users is not None
    return set(allowed.users)


def sent_bodies(world: World) -> list[dict[str, Any]]:
    """Return the bodies of all messages that the bot tried to send into channels."""
    return [
        request.json
        for request in world.env.http_requests
        if request.method == "POST"
        and request.path.endswith("/messages")
        and isinstance(request.json, dict)
    ]


async def test_news_is_sent_once_silently_and_without_a_ping(world: World) -> None:
    await bob_climbs(world)
    await world.pass_time(minutes=20)
    followed, news = announced(world)
    assert "Now following" in followed
    assert (
        f"👑 {world.server.bob.mention} (Bravo) has taken the lead\n"
        "-# from #3 · new best score **0.999** (+0.059) · ⭐ best rank yet\n"
    ) in news
    message = announcements(world)[-1]
    assert message.flags.suppress_notifications
    assert pinged_user_ids(world, message) == set()


async def test_message_carries_its_row_id_and_a_nonce(world: World) -> None:
    await bob_climbs(world)
    await world.pass_time(minutes=6)
    first, second = sent_bodies(world)
    assert len({first["nonce"], second["nonce"]}) == 2
    ids = [raw(message)[0]["id"] for message in announcements(world)]
    assert ids == [1001, 1002]  # Discord's own begin at 1.


async def test_only_members_who_asked_for_it_are_pinged(world: World) -> None:
    await world.ask(world.server.manager, "announcements", mention=True)
    await bob_climbs(world)
    await world.ask(world.server.bob, "pingme", enabled=True)
    await world.pass_time(minutes=6)
    message = announcements(world)[-1]
    assert pinged_user_ids(world, message) == {world.server.bob.id}
    assert not message.flags.suppress_notifications


async def test_member_who_turned_pings_off_is_not_pinged(world: World) -> None:
    manager, bob = world.server.manager, world.server.bob
    await world.ask(manager, "announcements", mention=True)
    await bob_climbs(world)
    await world.ask(bob, "pingme", enabled=True)
    world.env.inject_error("POST", POST, status=503, times=4)
    await world.pass_time(minutes=6)
    await world.ask(bob, "pingme", enabled=False)
    await wait_for_retries(world)
    assert "👑" in announced(world)[-1]
    assert pinged_user_ids(world, announcements(world)[-1]) == set()


async def test_nobody_is_pinged_after_the_server_turned_pings_off(world: World) -> None:
    manager = world.server.manager
    await world.ask(manager, "announcements", mention=True)
    await bob_climbs(world)
    await world.ask(world.server.bob, "pingme", enabled=True)
    world.env.inject_error("POST", POST, status=503, times=4)
    await world.pass_time(minutes=6)
    await world.ask(manager, "announcements", mention=False)
    await wait_for_retries(world)
    assert "👑" in announced(world)[-1]
    assert pinged_user_ids(world, announcements(world)[-1]) == set()


async def test_refused_messages_are_sent_later_in_order(world: World) -> None:
    world.env.inject_error("POST", POST, status=503, times=6)
    await bob_climbs(world)
    await world.pass_time(minutes=6)
    assert announced(world) == []
    status = await world.ask(world.server.ada, "status")
    assert "Waiting to be delivered: 2 announcements" in status
    assert "Discord answered with an error (503)" in status
    await wait_for_retries(world)
    followed, news = announced(world)
    assert "Now following" in followed
    assert "👑" in news
    assert "No announcement is waiting" in await world.ask(world.server.ada, "status")


async def test_closed_channel_keeps_its_news_and_delays_no_other(world: World) -> None:
    elsewhere = world.add_server()
    world.env.inject_error(
        "POST", f"/channels/{world.server.channel.id}/messages", status=403, code=50013, times=1
    )
    await bob_climbs(world)
    await world.follow(server=elsewhere)
    await world.pass_time(minutes=6)
    assert announced(world) == []
    assert "Now following" in announced(world, elsewhere)[0]
    status = await world.ask(world.server.ada, "status")
    assert "Not everything works" in status
    assert f"<#{world.server.channel.id}>: I am not allowed to write there" in status
    assert "All is well" in await world.ask(elsewhere.ada, "status")
    await wait_for_retries(world)
    await world.pass_time(minutes=5)
    assert ["Now following" in text for text in announced(world)] == [True, False]


async def test_news_that_waited_for_days_becomes_one_message(world: World) -> None:
    teams = [ALPHA, BRAVO, CHARLIE]
    world.serve("titanic", teams)
    await world.ask(world.server.bob, "link", username="bob")
    await world.follow()
    world.sync_every(minutes=240)
    followed = len(announced(world))
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    for hour in range(0, 50, 4):
        bob = world.submit(BRAVO, f"0.99{hour:02}")
        world.serve("titanic", [bob, ALPHA, CHARLIE])
        await world.pass_time(hours=4)
    assert len(announced(world)) == followed
    assert await world.storage.outbox.count_waiting() <= 2
    world.env.backend.faults.clear()
    await world.pass_time(hours=2)
    (told,) = announced(world)[followed:]
    assert "⏳ While I could not write here" in told
    assert "0.9948" in told


async def test_single_news_that_waited_for_days_says_when_it_happened(world: World) -> None:
    await world.ask(world.server.bob, "link", username="bob")
    world.list_competition(deadline=START + timedelta(days=30))
    world.serve("titanic", [ALPHA, BRAVO, CHARLIE])
    await world.follow()
    world.sync_every(minutes=240)
    followed = len(announced(world))
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    await world.env.advance_time(60)
    world.serve("titanic", [world.submit(BRAVO, "0.999"), ALPHA, CHARLIE])
    taken_at = int(world.env.now().timestamp())
    await world.pass_time(hours=60)
    world.env.backend.faults.clear()
    await world.pass_time(hours=4)
    (told,) = announced(world)[followed:]
    assert "has taken the lead" in told
    assert f"⏳ While I could not write here, <t:{taken_at}:f>" in told


async def test_news_of_all_competitions_that_waited_becomes_one_message(world: World) -> None:
    slugs = ["titanic", "digits", "house-prices", "spaceship"]
    await world.ask(world.server.bob, "link", username="bob")
    for slug in slugs:
        world.serve(slug, [ALPHA, BRAVO, CHARLIE])
        await world.follow(slug)
    world.sync_every(minutes=120)
    followed = len(announced(world))
    post = f"/channels/{world.server.channel.id}/messages"
    world.env.inject_error("POST", post, status=403, code=50013, times=None)
    for hour in range(0, 30, 2):
        # The last one has news only after the others were merged.
        for slug in slugs if hour == 26 else slugs[:3]:
            bob = world.submit(BRAVO, f"0.99{hour:02}")
            world.serve(slug, [bob, ALPHA, CHARLIE])
        await world.pass_time(hours=2)
    assert len(announced(world)) == followed
    # Those of the last round are merged with the next attempt.
    assert await world.storage.outbox.count_waiting() <= 1 + len(slugs)
    await world.confirm(world.server.manager, "competition remove", competition="digits")
    world.env.backend.faults.clear()
    await world.restart()
    world.sync_every(minutes=60)
    await world.pass_time(hours=2)
    (told,) = announced(world)[followed:]
    assert "⏳ While I could not write here" in told
    last = {"Titanic": "0.9928", "House Prices": "0.9928", "Spaceship": "0.9926"}
    for name, score in last.items():
        (line,) = re.findall(rf"\*\*{name}\*\*\n(.*)", told)
        assert world.server.bob.mention in line
        assert score in line
    assert "Digits" not in told
    assert "All is well" in await world.ask(world.server.ada, "status")
    await world.pass_time(hours=3)
    assert len(announced(world)) == followed + 1


async def test_status_names_a_deleted_channel(world: World) -> None:
    world.env.inject_error("POST", POST, status=404, code=10003, times=None)
    await bob_climbs(world)
    assert "The channel no longer exists" in await world.ask(world.server.ada, "status")


async def test_unsent_messages_are_sent_after_a_restart(world: World) -> None:
    world.env.inject_error("POST", POST, status=503, times=5)
    await bob_climbs(world)
    assert announced(world) == []
    await world.restart()
    await world.env.settle()
    assert "Now following" in announced(world)[0]


async def test_delivery_goes_on_after_a_connection_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = discord.abc.Messageable.send

    async def broken(*_: object, **__: object) -> None:
        raise OSError("connection reset")

    monkeypatch.setattr(discord.abc.Messageable, "send", broken)
    await bob_climbs(world)
    assert "could not be reached" in await world.ask(world.server.ada, "status")
    monkeypatch.setattr(discord.abc.Messageable, "send", real)
    await world.pass_time(minutes=6)
    assert len(announced(world)) == 2


async def test_delivery_goes_on_after_a_database_error(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reads = ("read", "query")
    real = [getattr(Database, name) for name in reads]

    def broken(*_: object) -> None:
        raise RuntimeError("no database today")

    await bob_climbs(world)
    for name in reads:
        monkeypatch.setattr(Database, name, broken)
    await world.pass_time(minutes=6)
    assert "The outbox could not be read" in caplog.text
    assert "The round of syncs failed" in caplog.text
    for name, method in zip(reads, real, strict=True):
        monkeypatch.setattr(Database, name, method)
    await world.pass_time(minutes=6)
    assert len(announced(world)) == 2


async def test_message_that_may_have_been_sent_is_searched_for_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Outbox.mark_delivered

    async def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Outbox, "mark_delivered", broken)
    await bob_climbs(world)
    assert "Waiting to be delivered: 1 announcement" in await world.ask(world.server.ada, "status")
    monkeypatch.setattr(Outbox, "mark_delivered", real)
    await wait_for_retries(world)
    assert ["Now following" in text for text in announced(world)] == [True, False]
    assert "No announcement is waiting" in await world.ask(world.server.ada, "status")


async def test_failing_searches_have_growing_pauses(world: World) -> None:
    def count_searches() -> int:
        sent = world.env.http_requests
        return sum(one.method == "GET" and one.path.endswith("/messages") for one in sent)

    world.env.inject_error("POST", POST, status=503, times=1)
    world.env.inject_error("GET", POST, status=503, times=500)
    await bob_climbs(world)
    world.sync_every(minutes=60)
    await world.pass_time(hours=1)
    assert 5 <= count_searches() <= 9


async def test_without_access_to_the_history_the_nonce_prevents_duplicates(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    everyone = world.server.guild.default_role
    world.server.channel = world.server.guild.create_text_channel(
        "closed", overwrites={everyone: discord.PermissionOverwrite(read_message_history=False)}
    )
    world.env.inject_error("POST", POST, status=500, times=2)
    await bob_climbs(world)
    await wait_for_retries(world)
    assert len(announced(world)) == 2
    assert len({body["nonce"] for body in sent_bodies(world)}) == 2
    assert "I may not read its history" in caplog.text


async def channel_changed(world: World) -> None:
    channel = world.bot.get_channel(world.server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await world.announcer.on_guild_channel_update(channel, channel)


async def role_changed(world: World) -> None:
    role = cached_guild(world).default_role
    await world.announcer.on_guild_role_update(role, role)


async def role_given_to_the_bot(world: World) -> None:
    me = cached_guild(world).me
    await world.announcer.on_member_update(me, me)


def cached_guild(world: World) -> discord.Guild:
    guild = world.bot.get_guild(world.server.guild.id)
    assert guild is not None
    return guild


@pytest.mark.parametrize("change", [channel_changed, role_changed, role_given_to_the_bot])
async def test_channel_is_retried_when_its_permissions_may_have_changed(
    world: World, change: Callable[[World], Awaitable[None]]
) -> None:
    world.env.inject_error("POST", POST, status=403, code=50013, times=1)
    await bob_climbs(world)
    assert announced(world) == []
    with world.env._bot_scope():
        await change(world)
    await world.env.settle()
    assert "Now following" in announced(world)[0]


async def test_message_that_always_fails_is_abandoned_and_the_next_ones_are_sent(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    module = sys.modules[Announcer.__module__]
    real = message_view

    def broken(row_id: int, message: Message, *_rest: object) -> discord.ui.LayoutView:
        if message.type == "followed":
            raise RuntimeError("no words")
        return real(row_id, message)

    monkeypatch.setattr(module, "message_view", broken)
    monkeypatch.setattr(retry_policy, "SUSPECT_FAILURES", 3)
    await bob_climbs(world)
    await world.pass_time(minutes=6)
    assert ["👑" in text for text in announced(world)] == [True]
    assert "is abandoned" in caplog.text
    status = await world.ask(world.server.ada, "status")
    assert "1 announcement could not be delivered" in status
    assert "its log has the details" in status
    assert "No announcement is waiting" in status
    world.bot.services.now = partial(add, world.env.now(), timedelta(days=7, minutes=1))
    await world.sync_service.sync_due()
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert len(announced(world)) == 1


async def test_message_that_cannot_be_searched_for_is_abandoned(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("no search")

    monkeypatch.setattr(sys.modules[Announcer.__module__], "find_sent", broken)
    monkeypatch.setattr(retry_policy, "SUSPECT_FAILURES", 3)
    world.env.inject_error("POST", POST, status=503, times=1)
    await bob_climbs(world)
    await world.pass_time(minutes=10)
    assert ["👑" in text for text in announced(world)] == [True]
    (record,) = (one for one in caplog.records if "is abandoned" in one.getMessage())
    assert record.exc_info is not None
    status = await world.ask(world.server.ada, "status")
    assert "1 announcement could not be delivered" in status
    assert "No announcement is waiting" in status


async def test_message_that_fails_once_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no words")

    monkeypatch.setattr(sys.modules[Announcer.__module__], "message_view", broken)
    await bob_climbs(world)
    assert "an announcement failed" in caplog.text
    assert "its log has the details" in await world.ask(world.server.ada, "status")
    monkeypatch.undo()
    await world.pass_time(minutes=10)
    assert len(announced(world)) == 2


async def test_messages_of_a_deleted_channel_are_sent_to_the_new_one(world: World) -> None:
    await bob_climbs(world)
    old, new = world.server.channel, world.server.guild.create_text_channel("news")
    sent_before = len(announced(world))
    world.env.inject_error(
        "POST", f"/channels/{old.id}/messages", status=404, code=10003, times=None
    )
    await world.pass_time(minutes=5)
    assert "The channel no longer exists." in await world.ask(world.server.ada, "status")
    listed = await world.ask(world.server.manager, "competition list")
    assert "no channel" in listed
    await world.ask(world.server.manager, "announcements", channel=new)
    assert len(announced(world)) == sent_before
    assert ["👑" in text_of(raw(message)) for message in new.history()] == [True]
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_deleted_channel_is_replaced_by_that_of_the_server(world: World) -> None:
    new = world.server.guild.create_text_channel("news")
    await world.ask(world.server.manager, "announcements", channel=new)
    await bob_climbs(world)
    channel = world.bot.get_channel(world.server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await world.announcer.on_guild_channel_delete(channel)
    await world.pass_time(minutes=5)
    assert ["👑" in text_of(raw(message)) for message in new.history()] == [True]
