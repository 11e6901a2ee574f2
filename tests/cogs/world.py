"""The real bot on a simulated Discord, with a fake Kaggle: the fixture of all tests of cogs."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import discord
import simcord
from discord.ext import tasks
from simcord.components import walk_components

from cogs.announcements.announcer import Announcer
from cogs.announcements.scheduled_announcements import ScheduledAnnouncements
from cogs.framework.loop_cog import LoopCog
from cogs.framework.responses import UserError
from cogs.syncing.sync_loop import SyncLoop
from cogs.syncing.sync_service import SyncService
from demo.discord_stand_in import DiscordBackend
from leaderboards.competition_info import CompetitionInfo, CompetitionPage
from leaderboards.errors import CompetitionNotFound, LeaderboardError
from leaderboards.feeds.posts import Post, PostKind, PostList
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.pages import PAGE_SIZE, BoardPage, Row
from leaderboards.parsing.reader import read_board
from leaderboards.parsing.zip_file import open_zip
from plots.specs import Plot
from storage.storage import Storage
from tests.cogs.fast_podium import FastPodium

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Start of SimCord's clock."""

HEADER = "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"


@dataclass
class Team:
    """A row of a board."""

    id: int
    name: str
    score: str
    members: str = ""
    submissions: int = 1
    submitted_at: datetime = START - timedelta(days=1)


def build_zip(
    slug: str,
    teams: Iterable[Team],
    *,
    benchmarks: Iterable[int] = (),
    at: datetime = START,
    kind: str = "public",
) -> bytes:
    """Return a board's zip as Kaggle serves it; teams are best first, `benchmarks` have no rank."""
    unranked = set(benchmarks)
    lines, rank = [HEADER], 0
    for team in teams:
        rank += team.id not in unranked
        name = team.name.replace('"', '""')
        lines.append(
            f"{0 if team.id in unranked else rank},{team.id},"
            f'"{name}","{team.submitted_at:%Y-%m-%d %H:%M:%S}",{team.score},{team.submissions},'
            f'"{team.members}"\n'
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(f"{slug}-{kind}leaderboard-{at:%Y-%m-%dT%H:%M:%S}.csv", "".join(lines))
    return buffer.getvalue()


def drop_column(data: bytes, name: str, *, values_only: bool = False) -> bytes:
    """Return a board's zip without a column, or with nothing in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        (member,) = file.namelist()
        rows = list(csv.reader(io.StringIO(file.read(member).decode())))
    column = rows[0].index(name)
    for row in rows[values_only:]:
        row[column : column + 1] = [""] if values_only else []
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(member, text.getvalue())
    return buffer.getvalue()


@dataclass
class FakeKaggle:
    """Serves the boards and lists that a test sets, and records the calls."""

    boards: dict[str, bytes | Exception] = field(default_factory=dict)
    listed: dict[str, CompetitionInfo | LeaderboardError] = field(default_factory=dict)
    private_boards: dict[str, bytes | Exception] = field(default_factory=dict)
    downloads: list[str] = field(default_factory=list)
    titles: dict[str, list[str] | LeaderboardError] = field(default_factory=dict)
    """Titles of public notebooks by user name."""
    notebook_calls: list[str] = field(default_factory=list)
    """User names whose notebooks were listed."""
    lookups: list[str] = field(default_factory=list)
    """Slugs that were looked up in Kaggle's list."""
    searches: list[str] = field(default_factory=list)
    search_seconds: float = 0
    """Duration of a search."""
    pages: list[str] = field(default_factory=list)
    """Slugs of the pages that were loaded."""
    newest: list[CompetitionInfo] = field(default_factory=list)
    """All competitions, the newest first."""
    newest_error: LeaderboardError | None = None
    newest_pages: list[str | None] = field(default_factory=list)
    """Tokens of the pages of the newest competitions that were loaded."""
    posts: dict[str, list[Post] | LeaderboardError] = field(default_factory=dict)
    """Topics and notebooks by competition."""
    topics_error: LeaderboardError | None = None
    """Raised where topics are asked for."""
    post_reads: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Competitions whose topics or notebooks were read, with what was asked for."""

    async def download(self, slug: str) -> bytes:
        self.downloads.append(slug)
        board = self.boards.get(slug)
        if board is None:
            raise CompetitionNotFound(f"Kaggle knows no competition {slug}.")
        if isinstance(board, Exception):
            raise board
        return board

    async def load_page(self, slug: str, token: str | None = None) -> BoardPage:
        self.pages.append(slug)
        board = self.private_boards.get(slug) or self.boards[slug]
        if isinstance(board, Exception):
            raise board
        rows = [
            Row(entry.team_id, entry.team_name, entry.last_submission_at, entry.score_text)
            for entry in read_board(open_zip(board).unpack()).entries()
        ]
        first = int(token or 0)
        after = first + PAGE_SIZE
        return BoardPage(tuple(rows[first:after]), str(after) if after < len(rows) else None)

    async def find_competition(self, slug: str) -> CompetitionInfo | None:
        self.lookups.append(slug)
        details = self.listed.get(slug)
        if isinstance(details, LeaderboardError):
            raise details
        return details

    async def search_competitions(self, words: str) -> list[CompetitionInfo]:
        self.searches.append(words)
        if self.search_seconds:
            await asyncio.sleep(self.search_seconds)
        found = [self.listed[slug] for slug in self.listed if words in slug]
        for details in found:
            if isinstance(details, LeaderboardError):
                raise details
        return [details for details in found if isinstance(details, CompetitionInfo)]

    async def list_newest_competitions(self, token: str | None = None) -> CompetitionPage:
        self.newest_pages.append(token)
        if self.newest_error is not None:
            raise self.newest_error
        first = int(token or 0)
        after = first + 100
        rest = str(after) if after < len(self.newest) else None
        return CompetitionPage(tuple(self.newest[first:after]), rest)

    async def list_posts(self, slug: str, kinds: Iterable[PostKind], since: datetime) -> PostList:
        del since
        asked = tuple(kinds)
        self.post_reads.append((slug, asked))
        posts = self.posts.get(slug, [])
        if isinstance(posts, LeaderboardError):
            raise posts
        if self.topics_error is not None and PostKind.TOPIC in asked:
            raise self.topics_error
        return PostList(tuple(post for post in posts if post.kind in asked))

    async def list_notebooks(self, user_name: str) -> list[str]:
        self.notebook_calls.append(user_name)
        titles = self.titles.get(user_name, [])
        if isinstance(titles, LeaderboardError):
            raise titles
        return titles

    def close(self) -> None:
        pass


@dataclass
class Server:
    """One Discord server with a channel, a manager and two ordinary members."""

    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    manager: simcord.MemberActor
    ada: simcord.MemberActor
    bob: simcord.MemberActor


@dataclass
class World:
    """The bot, its storage, Discord and Kaggle."""

    env: simcord.Env
    bot: FastPodium
    storage: Storage
    kaggle: FakeKaggle
    server: Server
    clock: list[simcord.Env]
    servers: dict[int, Server] = field(default_factory=dict)
    expected: list[type[BaseException]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.servers[self.server.guild.id] = self.server

    def expect(self, *errors: type[BaseException]) -> None:
        """Ignore such errors of the bot, which else fail the test."""
        self.expected += errors

    @property
    def sync_service(self) -> SyncService:
        return self.bot.services.get(SyncService)

    @property
    def sync_loop(self) -> tasks.Loop[Any]:
        return cast("SyncLoop", self.bot.get_cog("SyncLoop")).loop

    @property
    def announcer(self) -> Announcer:
        return cast("Announcer", self.bot.get_cog("Announcer"))

    def add_server(self, name: str = "Elsewhere", shard: int | None = None) -> Server:
        server = _server(self.env, name, shard)
        self.servers[server.guild.id] = server
        return server

    def serve(
        self,
        slug: str,
        teams: Iterable[Team],
        *,
        benchmarks: Iterable[int] = (),
        at: datetime | None = None,
    ) -> None:
        """Set the board that Kaggle serves, dated now or `at` (faster than waiting)."""
        at = at or self.env.now()
        self.kaggle.boards[slug] = build_zip(slug, teams, benchmarks=benchmarks, at=at)

    def submit(self, team: Team, score: str) -> Team:
        """Return a team after one more submission, handed in now."""
        return replace(
            team, score=score, submissions=team.submissions + 1, submitted_at=self.env.now()
        )

    def list_competition(
        self,
        slug: str = "titanic",
        deadline: datetime | None = None,
        category: str = "Featured",
    ) -> None:
        """Add a competition to Kaggle's list, by default with medals, or change it there."""
        self.kaggle.listed[slug] = CompetitionInfo(slug, deadline, category)

    def serve_private(self, slug: str, teams: Iterable[Team]) -> None:
        """Set the private board that Kaggle shows in pages after the end."""
        self.kaggle.private_boards[slug] = build_zip(slug, teams)

    async def follow(self, slug: str = "titanic", server: Server | None = None) -> str:
        """Run `/competition add` with the server's channel; return the response's text."""
        at = server or self.server
        return await self.ask(at.manager, "competition add", competition=slug, channel=at.channel)

    async def run(
        self, actor: simcord.MemberActor, command: str, **options: object
    ) -> simcord.InteractionResult:
        """Run a slash command in the server's channel."""
        return await actor.slash(self.servers[actor.guild.id].channel, command, **options)

    async def ask(self, actor: simcord.MemberActor, command: str, **options: object) -> str:
        """Run a slash command in the server's channel; return the text of its response."""
        return response_text(await self.run(actor, command, **options))

    async def confirm(self, actor: simcord.MemberActor, command: str, **options: object) -> str:
        """Run a command that asks first, and agree; return the response's text.

        If it does not ask, that is the response to the command.
        """
        result = await self.run(actor, command, **options)
        message = result.followups[-1] if result.followups else result.response
        assert message is not None
        for component in walk_components(message.components):
            if re.match("confirm:[a-z-]+:delete:|rename:move:", component.get("custom_id", "")):
                result = await actor.click(message, label=component["label"])
        return response_text(result)

    def allow_everyone(self, name: str, server: Server | None = None) -> None:
        """Override the permissions of a command for everyone, as a server's owner can."""
        server = server or self.server
        commands = self.env.backend.visible_commands(
            user_id=server.manager.id, channel_id=server.channel.id
        )
        (found,) = (command["id"] for command in commands if command["name"] == name)
        server.guild.set_command_permissions(int(found), {server.guild.default_role: True})

    async def autocomplete(
        self, actor: simcord.MemberActor, command: str, option: str, typed: str
    ) -> list[str]:
        """Return the choices of an option's autocomplete."""
        channel = self.servers[actor.guild.id].channel
        choices = await actor.autocomplete(channel, command, option, typed)
        return [choice["value"] for choice in choices]

    def sync_every(self, *, minutes: float, post_minutes: float | None = None) -> None:
        """Run syncs, health checks, scheduled announcements and housekeeping less often.

        Topics and notebooks are read as often, or every `post_minutes`. SimCord needs 50 ms for
        each round.
        """
        self.bot.services.sync_minutes = minutes
        scheduled = cast("ScheduledAnnouncements", self.bot.get_cog("ScheduledAnnouncements"))
        times = [
            time(minute // 60, minute % 60, tzinfo=UTC)
            for minute in range(0, 24 * 60, max(15, int(minutes)))
        ]
        self.bot.context.run(lambda: scheduled.loop.change_interval(time=times))
        intervals = {
            "SyncLoop": minutes,
            "HealthCheck": minutes,
            "PostLoop": post_minutes or minutes,
            "Housekeeping": max(60, minutes),
        }
        for name, interval in intervals.items():
            cog = self.bot.cogs[name]
            assert isinstance(cog, LoopCog)
            self.bot.context.run(partial(cog.loop.change_interval, minutes=interval))

    async def pass_time(self, **duration: float) -> None:
        """Advance the clock in steps of an hour: SimCord limits the events of one step."""
        rest = timedelta(**duration)
        while rest > timedelta(0):
            step = min(rest, timedelta(hours=1))
            await self.env.advance_time(step.total_seconds())
            rest -= step

    async def wait_until_delivered(self) -> None:
        """Wait for the announcements of what the test itself called; SimCord does not."""
        async with asyncio.timeout(60):
            while await self.storage.outbox.count_waiting():  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)

    def record_plots(self) -> list[Plot]:
        """Return a list to which each plot is added from now on when it is rendered."""
        drawn: list[Plot] = []
        render = self.bot.services.plot_renderer.render

        async def record(plot: Plot, requester_id: int) -> bytes | None:
            drawn.append(plot)
            return await render(plot, requester_id)

        self.bot.services.plot_renderer.render = record  # type: ignore[method-assign]
        return drawn

    async def restart(self) -> None:
        """Restart the bot on the same database."""
        self.bot = _bot(self.storage, self.kaggle, self.clock)
        await self.env.restart_bot(self.bot)


def _server(env: simcord.Env, name: str, shard: int | None = None) -> Server:
    guild = env.create_guild(name, shard_id=shard)
    managers = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    return Server(
        guild=guild,
        channel=guild.create_text_channel("kaggle"),
        manager=guild.add_member(env.create_user(f"manager of {name}"), roles=[managers]),
        ada=guild.add_member(env.create_user("ada")),
        bob=guild.add_member(env.create_user("bob")),
    )


def _bot(
    storage: Storage,
    kaggle: FakeKaggle | KaggleCli,
    clock: list[simcord.Env],
    shards: int = 1,
    sync_minutes: float = 5,
) -> FastPodium:
    bot = FastPodium(
        storage,
        cast("KaggleCli", kaggle),
        sync_minutes=sync_minutes,
        now=lambda: clock[0].now() if clock else START,
        shard_count=shards,
    )
    bot.clock = clock
    return bot


@asynccontextmanager
async def open_world(
    path: Path,
    cli: KaggleCli | None = None,
    shards: int = 1,
    *,
    blocking: bool = False,
    sync_minutes: float = 5,
) -> AsyncIterator[World]:
    """Start the bot on a simulated Discord; raise the errors that the test did not expect."""
    storage = await Storage.open(path, blocking=blocking)
    kaggle, clock = FakeKaggle(), cast("list[simcord.Env]", [])
    bot = _bot(storage, cli or kaggle, clock, shards, sync_minutes)
    try:
        # Below the announcer's shortest pause, so that retries are not awaited.
        env = simcord.Env(bot, check_errors=False, settle_timeout=14)
        env.backend = DiscordBackend()
        await env.start()
        clock.append(env)
        try:
            world = World(env, bot, storage, kaggle, _server(env, "Home"), clock)
            yield world
        finally:
            await env.shutdown()
        unexpected = [error for error in env.errors if not _is_expected(error, world)]
        if unexpected:
            raise BaseExceptionGroup("the bot raised", unexpected)
    finally:
        await storage.close()


def _is_expected(error: BaseException, world: World) -> bool:
    cause = getattr(error, "original", error)
    kinds: list[type[BaseException]] = [
        UserError,
        LeaderboardError,
        discord.app_commands.CheckFailure,
        *world.expected,
    ]
    return isinstance(cause, tuple(kinds))


def response_text(result: simcord.InteractionResult) -> str:
    """Return the text of an interaction's response."""
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    return text_of(message.components)


def is_private(result: simcord.InteractionResult) -> bool:
    """Return whether the response is ephemeral."""
    message = result.followups[-1] if result.followups else result.response
    assert message is not None
    return message.ephemeral


def text_of(components: list[dict[str, Any]]) -> str:
    """Return all texts of a Components V2 message in order."""
    return "\n".join(
        component["content"] for component in walk_components(components) if "content" in component
    )


def announced(world: World, server: Server | None = None) -> list[str]:
    """Return the texts of a server's announcements, oldest first."""
    return [text_of(raw(message)) for message in announcements(world, server)]


def direct_messages(member: simcord.MemberActor) -> list[str]:
    """Return the texts of the direct messages to a member, oldest first."""
    channel = member.user.dm_channel
    return [text_of(raw(message)) for message in channel.history()] if channel else []


def announcements(world: World, server: Server | None = None) -> list[discord.Message]:
    """Return a server's announcements, oldest first."""
    return [
        message
        for message in (server or world.server).channel.history()
        if message.interaction_metadata is None
    ]


def raw(message: discord.Message) -> list[dict[str, Any]]:
    """Return a message's components as JSON."""
    return [cast("dict[str, Any]", component.to_dict()) for component in message.components]
