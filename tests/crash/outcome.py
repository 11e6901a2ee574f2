"""The channels and the database at the end of a run, and their comparison."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from demo.recording import RecordedBoard
from leaderboards.parsing.reader import read_board
from storage.storage import Storage
from tests.crash import servers
from tests.crash.environment import Environment

_REPLAY = "### 🎬 Replay of"
_TIME, _CHANNEL = re.compile(r"<t:\d+"), re.compile(r"<#\d+>")


@dataclass
class Outcome:
    """The result of a run."""

    messages: dict[str, list[str]]
    """The texts in each channel, in their order."""
    violations: int
    """Requests that Discord would have refused."""
    prevented_by_nonce: int
    """How often a nonce prevented a second message."""
    integrity: str
    boards: int
    """How many past boards were rebuilt and equal their files."""


@dataclass
class Comparison:
    """The announcements of a disturbed run compared with those of an undisturbed one."""

    expected: int = 0
    delivered: int = 0
    lost: int = 0
    repeated: int = 0
    unexpected: int = 0
    """Announcements that the undisturbed run did not make."""
    in_order: bool = True


async def load_outcome(environment: Environment) -> Outcome:
    """Load the messages, counters and database state of a finished run."""
    wire, messages = environment.wire, {}
    for name, channel_id in environment.channels.items():
        messages[name] = await _load_texts(environment, channel_id)
    for guild in environment.guilds:
        for number, thread_id in enumerate(await wire.threads(guild.channels["news"])):
            name = f"{servers.GUILDS[guild.id]} thread {number}"
            messages[name] = await _load_texts(environment, thread_id)
    return Outcome(
        messages=messages,
        violations=len(await environment.wire.violations()),
        prevented_by_nonce=(await environment.wire.counters()).repeated,
        integrity=_check_integrity(environment.database),
        boards=await _count_rebuilt(environment.database, environment.recording),
    )


async def _load_texts(environment: Environment, channel_id: int) -> list[str]:
    """Return the texts in a channel, with the same times and channels in each run.

    Without pinned messages: they are live boards, and may be edited or not when the bot is killed.
    A replay counts with or without its picture, which a busy machine may not draw in time.
    """
    pinned = (await environment.wire.channel_state(channel_id))["pinned"]
    names = {f"<#{id_}>": f"<#{name}>" for name, id_ in environment.channels.items()}
    texts = []
    for message in await environment.wire.messages(channel_id):
        if message.id not in pinned:
            text = _TIME.sub("<t:0", message.text)
            if text.startswith(_REPLAY):
                text = text.splitlines()[0]
            texts.append(_CHANNEL.sub(lambda match: names[match[0]], text))
    return texts


def compare(expected: dict[str, list[str]], found: dict[str, list[str]]) -> Comparison:
    """Count messages that are lost, repeated or unexpected."""
    result = Comparison()
    for name, texts in expected.items():
        wanted, sent = Counter(texts), Counter(found.get(name, ()))
        result.expected += wanted.total()
        result.delivered += (wanted & sent).total()
        result.lost += (wanted - sent).total()
        more = sent - wanted
        result.repeated += sum(more[text] for text in wanted)
        result.unexpected += sum(count for text, count in more.items() if text not in wanted)
        known = [text for text in found.get(name, ()) if text in wanted]
        result.in_order &= list(_unique(known)) == [text for text in _unique(texts) if text in sent]
    return result


def _unique(texts: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(texts)


def _check_integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        broken = list(connection.execute("PRAGMA foreign_key_check"))
    return ", ".join(found) if not broken else f"{len(broken)} broken references"


async def _count_rebuilt(database: Path, recording: Sequence[RecordedBoard]) -> int:
    storage = await Storage.open(database)
    try:
        competition = await storage.competitions.find(recording[0].slug)
        if competition is None:
            return 0
        info = await storage.boards.find_info(competition.id)
        if info is None:
            return 0
        equal = 0
        for recorded in recording:
            rebuilt = await storage.history.load_board_at(info, recorded.slug, recorded.taken_at)
            plain = read_board(recorded.csv, taken_at=recorded.taken_at)
            equal += rebuilt is not None and list(rebuilt.entries()) == list(plain.entries())
    finally:
        await storage.close()
    return equal
