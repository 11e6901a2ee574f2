"""Lockouts: Kaggle refuses every call, because of the login or of too many calls."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
import simcord

from cogs.syncing.kaggle_lockout import KaggleLockout
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import Forbidden, KaggleFailed, NotLoggedIn, RateLimited
from tests.cogs.examples import SMALL
from tests.cogs.world import START, World, announced, direct_messages

SLUGS = ("digits", "house-prices", "titanic")
LOGIN = NotLoggedIn("Kaggle does not accept the bot's login; put a token into .env.")
FEWER = RateLimited("Kaggle asks for fewer calls (429); wait some minutes before the next one.")


@pytest.fixture
async def owner(world: World, owner: simcord.MemberActor) -> simcord.MemberActor:
    """Follow three competitions, with somebody who owns the bot's application."""
    for slug in SLUGS:
        world.serve(slug, SMALL)
        await world.follow(slug)
    await world.pass_time(minutes=5)
    world.kaggle.downloads.clear()
    return owner


def refuse(world: World, error: Exception, *slugs: str) -> None:
    for slug in slugs or SLUGS:
        world.kaggle.boards[slug] = error


def end_faults(world: World) -> None:
    for slug in SLUGS:
        world.serve(slug, SMALL)


async def test_failing_login_is_one_message_and_one_log_line(
    world: World, owner: simcord.MemberActor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cogs.syncing.kaggle_lockout")
    before = announced(world)
    refuse(world, LOGIN)
    await world.pass_time(minutes=5)  # Those that started before the first refusal.
    world.kaggle.downloads.clear()
    await world.pass_time(minutes=55)
    assert len(world.kaggle.downloads) == 11, "one a round"
    assert len(set(world.kaggle.downloads)) > 1, "not always the same"
    (message,) = direct_messages(owner)
    assert "I cannot read any leaderboard" in message
    assert "Kaggle does not accept the bot's login" in message
    status = await world.ask(world.server.ada, "status")
    assert status.count("Kaggle does not accept the bot's login") == 1
    assert "Not everything works" in status
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"Kaggle refuses every call: {LOGIN}"
    ]
    for competition in await world.storage.competitions.load_followed():
        assert (competition.failures, competition.error) == (0, None)

    end_faults(world)
    world.kaggle.downloads.clear()
    await world.pass_time(minutes=5)
    assert sorted(world.kaggle.downloads) == sorted(SLUGS)
    assert "Kaggle answers again, after " in caplog.text
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert len(direct_messages(owner)) == 1
    assert announced(world) == before


async def test_single_refusal_notifies_nobody(world: World, owner: simcord.MemberActor) -> None:
    refuse(world, LOGIN)
    await world.pass_time(minutes=5)
    assert "login" in await world.ask(world.server.ada, "status")
    end_faults(world)
    await world.pass_time(minutes=5)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert direct_messages(owner) == []


@pytest.mark.parametrize("minutes", [5, 240])
async def test_refusals_of_one_round_count_once(world: World, minutes: float) -> None:
    world.bot.services.sync_minutes = minutes
    lockout = KaggleLockout(world.bot, world.bot.services)
    for slug in SLUGS:
        lockout.record_refusal(slug, LOGIN)
    assert lockout.current is not None
    assert lockout.current.refusals == 1


async def test_owner_is_notified_once_per_lockout(world: World, owner: simcord.MemberActor) -> None:
    for _ in range(2):
        refuse(world, LOGIN)
        await world.pass_time(minutes=30)
        end_faults(world)
        await world.pass_time(minutes=10)
    assert len(direct_messages(owner)) == 2


async def test_owner_with_closed_messages_is_logged(
    world: World, owner: simcord.MemberActor, caplog: pytest.LogCaptureFixture
) -> None:
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    refuse(world, LOGIN)
    await world.pass_time(minutes=20)
    assert caplog.text.count("The bot's owner could not be told about the login") == 1


async def test_owner_is_notified_again_after_a_connection_error(
    world: World, owner: simcord.MemberActor
) -> None:
    world.env.inject_error("POST", "/users/@me/channels", status=503)
    refuse(world, LOGIN)
    await world.pass_time(minutes=30)
    assert len(direct_messages(owner)) == 1


async def test_owner_of_a_team_is_notified(
    world: World, owner: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def application_info() -> SimpleNamespace:
        return SimpleNamespace(owner=SimpleNamespace(id=1), team=SimpleNamespace(owner_id=owner.id))

    monkeypatch.setattr(world.bot, "application_info", application_info)
    refuse(world, LOGIN)
    await world.pass_time(minutes=20)
    assert len(direct_messages(owner)) == 1


async def test_rate_limit_pauses_all_syncs_with_growing_pauses(
    world: World, owner: simcord.MemberActor
) -> None:
    world.sync_every(minutes=15)
    calls: list[float] = []
    real, began = world.kaggle.download, world.env.now()

    async def counted(slug: str) -> bytes:
        calls.append((world.env.now() - began) / timedelta(minutes=1))
        return await real(slug)

    world.kaggle.download = counted  # type: ignore[method-assign]
    refuse(world, FEWER)
    await world.pass_time(hours=6, minutes=30)
    pauses = [round(after - before) for before, after in pairwise(calls)]
    # At once those that were under way when the first was refused.
    assert [pause for pause in pauses if pause] == [15, 30, 60, 120, 120]
    assert direct_messages(owner) == []
    status = await world.ask(world.server.ada, "status")
    assert status.count("Kaggle asks for fewer calls (429)") == 1
    end_faults(world)
    await world.pass_time(hours=2, minutes=15)
    world.kaggle.downloads.clear()
    await world.pass_time(minutes=45)
    assert len(world.kaggle.downloads) == 9
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_rate_limit_ends_though_the_clock_is_set_back(
    world: World, owner: simcord.MemberActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(world, FEWER)
    await world.pass_time(minutes=10)
    end_faults(world)
    real_now = world.env.now
    monkeypatch.setattr(world.env, "now", lambda: real_now() - timedelta(days=1))
    await world.pass_time(hours=2, minutes=15)
    assert "Kaggle asks for fewer calls" not in await world.ask(world.server.ada, "status")


async def test_commands_are_refused_during_a_rate_limit(
    world: World, owner: simcord.MemberActor
) -> None:
    refuse(world, FEWER)
    await world.pass_time(minutes=12)
    world.kaggle.downloads.clear()
    answer = await world.ask(world.server.manager, "competition sync", competition="titanic")
    assert "Kaggle asks for fewer calls; try again in " in answer
    assert world.kaggle.downloads == []


async def test_ended_competition_is_not_looked_up_during_a_rate_limit(world: World) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", SMALL)
    ended = CompetitionInfo("titanic", START - timedelta(days=1), "Featured")
    world.kaggle.listed["titanic"] = ended
    await world.follow()
    await world.pass_time(hours=1)
    assert world.sync_service.lockout.record_refusal("digits", RateLimited("Too many calls."))
    lookups = len(world.kaggle.lookups)
    answer = await world.ask(world.server.manager, "competition sync")
    assert answer.startswith("⚠️ Kaggle asks for fewer calls; try again in ")
    assert len(world.kaggle.lookups) == lookups


async def test_lockout_that_is_over_delays_no_member(world: World) -> None:
    service, kaggle_answered = world.sync_service, asyncio.Event()

    async def answer() -> str:
        await kaggle_answered.wait()
        return "answered"

    first = asyncio.create_task(service.request_limiter.call(answer))
    second = asyncio.create_task(service.request_limiter.call(answer))
    await asyncio.sleep(0)
    assert service.lockout.record_refusal("digits", RateLimited("Too many calls."))
    kaggle_answered.set()
    assert await first == "answered"
    with pytest.raises(RateLimited):
        await second
    service.lockout.record_answer("digits")
    assert await service.request_limiter.call(answer) == "answered"


async def test_waiting_syncs_are_cancelled_after_a_refusal(
    world: World, owner: simcord.MemberActor
) -> None:
    answered: list[str] = []
    real = world.kaggle.download

    async def slowly(slug: str) -> bytes:
        if slug != "titanic":
            await asyncio.sleep(30)
            answered.append(slug)
        return await real(slug)

    world.kaggle.download = slowly  # type: ignore[method-assign]
    refuse(world, FEWER, "titanic")
    await world.pass_time(minutes=5)
    assert answered == []
    await world.pass_time(minutes=6)
    assert sorted(answered) == ["digits", "house-prices"]


@pytest.mark.parametrize("error", [LOGIN, FEWER])
async def test_refusal_of_one_competition_delays_no_other(
    world: World, owner: simcord.MemberActor, error: Exception
) -> None:
    refuse(world, error, "titanic")
    await world.pass_time(hours=1)
    for slug in ("digits", "house-prices"):
        assert world.kaggle.downloads.count(slug) >= 11
    assert world.kaggle.downloads.count("titanic") <= 5
    status = await world.ask(world.server.ada, "status")
    assert f":R>): {error}"[:30] in status
    assert direct_messages(owner) == []
    assert world.sync_service.lockout.current is None
    end_faults(world)
    await world.pass_time(minutes=30)
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_other_errors_do_not_end_a_lockout(world: World, owner: simcord.MemberActor) -> None:
    refuse(world, LOGIN)
    await world.pass_time(minutes=5)
    refuse(world, KaggleFailed("Kaggle has trouble of its own."))
    await world.pass_time(minutes=5)
    assert world.sync_service.lockout.current is not None
    failed = [c.error for c in await world.storage.competitions.load_followed() if c.error]
    assert failed == ["Kaggle has trouble of its own."]
    refuse(world, Forbidden("Kaggle does not show this to this account."))
    await world.pass_time(minutes=5)
    assert world.sync_service.lockout.current is None


async def test_file_that_is_no_board_ends_a_lockout(
    world: World, owner: simcord.MemberActor
) -> None:
    refuse(world, LOGIN)
    await world.pass_time(minutes=5)
    assert world.sync_service.lockout.current is not None
    for slug in SLUGS:
        world.kaggle.boards[slug] = b"This is no zip."
    await world.pass_time(minutes=5)
    status = await world.ask(world.server.ada, "status")
    assert "Kaggle does not accept the bot's login" not in status
    assert world.sync_service.lockout.current is None
