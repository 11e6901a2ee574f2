import discord
import pytest
from discord.http import Route

from bot.discord_login import LOGIN_ERRORS, Login, describe_error, log_in
from tests.bot.discord_server import TOKEN, discord_server

UNREACHABLE = "Discord cannot be reached: look at the network of this machine."


async def reason_of(token: str) -> str:
    with pytest.raises(LOGIN_ERRORS) as raised:
        await log_in(token)
    return describe_error(raised.value)


async def test_a_valid_token_returns_name_and_invitation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with discord_server() as base:
        monkeypatch.setattr(Route, "BASE", base)
        login = await log_in(TOKEN)
    assert isinstance(login, Login)
    assert login.name == "Podium#0000"
    assert "client_id=123456789012345678" in login.invitation
    assert "applications.commands" in login.invitation
    given = discord.Permissions(int(login.invitation.partition("permissions=")[2].split("&")[0]))
    assert given.send_messages_in_threads
    assert given.create_public_threads
    assert given.pin_messages
    assert not given.manage_threads


async def test_an_invalid_token_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with discord_server() as base:
        monkeypatch.setattr(Route, "BASE", base)
        assert await reason_of("wrong") == (
            "Discord does not accept DISCORD_TOKEN: make one at"
            " https://discord.com/developers/applications, Bot → Reset Token, and put it into .env,"
            " or into the environment if it is set there."
        )


async def test_no_network_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    assert await reason_of(TOKEN) == UNREACHABLE


async def test_other_refusals_show_the_text_of_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    async with discord_server() as base:
        monkeypatch.setattr(Route, "BASE", f"{base}/down")
        client = discord.Client(intents=discord.Intents(guilds=True))
        async with client:
            await client.http.static_login(TOKEN)
            with pytest.raises(discord.HTTPException) as raised:
                await client.http.get_user(1)
    assert describe_error(raised.value) == "Discord refused with 503: Maintenance."
    assert describe_error(discord.ClientException("odd.")) == "Discord refused: odd."
