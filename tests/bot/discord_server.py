"""A Discord that only knows whether a token is right."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

TOKEN = "right.token.here"
IDENTITY = {
    "id": "123456789012345678",
    "username": "Podium",
    "discriminator": "0000",
    "avatar": None,
    "bot": True,
    "name": "Podium",
    "description": "",
    "icon": None,
    "summary": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": {"id": "1", "username": "ada", "discriminator": "0", "avatar": None},
}


async def _answer(request: web.Request) -> web.Response:
    if request.headers["Authorization"] != f"Bot {TOKEN}":
        return _json({"message": "401: Unauthorized", "code": 0}, 401)
    if request.path.endswith("/users/@me") or request.path.endswith("/oauth2/applications/@me"):
        return _json(IDENTITY, 200)
    return _json({"message": "Maintenance", "code": 0}, 503)


def _json(body: object, status: int) -> web.Response:
    response = web.json_response(body, status=status)
    response.headers["Content-Type"] = "application/json"  # discord.py wants no charset
    return response


@asynccontextmanager
async def discord_server(answer: Handler = _answer) -> AsyncIterator[str]:
    """Serve on loopback; return the address that stands for Discord's."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    finally:
        await runner.cleanup()
