"""Faults of the stand-in for Kaggle, each one small function."""

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


def refuse_with_sentence(code: int, message: str, *, retry_after: int | None = None) -> Fault:
    """Refuse with a status and a sentence, as Kaggle does in JSON."""

    async def refuse(_: GoodAnswer) -> web.StreamResponse:
        return _refusal(code, {"code": code, "message": message}, retry_after)

    return refuse


def refuse_without_sentence(code: int, *, retry_after: int | None = None) -> Fault:
    """Refuse with a status in a form from which the CLI takes no sentence."""

    async def refuse(_: GoodAnswer) -> web.StreamResponse:
        reason = HTTPStatus(code).phrase
        return _refusal(code, {"error": {"code": code, "message": reason}}, retry_after)

    return refuse


def _refusal(code: int, body: object, retry_after: int | None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    text = json.dumps(body)
    return web.Response(status=code, text=text, content_type="application/json", headers=headers)


async def never_answer(_: GoodAnswer) -> web.StreamResponse:
    """Accept the request and never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def stall_halfway(answer: GoodAnswer) -> web.StreamResponse:
    """Send half of the answer and then nothing more, the connection left open."""
    response = await _begin(answer)
    await response.write(answer.body[: len(answer.body) // 2])
    await asyncio.Event().wait()
    return response


async def break_off_halfway(answer: GoodAnswer) -> web.StreamResponse:
    """Send half of the answer and close the connection."""
    response = await _begin(answer)
    await response.write(answer.body[: len(answer.body) // 2])
    if answer.request.transport is not None:
        answer.request.transport.close()
    return response


async def close_connection(answer: GoodAnswer) -> web.StreamResponse:
    """Close the connection without an answer."""
    if answer.request.transport is not None:
        answer.request.transport.close()
    return web.Response()


def delay_until(happened: asyncio.Event) -> Fault:
    """Send the answer only when an event has happened."""
    send = change_zip(lambda zip_file: zip_file)

    async def send_then(answer: GoodAnswer) -> web.StreamResponse:
        await happened.wait()
        return await send(answer)

    return send_then


def send_slowly(*, pause: float = 0.5) -> Fault:
    """Send the answer a byte at a time."""

    async def send_bytes(answer: GoodAnswer) -> web.StreamResponse:
        response = await _begin(answer)
        for byte in answer.body:
            await response.write(bytes([byte]))
            await asyncio.sleep(pause)
        return response

    return send_bytes


def replace_zip(body: bytes) -> Fault:
    """Send these bytes as if they were the leaderboard's zip file."""
    return change_zip(lambda _: body)


def change_zip(change: Callable[[bytes], bytes]) -> Fault:
    """Send the leaderboard's zip file with a change made to its bytes."""

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
    "401": refuse_with_sentence(401, "Unauthenticated"),
    "403": refuse_with_sentence(
        403, "You must accept this competition's rules before you'll be able to download files."
    ),
    "403 private": refuse_with_sentence(403, "Permission 'competitions.get' was denied"),
    "403 bare": refuse_without_sentence(403),
    "404": refuse_with_sentence(404, "Not found"),
    "404 bare": refuse_without_sentence(404),
    "429": refuse_without_sentence(429),
    "429 with a sentence": refuse_with_sentence(429, "Too many requests"),
    "429 with Retry-After": refuse_without_sentence(429, retry_after=60),
    "500": refuse_without_sentence(500),
    "500 with a sentence": refuse_with_sentence(500, "Something went wrong."),
    "502": refuse_without_sentence(502),
    "silence before the answer": never_answer,
    "silence inside the answer": stall_halfway,
    "slow drip": send_slowly(),
    "broken off": break_off_halfway,
    "closed": close_connection,
    "cut zip": change_zip(lambda zip_file: zip_file[: len(zip_file) // 2]),
    "HTML named zip": replace_zip(HTML),
    "nothing at all": replace_zip(b""),
    "noise": replace_zip(bytes(range(256)) * 16),
}
"""Every fault by the name that tests use."""
