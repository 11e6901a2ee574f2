"""What the stand-in for Kaggle can do instead of a good answer, each fault one small function."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web


@dataclass(frozen=True, slots=True)
class GoodAnswer:
    """What the stand-in would say without the fault."""

    request: web.Request
    body: bytes


Fault = Callable[[GoodAnswer], Awaitable[web.StreamResponse]]


def status(code: int, message: str, *, retry_after: int | None = None) -> Fault:
    """Refuse with a status and a sentence, as Kaggle does in JSON."""

    async def refuse(_: GoodAnswer) -> web.StreamResponse:
        return _refusal(code, {"code": code, "message": message}, retry_after)

    return refuse


def bare_status(code: int, *, retry_after: int | None = None) -> Fault:
    """Refuse with a status in a form from which the CLI takes no sentence."""

    async def refuse(_: GoodAnswer) -> web.StreamResponse:
        reason = HTTPStatus(code).phrase
        return _refusal(code, {"error": {"code": code, "message": reason}}, retry_after)

    return refuse


def _refusal(code: int, body: object, retry_after: int | None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    text = json.dumps(body)
    return web.Response(status=code, text=text, content_type="application/json", headers=headers)


async def silence_before(_: GoodAnswer) -> web.StreamResponse:
    """Take the request and never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def silence_inside(answer: GoodAnswer) -> web.StreamResponse:
    """Send half of the answer and then nothing more, the connection left open."""
    response = await _begin(answer)
    await response.write(answer.body[: len(answer.body) // 2])
    await asyncio.Event().wait()
    return response


async def broken_off(answer: GoodAnswer) -> web.StreamResponse:
    """Send half of the answer and close the connection."""
    response = await _begin(answer)
    await response.write(answer.body[: len(answer.body) // 2])
    if answer.request.transport is not None:
        answer.request.transport.close()
    return response


async def closed(answer: GoodAnswer) -> web.StreamResponse:
    """Close the connection without a word."""
    if answer.request.transport is not None:
        answer.request.transport.close()
    return web.Response()


def after(happened: asyncio.Event) -> Fault:
    """Send the answer when something has happened."""
    send = changed(lambda archive: archive)

    async def send_then(answer: GoodAnswer) -> web.StreamResponse:
        await happened.wait()
        return await send(answer)

    return send_then


def drip(*, pause: float = 0.5) -> Fault:
    """Send the answer a byte at a time."""

    async def send_slowly(answer: GoodAnswer) -> web.StreamResponse:
        response = await _begin(answer)
        for byte in answer.body:
            await response.write(bytes([byte]))
            await asyncio.sleep(pause)
        return response

    return send_slowly


def instead(body: bytes) -> Fault:
    """Send these bytes as if they were the leaderboard's archive."""
    return changed(lambda _: body)


def changed(change: Callable[[bytes], bytes]) -> Fault:
    """Send the leaderboard's archive with a change made to its bytes."""

    async def send(answer: GoodAnswer) -> web.StreamResponse:
        return web.Response(body=change(answer.body), content_type="application/zip")

    return send


async def _begin(answer: GoodAnswer) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "application/zip"
    response.content_length = len(answer.body)
    await response.prepare(answer.request)
    return response


HTML = b"<!DOCTYPE html><html><head><title>Kaggle</title></head><body>Just a moment</body></html>"

FAULTS: dict[str, Fault] = {
    "401": status(401, "Unauthenticated"),
    "403": status(
        403, "You must accept this competition's rules before you'll be able to download files."
    ),
    "403 private": status(403, "Permission 'competitions.get' was denied"),
    "403 bare": bare_status(403),
    "404": status(404, "Not found"),
    "404 bare": bare_status(404),
    "429": bare_status(429),
    "429 with a sentence": status(429, "Too many requests"),
    "429 with Retry-After": bare_status(429, retry_after=60),
    "500": bare_status(500),
    "500 with a sentence": status(500, "Something went wrong."),
    "502": bare_status(502),
    "silence before the answer": silence_before,
    "silence inside the answer": silence_inside,
    "slow drip": drip(),
    "broken off": broken_off,
    "closed": closed,
    "cut zip": changed(lambda archive: archive[: len(archive) // 2]),
    "HTML named zip": instead(HTML),
    "nothing at all": instead(b""),
    "noise": instead(bytes(range(256)) * 16),
}
"""Every fault by the name that tables and commands use."""
