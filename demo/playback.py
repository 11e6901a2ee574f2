"""Playback of the recording: the real bot with stand-ins for Kaggle and Discord."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import discord
import simcord

from bot.client import Podium
from demo.discord_stand_in import run_on_discord
from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_news import NEW_COMPETITION, publish_news
from demo.recording import (
    RecordedBoard,
    make_other_board,
    make_private_board,
    read_recording,
    space_evenly,
)
from leaderboards.competition_info import CompetitionInfo
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter, spawn
from storage.storage import Storage

HOUR = timedelta(hours=1)
STEP = 2 * HOUR
"""The time between two boards in the demo, about twice that of the recording: forecasts need twelve
hours of boards, and are not made in the last day before the deadline."""

_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_TIME = re.compile(r"<t:(-?\d+)(?::\w)?>")
_SAME_TIME = re.compile(r"(<t:(-?\d+)(?::\w)?>)(?:, | · )<t:\2(?::\w)?>")
_ESCAPE = re.compile(r"\\([^\w\s])")
_MARKDOWN = re.compile(r"(?m)\*\*|^#+ |^-# ")

SIMULATED_START = datetime(2026, 1, 1, tzinfo=UTC)
"""Where SimCord's clock begins."""

COMPETITION = "harvest-forecast"
"""The slug under which the recording is played; Kaggle lists it as a competition with medals."""

OTHERS = (
    CompetitionInfo(
        "soil-moisture",
        SIMULATED_START + timedelta(days=31),
        "Research",
        "10,000 Usd",
        1012,
        title="Soil Moisture from Satellite Images",
        awards_points=True,
    ),
    CompetitionInfo(
        "bird-songs",
        SIMULATED_START + timedelta(days=9),
        "Playground",
        "Swag",
        388,
        title="Bird Songs - Name the Singer",
    ),
    CompetitionInfo(
        "titanic",
        None,
        "Getting Started",
        "Knowledge",
        143,
        title="Titanic - Machine Learning from Disaster",
    ),
)
"""Other competitions in Kaggle's list, which can be followed too: each has a board."""

IN_THREAD = OTHERS[1].slug
"""The competition that gets a thread."""

IN_FORUM = OTHERS[0].slug
"""The competition that gets a forum post."""

EPILOGUE = 4
"""Steps that are played after the last board, in which the competition ends."""

MEMBERS = {
    "Mika": "amberheron73",
    "Tomás": "oddtundra7",
    "愛子": "urbanlichen12",
    "Noor": "royalyak90",
    "Zara": "warmpanda28",
    "Kwame": "proudmeadow89",
    "Ines": "sharpjaguar91",
}
"""Who is in the server, and their Kaggle user names: people who move much."""


@dataclass
class Playback:
    """A server on a simulated Discord that follows the recording, a board a step."""

    env: simcord.Env
    bot: Podium
    kaggle: KaggleStandIn
    boards: list[RecordedBoard]
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    live_channel: simcord.ChannelHandle
    manager: simcord.MemberActor
    members: dict[str, simcord.MemberActor]
    step_count: int = 0
    """How many steps were played, which is also the index of the newest board."""
    visited_since: int | None = None
    """The step at which `begin_visit` was called; None before."""
    news_since: int | None = None
    """The step at which `begin_news` was called; None before."""
    _seen: set[int] = field(default_factory=set)

    @property
    def hour(self) -> int:
        """How many hours of the demo were played."""
        return self.step_count * STEP // HOUR

    @property
    def slug(self) -> str:
        """The competition that is played."""
        return self.boards[0].slug

    async def set_up(self) -> None:
        """Set the server up by slash commands, as people would."""
        manager, channel = self.manager, self.channel
        self.kaggle.serve(self.slug, self.boards[0].zip)
        # For discord.py a server of SimCord is not new, but available again.
        self.bot.dispatch("guild_join", self.bot.get_guild(self.guild.id))
        await self.env.settle()
        await manager.slash(channel, "announcements", channel=channel)
        await manager.slash(channel, "competition add", competition=self.slug, channel=channel)
        await manager.slash(channel, "competition live", channel=self.live_channel)
        panel = (await manager.slash(channel, "settings")).response
        if panel is not None:
            await manager.select(panel, ["digests"], custom_id="settings:section")
            await manager.click(panel, label="Turn the daily digest on")
        for name, actor in self.members.items():
            await actor.slash(channel, "link", username=MEMBERS[name])

    async def begin_visit(self) -> None:
        """Search for team mates as Noor and watch as Mika; feeds and a thread come with the steps.

        They do not begin sooner, so that the page opens soon: each takes calls of the Kaggle CLI.
        """
        self.visited_since = self.step_count
        await self.members["Noor"].slash(
            self.channel,
            "team search",
            sentence="I have a stable validation, and look for somebody with other features.",
            languages="English, Arabic",
            time_zone="Casablanca",
        )
        await self.members["Mika"].slash(self.channel, "watch news", competition=self.slug)

    def begin_news(self) -> None:
        """Publish topics and notebooks on Kaggle, and new ones with each step."""
        self.news_since = self.step_count
        publish_news(self.kaggle, self.slug, 0, self.env.now(), STEP)

    async def _play_visit(self) -> None:
        """Run the manager's commands of this step of a visit."""
        match self.step_count - (self.visited_since or 0):
            case 1:
                self.begin_news()
                for feed in ("competitions", "discussion", "notebooks"):
                    await self.manager.slash(self.channel, f"feed {feed}", channel=self.channel)
            case 2:
                await self.manager.slash(
                    self.channel, "competition add", competition=IN_THREAD, thread=self.channel
                )

    async def step(self) -> bool:
        """Advance the recording by a board; return False once its end was announced."""
        if self.step_count + 1 >= len(self.boards) + EPILOGUE:
            return False
        self.step_count += 1
        if self.step_count < len(self.boards):
            self.kaggle.serve(self.slug, self.boards[self.step_count].zip)
        elif self.step_count > len(self.boards):
            self.kaggle.serve_private(self.slug, make_private_board(self.boards[-1]).zip)
        if self.visited_since is not None:
            await self._play_visit()
        if self.news_since is not None:
            steps = self.step_count - self.news_since
            publish_news(self.kaggle, self.slug, steps, self.env.now(), STEP)
        await self.env.advance_time(STEP.total_seconds())
        return True

    async def run_command(self, name: str, command: str) -> str:
        """Run a slash command as a member; return its response for a terminal."""
        result = await self.members[name].slash(self.channel, command)
        text = "" if result.response is None else message_text(result.response.message)
        return to_plain_text(text, self._names())

    def skip_announcements(self) -> None:
        """Mark the announcements and direct messages so far as read."""
        for _ in (*self.announcements(), *self.direct_messages()):
            pass

    def announcements(self) -> Iterator[str]:
        """Yield the announcements since the last call, as members read them."""
        yield from self._new_texts(self.channel)

    def direct_messages(self) -> Iterator[tuple[str, str]]:
        """Yield the members' direct messages since the last call: whose, and the text."""
        for name, actor in self.members.items():
            for text in self._new_texts(actor.user.dm_channel):
                yield name, text

    def _new_texts(self, channel: simcord.ChannelHandle) -> Iterator[str]:
        for message in channel.history():
            is_told = message.author == self.bot.user and not message.interaction_metadata
            if is_told and message.id not in self._seen:
                self._seen.add(message.id)
                # Discord's own message about a new thread has no text.
                if text := message_text(message):
                    yield to_plain_text(text, self._names())

    def _names(self) -> dict[int, str]:
        return {actor.id: name for name, actor in self.members.items()}


def to_plain_text(text: str, names: Mapping[int, str]) -> str:
    """Return a message's text for a terminal: names and times, no Markdown."""
    for user_id, name in names.items():
        text = text.replace(f"<@{user_id}>", f"@{name}")
    text = _MARKDOWN.sub("", _LINK.sub(r"\1", text))
    # Discord shows how far away it is; here it would be the same time twice.
    text = _ESCAPE.sub(r"\1", _SAME_TIME.sub(r"\1", text))
    return _TIME.sub(
        lambda match: f"{datetime.fromtimestamp(int(match[1]), UTC):%Y-%m-%d %H:%M} UTC", text
    )


def message_text(message: discord.Message) -> str:
    """Return all text of a Components V2 message, in order."""
    return "\n".join(_texts(message.components))


def _texts(components: object) -> Iterator[str]:
    for component in components if isinstance(components, (list, tuple)) else ():
        content = getattr(component, "content", None)
        if isinstance(content, str):
            yield content
        for name in ("children", "components"):
            yield from _texts(getattr(component, name, None))


class _Clock:
    """SimCord's time; before SimCord runs, its start."""

    env: simcord.Env | None = None

    def now(self) -> datetime:
        return SIMULATED_START if self.env is None else self.env.now()


@asynccontextmanager
async def open_playback(
    *, progress: Callable[[str], None], start: CommandStarter = spawn, check_errors: bool = True
) -> AsyncIterator[Playback]:
    """Set everything up in a temporary folder, which is removed afterwards.

    `start` starts calls of the Kaggle CLI; forks are cheaper if `__main__` imports little.
    With `check_errors` all errors of the bot are raised at the end, also those that it answered.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="podium-demo-")))
        kaggle = stack.enter_context(KaggleStandIn().in_thread())
        storage = await Storage.open(folder / "podium.db")
        stack.push_async_callback(storage.close)
        clock = _Clock()
        bot = Podium(
            storage,
            KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=start),
            sync_minutes=STEP / timedelta(minutes=1),
            now=clock.now,
        )
        env = await stack.enter_async_context(run_on_discord(bot, check_errors=check_errors))
        clock.env = env
        if bot.user is not None:
            await bot.user.edit(username="Podium")
        recording = [replace(board, slug=COMPETITION) for board in read_recording()]
        boards = space_evenly(recording, env.now(), STEP)
        ends_at = boards[-1].taken_at + HOUR / 2
        info = CompetitionInfo(
            COMPETITION,
            ends_at,
            "Featured",
            "50,000 Usd",
            1443,
            title="Harvest Forecast",
            awards_points=True,
        )
        kaggle.add_competition(info)
        for other in OTHERS:
            kaggle.add_competition(other)
        for other in (*OTHERS, NEW_COMPETITION):
            board = make_other_board(boards[0], other.slug, other.team_count or 0, MEMBERS.values())
            kaggle.serve(other.slug, board.zip)
        guild = env.create_guild("Data Science Club")
        channel = guild.create_text_channel("leaderboard")
        live_channel = guild.create_text_channel("live-board")
        manager = guild.add_member(
            env.create_user("robin", global_name="Robin"),
            roles=[
                guild.create_role(
                    "Organisers",
                    permissions=discord.Permissions(manage_guild=True, manage_roles=True),
                )
            ],
        )
        guild.create_role("Medal winner")
        members = {
            name: guild.add_member(env.create_user(user_name, global_name=name))
            for name, user_name in MEMBERS.items()
        }
        playback = Playback(
            env, bot, kaggle, boards, guild, channel, live_channel, manager, members
        )
        progress("The server sets itself up")
        await playback.set_up()
        yield playback
