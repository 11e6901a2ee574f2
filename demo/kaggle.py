"""A stand-in for Kaggle on loopback, which the unmodified Kaggle CLI takes for the real one."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from aiohttp import web

from demo.kaggle_faults import Fault, GoodAnswer, refuse_with_sentence
from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.posts import Host, Post, PostKind

CREDENTIALS: Mapping[str, str] = {"KAGGLE_USERNAME": "podium", "KAGGLE_KEY": "a-key-for-nothing"}
"""A login for the stand-in, which takes any. With a token each call would be two requests."""

_COMPETITIONS = "/api/v1/competitions.CompetitionApiService"
_DISCUSSIONS = "/api/v1/discussions.DiscussionApiService"
_KERNELS = "/api/v1/kernels.KernelsApiService"
# Versions of the Kaggle CLI before 2 download by path.
_BEFORE_VERSION_2 = re.compile(r"/api/v1/competitions/([^/]+)/leaderboard/download")
_LOGIN = "/api/v1/security.OAuthService/IntrospectToken"
_PAGE = 20
_LARGEST_PAGE = 200

RequestBody = Mapping[str, Any]

_NOT_FOUND = refuse_with_sentence(404, "Not found")
_UNAUTHENTICATED = refuse_with_sentence(401, "Unauthenticated")


class KaggleStandIn:
    """Serves boards, competitions, topics and notebooks, or a fault that a test has set.

    Boards and faults may be set from any thread while it runs.
    """

    def __init__(self) -> None:
        self.port = 0
        self.logged_in = True
        """False: every login is refused."""
        self.newest_version: str | None = None
        """The newest version of the CLI, sent in a header, as Kaggle does."""
        self.download_counts: Counter[str] = Counter()
        """How often each competition's leaderboard was requested."""
        self.call_counts: Counter[str] = Counter()
        """How often each method was called, by Kaggle's name such as `ListCompetitions`."""
        self._boards: dict[str, bytes] = {}
        self._private_boards: dict[str, bytes] = {}
        self._competitions: dict[str, CompetitionInfo] = {}
        self._notebook_titles: dict[str, list[str]] = {}
        self._posts: dict[str, Sequence[Post]] = {}
        self._hosts: dict[str, Sequence[Host]] = {}
        self._faults: dict[str | None, Fault] = {}
        self._runner: web.AppRunner | None = None
        self._routes: Mapping[str, Callable[[RequestBody], bytes | None]] = {
            f"{_COMPETITIONS}/GetLeaderboard": self._get_page,
            f"{_COMPETITIONS}/ListCompetitions": self._list_competitions,
            f"{_COMPETITIONS}/ListCompetitionHosts": self._list_hosts,
            f"{_COMPETITIONS}/ListCompetitionTopics": self._list_topics,
            f"{_DISCUSSIONS}/GetTopic": self._get_topic,
            f"{_DISCUSSIONS}/ListComments": lambda _: _json({"comments": []}),
            f"{_KERNELS}/ListKernels": self._list_notebooks,
            _LOGIN: self._introspect_token,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The variables which make the Kaggle CLI talk to this stand-in."""
        # To the CLI, LOCALHOST is port 80; so the stand-in is its proxy, which may have any port.
        proxy = f"http://127.0.0.1:{self.port}"
        return {
            "KAGGLE_API_ENVIRONMENT": "LOCALHOST",
            "HTTP_PROXY": proxy,
            "http_proxy": proxy,
            "NO_PROXY": "",
            "no_proxy": "",
        }

    def serve(self, slug: str, zip_file: bytes) -> None:
        """Serve these bytes as this competition's leaderboard from now on."""
        self._boards[slug] = zip_file

    def serve_private(self, slug: str, zip_file: bytes) -> None:
        """Show this board in pages from now on, as after the end; the download stays public."""
        self._private_boards[slug] = zip_file

    def add_competition(self, info: CompetitionInfo) -> None:
        """Add a competition to the list of competitions, as the newest one."""
        self._competitions[info.slug] = info

    def add_notebook(self, user_name: str, title: str) -> None:
        """Add a public notebook of this user."""
        self._notebook_titles.setdefault(user_name, []).insert(0, title)

    def serve_posts(self, slug: str, posts: Sequence[Post]) -> None:
        """Serve these topics and notebooks of a competition from now on, the newest first."""
        self._posts[slug] = posts

    def serve_hosts(self, slug: str, hosts: Sequence[Host]) -> None:
        """Serve the hosts of a competition from now on; until then they are refused."""
        self._hosts[slug] = hosts

    def set_fault(self, slug: str | None, fault: Fault) -> None:
        """Answer with a fault for this competition, or to every request where slug is None."""
        self._faults[slug] = fault

    def clear_fault(self, slug: str | None = None) -> None:
        """End the fault of this competition, or that of every request."""
        self._faults.pop(slug, None)

    async def start(self) -> None:
        """Listen on loopback: on a free port, and when started again on the same one."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        # A request that is never answered ends when the CLI is killed, and with the stand-in.
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening, and end every answer that is still under way."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    @contextmanager
    def in_thread(self) -> Iterator[Self]:
        """Run in a thread with an event loop of its own."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="kaggle-stand-in")
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.start(), loop).result()
            try:
                yield self
            finally:
                asyncio.run_coroutine_threadsafe(self.stop(), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        response = await self._route(request)
        if self.newest_version is not None and not response.prepared:
            response.headers["X-Kaggle-APIVersion"] = self.newest_version
        return response

    async def _route(self, request: web.Request) -> web.StreamResponse:
        asked: dict[str, Any] = json.loads(await request.read() or b"{}")
        slug = asked.get("competitionName") or asked.get("competition") or None
        before_2 = _BEFORE_VERSION_2.fullmatch(request.path)
        if before_2 is not None:
            return await self._download(request, before_2[1])
        if request.path == f"{_COMPETITIONS}/DownloadLeaderboard" and slug is not None:
            return await self._download(request, slug)
        self.call_counts[request.path.rpartition("/")[2]] += 1
        answer = self._routes.get(request.path)
        body = None if answer is None else answer(asked)
        return await self._respond(request, slug, body, needs_login=request.path != _LOGIN)

    async def _download(self, request: web.Request, slug: str) -> web.StreamResponse:
        self.download_counts[slug] += 1
        return await self._respond(request, slug, self._boards.get(slug), "application/zip")

    async def _respond(
        self,
        request: web.Request,
        slug: str | None,
        body: bytes | None,
        content_type: str = "application/json",
        *,
        needs_login: bool = True,
    ) -> web.StreamResponse:
        fault = self._faults.get(slug) or self._faults.get(None)
        if fault is None and needs_login and not self.logged_in:
            fault = _UNAUTHENTICATED
        if fault is None and body is None:
            fault = _NOT_FOUND
        if fault is None:
            return web.Response(body=body, content_type=content_type)
        return await fault(GoodAnswer(request, body or b""))

    def _list_competitions(self, asked: RequestBody) -> bytes:
        words = str(asked.get("search") or "").casefold().split()
        found = [
            info
            for info in self._competitions.values()
            if all(word in f"{info.slug} {info.title}".casefold() for word in words)
        ]
        if asked.get("sortBy") == "COMPETITION_SORT_BY_RECENTLY_CREATED":
            found.reverse()
        first = int(asked.get("pageToken") or 0)
        after = first + int(asked.get("pageSize") or _PAGE)
        listed = [_competition_to_json(info) for info in found[first:after]]
        token = str(after) if after < len(found) else ""
        return _json({"competitions": listed, "nextPageToken": token})

    def _list_topics(self, asked: RequestBody) -> bytes:
        topics = self._select_posts(asked["competitionName"], PostKind.TOPIC)
        if asked.get("sortBy") == "TOPIC_LIST_SORT_BY_HOT":
            topics.sort(key=lambda topic: -topic.votes)
        topics.sort(key=lambda topic: not topic.is_pinned)
        first = (int(asked.get("page") or 1) - 1) * _PAGE
        listed = [_topic_to_json(topic) for topic in topics[first : first + _PAGE]]
        return _json({"topics": listed, "totalCount": len(topics)})

    def _get_topic(self, asked: RequestBody) -> bytes | None:
        for posts in self._posts.values():
            for post in posts:
                if post.kind is PostKind.TOPIC and post.id == str(asked["id"]):
                    url = f"https://www.kaggle.com/{post.author_user_name or 'somebody'}"
                    return _json({"topic": _topic_to_json(post, authorUrl=url)})
        return None

    def _list_hosts(self, asked: RequestBody) -> bytes | None:
        hosts = self._hosts.get(asked["competitionName"])
        if hosts is None:
            return None
        listed = [{"userName": one.user_name, "displayName": one.display_name} for one in hosts]
        return _json({"hosts": listed})

    def _list_notebooks_about(self, asked: RequestBody) -> bytes:
        notebooks = self._select_posts(asked["competition"], PostKind.NOTEBOOK)
        if asked.get("sortBy") == "VOTE_COUNT":
            notebooks.sort(key=lambda notebook: -notebook.votes)
        count = int(asked.get("pageSize") or _PAGE)
        return _json({"kernels": [_competition_notebook_to_json(one) for one in notebooks[:count]]})

    def _select_posts(self, slug: str, kind: PostKind) -> list[Post]:
        return [post for post in self._posts.get(slug, ()) if post.kind is kind]

    def _list_notebooks(self, asked: RequestBody) -> bytes:
        if asked.get("competition"):
            return self._list_notebooks_about(asked)
        user_name = str(asked.get("user") or "")
        count = int(asked.get("pageSize") or _PAGE)
        titles = self._notebook_titles.get(user_name, [])[:count]
        return _json({"kernels": [_notebook_to_json(user_name, title) for title in titles]})

    def _get_page(self, asked: RequestBody) -> bytes | None:
        slug = asked["competitionName"]
        zip_file = self._private_boards.get(slug) or self._boards.get(slug)
        if zip_file is None:
            return None
        rows = _submissions_to_json(zip_file)
        first = int(asked.get("pageToken") or 0)
        after = first + min(int(asked.get("pageSize") or _PAGE), _LARGEST_PAGE)
        token = str(after) if after < len(rows) else ""
        return _json({"submissions": rows[first:after], "nextPageToken": token})

    def _introspect_token(self, _: RequestBody) -> bytes:
        return _json({"active": True, "username": "podium"} if self.logged_in else {})


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _competition_to_json(info: CompetitionInfo) -> dict[str, object]:
    listed = {
        "ref": f"https://www.kaggle.com/competitions/{info.spelling or info.slug}",
        "category": info.category,
        "reward": info.reward,
        "deadline": _time_to_json(info.deadline),
        "teamCount": info.team_count,
        "title": info.title,
        "mergerDeadline": _time_to_json(info.merger_deadline),
        "newEntrantDeadline": _time_to_json(info.entry_deadline),
        "awardsPoints": info.awards_points,
        "evaluationMetric": info.metric,
        "maxDailySubmissions": info.daily_submissions,
        "maxTeamSize": info.team_size,
        "hostName": info.host,
        "tags": [{"name": tag} for tag in info.tags] or None,
    }
    return {name: value for name, value in listed.items() if value is not None}


def _time_to_json(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _notebook_to_json(user_name: str, title: str) -> dict[str, object]:
    slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    return {
        "ref": f"{user_name}/{slug}",
        "title": title,
        "author": user_name.title(),
        "lastRunTime": "2026-08-09T14:23:20Z",
        "totalVotes": 0,
    }


def _topic_to_json(topic: Post, **more: object) -> dict[str, object]:
    listed = {
        **more,
        "id": int(topic.id),
        "title": topic.title,
        "authorName": topic.author,
        "votes": topic.votes,
        "postDate": _time_to_json(topic.posted_at),
        "isSticky": topic.is_pinned,
    }
    return {name: value for name, value in listed.items() if value is not None}


def _competition_notebook_to_json(notebook: Post) -> dict[str, object]:
    return {
        "id": int(notebook.id),
        "ref": "/".join(notebook.url.split("/")[-2:]),
        "title": notebook.title,
        "author": notebook.author or "",
        "lastRunTime": _time_to_json(notebook.posted_at),
        "totalVotes": notebook.votes,
    }


def _submissions_to_json(zip_file: bytes) -> list[dict[str, object]]:
    with zipfile.ZipFile(io.BytesIO(zip_file)) as unpacked:
        text = unpacked.read(unpacked.namelist()[0]).decode("utf-8-sig")
    return [
        {
            "teamId": int(row["TeamId"]),
            "teamName": row["TeamName"],
            "submissionDate": row["LastSubmissionDate"].replace(" ", "T") + "Z",
            "score": row["Score"],
        }
        for row in csv.DictReader(io.StringIO(text))
    ]
