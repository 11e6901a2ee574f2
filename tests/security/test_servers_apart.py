"""Random commands in three servers: what is of one server never shows in another."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cogs.world import START, Server, Team, World, announced, direct_messages, open_world

pytestmark = pytest.mark.long

SERVERS = 3
SHARED = "titanic"
"""A competition that any server may follow; what its board says is no secret."""

COMMANDS = [
    "add own",
    "add shared",
    "remove own",
    "remove shared",
    "pause",
    "resume",
    "sync",
    "list",
    "set channel",
    "set numbers",
    "link",
    "link ghost",
    "unlink",
    "pingme",
    "whois",
    "whois foreign",
    "leaderboard",
    "leaderboard foreign",
    "rank",
    "team foreign",
    "rank foreign",
    "history",
    "compare",
    "compare foreign",
    "whatif",
    "overview",
    "set deadline",
    "watch",
    "watch foreign",
    "deadlines",
    "members",
    "status",
    "type",
    "export",
    "move",
]
Step = tuple[str, int, bool]
steps = st.lists(
    st.tuples(st.sampled_from(COMMANDS), st.integers(0, SERVERS - 1), st.booleans()),
    min_size=8,
    max_size=20,
)
# Without them the others would have little to show.
BEGIN: list[Step] = [
    (command, number, True)
    for number in range(SERVERS)
    for command in (
        *("set channel", "set numbers", "add own", "add shared", "link", "link ghost"),
        *("set deadline", "deadlines", "watch"),
    )
]


@dataclass
class Home:
    """A server, and what is nobody else's business."""

    number: int
    server: Server

    @property
    def slug(self) -> str:
        return f"secret-{'xyz'[self.number]}"

    @property
    def ghost(self) -> str:
        """A Kaggle name that is on no board."""
        return f"ghost{'xyz'[self.number]}"

    @property
    def smallest(self) -> int:
        return 71_000 + self.number * 101

    @property
    def deadline(self) -> datetime:
        """A deadline that it sets."""
        return START + timedelta(days=60 + self.number, minutes=1)

    def tells(self, announcements: list[str]) -> bool:
        """Return whether its own member is in the news of its own competition."""
        return any(self.slug in one and self.server.ada.mention in one for one in announcements)

    @property
    def markers(self) -> set[str]:
        server = self.server
        ids = {
            server.guild.id,
            server.channel.id,
            server.manager.id,
            server.ada.id,
            server.bob.id,
        }
        numbers = {f"{self.smallest:,}", f"{self.smallest}", f"{self.deadline.timestamp():.0f}"}
        return {*map(str, ids), self.slug, self.ghost, *numbers}


class Play:
    """Carries out steps, and looks at every word that a server gets to read."""

    def __init__(self, world: World) -> None:
        self.world = world
        servers = [world.server, world.add_server("Two"), world.add_server("Three")]
        self.homes = [Home(number, server) for number, server in enumerate(servers)]
        self.submissions = 1
        self.serve()

    def serve(self) -> None:
        """Serve boards from Kaggle that hold the members of all servers."""
        self.submissions += 1
        order = [(n + self.submissions) % 6 for n in range(6)]
        for slug in (SHARED, *(home.slug for home in self.homes)):
            teams = [
                Team(
                    n + 1,
                    f"Team {n} of {slug}",
                    f"0.{900 - place + self.submissions}",
                    f"kaggler{n}",
                    self.submissions,
                    submitted_at=self.world.env.now(),
                )
                for place, n in enumerate(order)
            ]
            self.world.serve(slug, teams)

    async def take(self, step: Step) -> None:
        command, number, first = step
        home, world = self.homes[number], self.world
        other = self.homes[(number + 1 + first) % SERVERS]
        member = home.server.ada if first else home.server.bob
        manager = home.server.manager
        slug = home.slug if first else SHARED

        def ask(name: str, **options: object) -> Callable[[], Awaitable[str]]:
            managers = name.startswith(("competition", "announcements"))
            return lambda: world.confirm(manager if managers else member, name, **options)

        ways: dict[str, Callable[[], Awaitable[str]]] = {
            "add own": ask("competition add", competition=home.slug),
            "add shared": ask("competition add", competition=SHARED),
            "remove own": ask("competition remove", competition=home.slug),
            "remove shared": ask("competition remove", competition=SHARED),
            "pause": ask("competition pause", competition=slug),
            "resume": ask("competition resume", competition=slug),
            "sync": ask("competition sync", competition=slug),
            "list": ask("competition list"),
            "set channel": ask("announcements", channel=home.server.channel),
            "set numbers": ask(
                "announcements", smallest_rise=0, smallest_fall=home.smallest, mention=first
            ),
            "link": ask("link", username=f"kaggler{number * 2 + first}"),
            "link ghost": lambda: world.ask(manager, "link", username=home.ghost),
            "unlink": ask("unlink"),
            "pingme": ask("pingme", enabled=first),
            "whois": lambda: world.ask(member, "whois", member=manager),
            "whois foreign": lambda: self.like_nothing(home, "whois", "username", other.ghost),
            "leaderboard": ask("leaderboard", competition=slug),
            "leaderboard foreign": lambda: self.like_nothing(
                home, "leaderboard", "competition", other.slug
            ),
            "rank": ask("rank"),
            "team foreign": lambda: self.like_nothing(home, "rank", "username", other.slug),
            "rank foreign": lambda: self.like_nothing(home, "rank", "competition", other.slug),
            "history": ask("history", member=home.server.bob),
            "compare": ask("compare", competition=slug),
            "compare foreign": lambda: self.like_nothing(
                home, "compare", "competition", other.slug
            ),
            "whatif": ask("whatif", score="0.999", competition=slug),
            "overview": ask("overview"),
            "set deadline": ask(
                "competition deadline",
                kind="entry",
                at=f"{home.deadline:%Y-%m-%d %H:%M}",
                competition=slug,
            ),
            "watch": ask("watch news", competition=slug),
            "watch foreign": lambda: self.like_nothing(
                home, "watch news", "competition", other.slug
            ),
            "deadlines": ask("deadlines"),
            "members": ask("members"),
            "status": ask("status"),
            "type": lambda: self.offered(home),
            "export": lambda: self.exported(member.id),
            "move": self.move,
        }
        self.check(home, await ways[command]())
        for one in self.homes:
            self.check(one, *announced(world, one.server), *self.told(one))

    def told(self, home: Home) -> list[str]:
        """Return the direct messages to a server's members."""
        return [
            text
            for member in (home.server.ada, home.server.bob)
            for text in direct_messages(member)
        ]

    async def like_nothing(self, home: Home, command: str, option: str, foreign: str) -> str:
        """Request what only another server has: the answer is that for what nobody has."""
        member = home.server.ada
        answers = [
            (await self.world.ask(member, command, **{option: name})).replace(name, "?")
            for name in (foreign, "nobody-has-this")
        ]
        assert answers[0] == answers[1]
        return answers[0]

    async def offered(self, home: Home) -> str:
        member = home.server.ada
        teams = await member.autocomplete(home.server.channel, "rank", "username", "secret")
        return " ".join(
            [
                *await self.world.autocomplete(member, "leaderboard", "competition", ""),
                *await self.world.autocomplete(member, "rank", "username", ""),
                *(team["name"] for team in teams),
                *await self.world.autocomplete(
                    home.server.manager, "competition sync", "competition", ""
                ),
            ]
        )

    async def exported(self, user_id: int) -> str:
        return repr(await self.world.storage.privacy.load_member_data(user_id))

    async def move(self) -> str:
        """Change the boards, sync them and announce the changes."""
        self.serve()
        await self.world.pass_time(minutes=11)
        return ""

    def check(self, home: Home, *texts: str) -> None:
        for other in self.homes:
            if other is not home:
                shown = [marker for marker in other.markers for text in texts if marker in text]
                assert shown == [], (home.number, other.number, texts)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps)
def test_nothing_of_one_server_shows_in_another(taken: list[Step]) -> None:
    async def play(path: Path) -> None:
        async with open_world(path) as world:
            world.sync_every(minutes=10)
            one = Play(world)
            for step in (*BEGIN, *[("move", 0, True)] * 3):
                await one.take(step)
            told = [home for home in one.homes if home.tells(announced(world, home.server))]
            assert len(told) > 1
            for step in (*taken, ("move", 0, True)):
                await one.take(step)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder, "podium.db")))
