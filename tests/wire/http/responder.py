"""Responses to requests: the handler's value, an API error, or a fault."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.wire.http.api_errors import ApiError, InvalidRequest
from tests.wire.http.call import Call, Handler, Parts
from tests.wire.http.faults import Fault, Rule
from tests.wire.http.journal import Entry
from tests.wire.http.rate_limits import EVERYTHING

PREFIX = "/api/v10"
_WITHOUT_TOKEN = ("/interactions/", "/webhooks/")
_VIA = {"Via": "1.1 google"}
_LOOK_AGAIN = 0.05


class Cut(Exception):
    """The connection ends without an answer."""


class Responder:
    """Responds to requests as Discord does, or as a fault demands."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def route(
        self, route: str, handler: Handler
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the aiohttp handler of a route."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, route, handler)

        return answer

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for something that the stand-in does not have."""

        def nothing_there(_: Call) -> None:
            raise InvalidRequest(["the stand-in knows no such route"])

        route = request.path.removeprefix(PREFIX)
        return await self._answer(request, route, nothing_there)

    async def _answer(
        self, request: web.Request, route: str, handler: Handler
    ) -> web.StreamResponse:
        parts = self.parts
        entry = parts.journal.begin(
            parts.world.clock.now(), request.method, route, request.path, request.query_string
        )
        channel_id = request.match_info.get("channel_id", "")
        rule = parts.faults.striking(
            request.method, route, int(channel_id) if channel_id.isdecimal() else None
        )
        try:
            return await self._with_fault(Call(parts, request), entry, rule, handler)
        except Cut:
            parts.journal.answered(entry, None)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            parts.world.changes.notify()

    async def _with_fault(
        self, call: Call, entry: Entry, rule: Rule | None, handler: Handler
    ) -> web.StreamResponse:
        if rule is None:
            return await self._done(call, entry, handler)
        entry.fault = rule.number
        self.parts.world.changes.notify()
        if rule.fault.moment == "before":
            instead = await self._happen(rule, call, entry)
            return instead or await self._done(call, entry, handler)
        answer = await self._done(call, entry, handler)
        if rule.fault.moment == "inside":
            return await _cut_inside(call.request, answer)
        return await self._happen(rule, call, entry) or answer

    async def _happen(self, rule: Rule, call: Call, entry: Entry) -> web.Response | None:
        fault = rule.fault
        match fault.kind:
            case "refusal":
                return self._refused(entry, ApiError(fault.code, message=fault.message))
            case "rate_limit":
                return self._limited_by(fault, call, entry)
            case "status":
                return self._failed(fault, entry)
            case "cut":
                raise Cut
            case "hold":
                await self._hold(rule, call)
        return None

    async def _hold(self, rule: Rule, call: Call) -> None:

        def gone() -> bool:
            return call.request.transport is None or call.request.transport.is_closing()

        loop = asyncio.get_running_loop()
        until = loop.time() + rule.fault.seconds
        # Nothing rings when the one who waits goes away.
        while not (rule.released or gone()) and loop.time() < until:
            await self.parts.world.changes.wait_for(lambda: rule.released or gone(), _LOOK_AGAIN)
        if gone():
            raise Cut

    async def _done(self, call: Call, entry: Entry, handler: Handler) -> web.Response:
        request, limits = call.request, self.parts.rate_limits
        key, route = _key(request, entry.route), f"{entry.method} {entry.route}"
        try:
            await call.read()
            entry.body = call.body
            self._admit(request)
            without_token = entry.route.startswith(_WITHOUT_TOKEN)
            hit = limits.check(key, route, counts_globally=not without_token)
            if hit is not None:
                headers = limits.headers(key, route)
                return self._limited(entry, hit.retry_after, hit.everything, headers)
            call.hold_to(self.parts.schema.problems(entry.method, entry.route, call.body))
            value = handler(call)
            if inspect.isawaitable(value):
                value = await value
        except ApiError as refusal:
            return self._refused(entry, refusal)
        status = 204 if value is None else 200
        self.parts.journal.answered(entry, status)
        return _json(status, value, limits.headers(key, route))

    def _admit(self, request: web.Request) -> None:
        path = request.path.removeprefix(PREFIX)
        if path == "/gateway" or path.startswith(_WITHOUT_TOKEN):
            return
        token = request.headers.get("Authorization", "")
        if not token.startswith("Bot ") or self.parts.world.revoked:
            raise ApiError(0, status=401, message="401: Unauthorized")

    def _refused(self, entry: Entry, refusal: ApiError) -> web.Response:
        if isinstance(refusal, InvalidRequest):
            self.parts.journal.violated(entry, refusal.problems)
        self.parts.journal.answered(entry, refusal.status, refusal.code)
        return _json(refusal.status, refusal.body(), {})

    def _failed(self, fault: Fault, entry: Entry) -> web.Response:
        self.parts.journal.answered(entry, fault.status)
        if fault.status == 500:
            return _json(500, {"message": "500: Internal Server Error", "code": 0}, {})
        text = f"<html><head><title>{fault.status}</title></head></html>"
        return web.Response(status=fault.status, text=text, content_type="text/html")

    def _limited_by(self, fault: Fault, call: Call, entry: Entry) -> web.Response:
        if not fault.via:
            self.parts.journal.answered(entry, 429)
            return web.Response(status=429, text="error code: 1015", content_type="text/plain")
        everything = fault.scope == "global"
        key = EVERYTHING if everything else _key(call.request, entry.route)
        self.parts.rate_limits.close(key, fault.retry_after)
        return self._limited(entry, fault.retry_after, everything, {}, fault.scope)

    def _limited(
        self,
        entry: Entry,
        retry_after: float,
        everything: bool,
        headers: dict[str, str],
        scope: str = "user",
    ) -> web.Response:
        self.parts.journal.answered(entry, 429)
        body = {
            "message": "You are being rate limited.",
            "retry_after": round(retry_after, 3),
            "global": everything,
        }
        rate_headers = {
            **_VIA,
            **headers,
            "Retry-After": str(math.ceil(retry_after)),
            "X-RateLimit-Scope": "global" if everything else scope,
        }
        if everything:
            rate_headers["X-RateLimit-Global"] = "true"
        return _json(429, body, rate_headers)


def _key(request: web.Request, route: str) -> str:
    info = request.match_info
    major = ("channel_id", "guild_id", "webhook_id", "webhook_token", "interaction_token")
    return " ".join([request.method, route, *(info[name] for name in major if name in info)])


def _json(status: int, value: object, headers: dict[str, str]) -> web.Response:
    if status == 204:
        return web.Response(status=204, headers=headers)
    # Given as bytes, the header is exactly "application/json"; discord.py reads nothing else.
    return web.Response(
        status=status,
        body=json.dumps(value).encode(),
        content_type="application/json",
        headers=headers,
    )


async def _cut_inside(request: web.Request, whole: web.Response) -> web.StreamResponse:
    body = whole.body if isinstance(whole.body, bytes) else b""
    part = web.StreamResponse(status=whole.status)
    part.content_type = "application/json"
    part.content_length = len(body)
    await part.prepare(request)
    await part.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return part
