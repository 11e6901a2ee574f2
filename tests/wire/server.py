"""The stand-in for Discord as a server on loopback."""

from __future__ import annotations

from typing import Self

from aiohttp import web

from tests.wire.control.control import Control
from tests.wire.http import interaction_routes, routes, thread_routes
from tests.wire.http.call import Parts
from tests.wire.http.responder import PREFIX, Responder
from tests.wire.http.schema import Schema
from tests.wire.state import scheduled_events

_LARGEST_REQUEST = 64 << 20


class Server:
    """Discord's HTTP interface, its gateway, and what a test steers them by, on one port."""

    def __init__(self, port: int = 0, schema: Schema | None = None) -> None:
        self.port = port
        self.parts = Parts(schema or Schema())
        answering = Responder(self.parts)
        application = web.Application(client_max_size=_LARGEST_REQUEST)
        known = [
            *routes.ROUTES,
            *thread_routes.ROUTES,
            *scheduled_events.ROUTES,
            *interaction_routes.ROUTES,
        ]
        for method, route, handler in known:
            application.router.add_route(method, PREFIX + route, answering.route(route, handler))
        application.router.add_get("/", self.parts.gateway.connect)
        Control(self.parts).add_to(application.router)
        application.router.add_route("*", PREFIX + "/{path:.*}", answering.unknown)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)

    async def start(self) -> None:
        """Listen on loopback."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self.parts.gateway.url = f"ws://127.0.0.1:{self.port}/"

    async def stop(self) -> None:
        """Stop listening, and end every connection."""
        self.parts.faults.clear()
        await self.parts.gateway.drop()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()
