"""Serialising reverse proxy between the browser and SimCord's preview.

SimCord refuses an action that overlaps a step of the recording, and its page takes the refusal for
an unknown outcome and stays locked. The proxy makes actions and steps wait for each other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import simcord
from aiohttp import web
from yarl import URL

LONGEST_LOAD = 10.0
"""Seconds after which a page that has not finished loading is ignored."""

_HOSTS = ("127.0.0.1", "localhost")
_LARGEST_UPLOAD = 32 << 20
_HOP_HEADERS = ("Connection", "Content-Length", "Date", "Server", "Transfer-Encoding")


class SerialProxy:
    """Serves a preview's pages on a port of its own; steps of the recording hold `step_lock()`."""

    def __init__(self, preview: simcord.Preview, port: int | None = None) -> None:
        self._preview = urlsplit(preview.url)
        self._port = port or 0
        self._lock = asyncio.Lock()
        self._opened = asyncio.Event()
        self._loaded = asyncio.Event()
        application = web.Application(client_max_size=_LARGEST_UPLOAD)
        application.router.add_get("/", self._begin_load)
        application.router.add_post("/api/pages", self._open)
        application.router.add_post("/api/action", self._act)
        application.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        return self._preview._replace(netloc=f"127.0.0.1:{self._port}").geturl()

    @asynccontextmanager
    async def step_lock(self) -> AsyncIterator[None]:
        """Block all pages, once the first is open and none is loading or acting."""
        await self._opened.wait()
        try:
            async with asyncio.timeout(LONGEST_LOAD):
                await self._loaded.wait()
        except TimeoutError:
            self._loaded.set()
        async with self._lock:
            yield

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self._session = aiohttp.ClientSession(
            f"http://{self._preview.netloc}",
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _begin_load(self, request: web.Request) -> web.Response:
        self._loaded.clear()
        return await self._forward(request)

    async def _open(self, request: web.Request) -> web.Response:
        async with self._lock:
            answer = await self._forward(request)
        if answer.status == 200:
            self._opened.set()
        return answer

    async def _act(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self._lock:
            answer = await self._forward(request, await self._with_newest_revision(request, body))
        # The last thing that a load does is to tell the size of its window, which is an action.
        self._loaded.set()
        return answer

    async def _with_newest_revision(self, request: web.Request, body: bytes) -> bytes:
        """Return an action's body with the revision of the last step, which the page may not know.

        SimCord refuses an action with an older one, and its page marks that by a red badge.
        """
        asked = _parse_object(body)
        if "published_revision" in asked:
            state = _parse_object((await self._send(request, "GET", "/api/state")).body)
            if "publishedRevision" in state:
                asked["published_revision"] = state["publishedRevision"]
                return json.dumps(asked).encode()
        return body

    async def _forward(self, request: web.Request, body: bytes | None = None) -> web.Response:
        if body is None:
            body = await request.read()
        return await self._send(request, request.method, request.rel_url, body)

    async def _send(
        self, request: web.Request, method: str, address: URL | str, body: bytes | None = None
    ) -> web.Response:
        """Send to the preview in the name of the page that sent a request."""
        headers = _without_connection(request.headers)
        for name in ("Host", "Origin"):
            if name in headers:
                headers[name] = self._preview_address(headers[name])
        try:
            async with self._session.request(
                method, address, headers=headers, data=body, allow_redirects=False
            ) as answer:
                return web.Response(
                    status=answer.status,
                    headers=_without_connection(answer.headers),
                    body=await answer.read(),
                )
        except aiohttp.ClientError:
            return web.Response(status=502)

    def _preview_address(self, address: str) -> str:
        """Replace the proxy's address by the preview's; the preview refuses any other."""
        scheme, slashes, authority = address.rpartition("//")
        for host in _HOSTS:
            if authority == f"{host}:{self._port}" or (authority == host and self._port == 80):
                return f"{scheme}{slashes}{host}:{self._preview.port}"
        return address


def _parse_object(body: object) -> dict[str, Any]:
    """Return the JSON object in a body, an empty one if it holds something else."""
    try:
        value = json.loads(body) if isinstance(body, bytes) else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _without_connection(headers: Mapping[str, str]) -> dict[str, str]:
    """Copy headers, but for those that belong to one connection."""
    named = {name.title(): value for name, value in headers.items()}
    return {name: value for name, value in named.items() if name not in _HOP_HEADERS}
