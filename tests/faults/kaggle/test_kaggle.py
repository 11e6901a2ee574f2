"""Every fault of Kaggle: the real CLI meets it once, and the bot lives with it for half a day."""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import aiosqlite
import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.errors import EmptyBoard, LeaderboardError, NotLoggedIn, RateLimited
from leaderboards.kaggle.client import KaggleCli
from leaderboards.sync import Outcome, SyncOptions, SyncReport, sync_board
from storage.storage import Storage
from tests.cogs.world import START, Team, World, announced, build_zip, open_world
from tests.faults.kaggle.test_kaggle_cli import IMPATIENT, TOLD
from tests.faults.kaggle.wrong_boards import WRONG_BOARDS

BOARD_TOLD = {
    "cut zip": "The leaderboard's zip file is damaged.",
    "zip bomb": "The zip file's CSV is larger than a leaderboard can be.",
    "two CSVs": "The zip file holds 2 leaderboard CSVs, where one is expected.",
    "no CSV": "The zip file holds no leaderboard CSV.",
    "unknown header": "Its header must name TeamId, TeamName and Score",
    "empty board": "The board has no teams.",
    "a TeamId twice": "Row 3: team 1 stands on the board twice.",
    "another competition's board": "Kaggle answered with the leaderboard of another when asked for",
}
HELD = {
    "ranks with holes": "Ranks are missing between the first and the last.",
    "every score zero": "Every score is the same.",
    "a third of the teams gone": "A third of the teams or more are gone.",
    "another's teams under its name": "A third of the teams or more are gone.",
}
VARIANTS = {
    "403 private",
    "403 bare",
    "404 bare",
    "429 with a sentence",
    "500 with a sentence",
    "closed",
    "nothing at all",
    "noise",
}
"""The same in other words: `test_kaggle_cli.py` meets them."""
ALL = {name: fault for name, fault in FAULTS.items() if name not in VARIANTS} | WRONG_BOARDS
HEALTHY = ("healthy-first", "healthy-last")
TEAMS = [Team(n, f"Team {n}", f"{1 - n / 100:.2f}", f"user{n}") for n in range(1, 31)]
LATER = START + timedelta(hours=1)

Met = LeaderboardError | SyncReport


def slug_of(fault: str) -> str:
    return "c-" + "".join(c if c.isalnum() else "-" for c in fault.lower())


@dataclass
class Meeting:
    """What came of each competition's sync, and what the database held before and after."""

    met: dict[str, Met]
    before: list[object]
    after: list[object]
    files: list[str]
    """All that lies around afterwards."""


async def store(storage: Storage, slug: str, data: bytes) -> SyncReport:
    return await sync_board(slug, data, store=storage.board_writer, options=SyncOptions())


async def download_and_store(storage: Storage, kaggle: KaggleCli, slug: str) -> SyncReport:
    return await store(storage, slug, await kaggle.download(slug))


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """Sync every competition once, in one round, each with another fault."""
    folder = tmp_path_factory.mktemp("machine")
    deep = folder / "a" / "b" / "c" / "temporary"
    deep.mkdir(parents=True)
    with KaggleStandIn().in_thread() as kaggle, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(deep))
        yield asyncio.run(_meet(kaggle, folder))


async def _meet(kaggle: KaggleStandIn, folder: Path) -> Meeting:
    patient = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment)
    hasty = KaggleCli(
        credentials=CREDENTIALS, environment=kaggle.environment, timeout=1.5, concurrency=4
    )
    patient._version_checked = hasty._version_checked = True  # Each would be a call of its own.
    slugs = {HEALTHY[0]: "", **{slug_of(fault): fault for fault in ALL}, HEALTHY[1]: ""}
    storage = await Storage.open(folder / "podium.db")
    try:
        for slug, fault in slugs.items():
            await storage.competitions.add_for_owner(slug)
            await store(storage, slug, build_zip(slug, TEAMS))
            kaggle.serve(slug, build_zip(slug, TEAMS, at=LATER))
            if fault:
                kaggle.set_fault(slug, ALL[fault])
        before = await _kept(storage)
        answers = await asyncio.gather(
            *(
                download_and_store(storage, hasty if fault in IMPATIENT else patient, slug)
                for slug, fault in slugs.items()
            ),
            return_exceptions=True,
        )
        after = await _kept(storage)
    finally:
        await storage.close()
    met: dict[str, Met] = {}
    for (slug, fault), answer in zip(slugs.items(), answers, strict=True):
        assert isinstance(answer, (LeaderboardError, SyncReport)), (slug, answer)
        met[fault or slug] = answer
    return Meeting(met, before, after, _files_in(folder))


def _files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def _kept(storage: Storage) -> list[object]:
    """Return all that is stored of boards, their history, and what is told of them."""
    tables = (
        "boards",
        "board_rows",
        "members",
        "benchmarks",
        "log_segments",
        "news_baselines",
        "outbox",
    )
    async with storage.database.read() as connection:
        return [
            [
                # Which file was held is recorded.
                tuple(row[name] for name in row if name != "held_checksum")
                for row in await _select_all(connection, table)
            ]
            for table in tables
        ]


async def _select_all(connection: aiosqlite.Connection, table: str) -> list[dict[str, object]]:
    async with connection.execute(f"SELECT * FROM {table}") as cursor:  # noqa: S608
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


@pytest.mark.parametrize("fault", ALL)
def test_each_fault_has_its_own_sentence(
    fault: str, meeting: Meeting, record_property: Callable[[str, object], None]
) -> None:
    met = meeting.met[fault]
    observed = str(met) if isinstance(met, LeaderboardError) else met.outcome.value
    if isinstance(met, SyncReport) and met.anomaly:
        observed = f"held. {met.anomaly}"
    record_property("fault", f"Kaggle: {fault}")
    record_property("observed", observed)
    if fault in HELD:
        assert observed == f"held. {HELD[fault]}"
    elif fault == "path tricks":
        # It is read in memory, where a path does nothing.
        assert observed == "unchanged"
    elif fault in BOARD_TOLD:
        assert isinstance(met, LeaderboardError)
        assert BOARD_TOLD[fault] in observed
    else:
        error, sentence = TOLD[fault]
        assert type(met) is error
        assert sentence.format(slug=slug_of(fault)) in observed
    assert "\n" not in observed


def test_faults_change_nothing_stored(meeting: Meeting) -> None:
    assert meeting.before == meeting.after
    assert meeting.files == ["podium.db"]


def test_other_competitions_are_read_despite_faults(meeting: Meeting) -> None:
    for slug in HEALTHY:
        met = meeting.met[slug]
        assert isinstance(met, SyncReport)
        assert met.outcome is Outcome.UNCHANGED


async def test_bot_backs_off_and_recovers_from_every_fault(
    meeting: Meeting, tmp_path: Path
) -> None:
    """The errors that the real CLI brought, round after round, beside two that are well."""
    failing = {
        slug_of(fault): met
        for fault, met in meeting.met.items()
        # A refused login or a rate limit is a lockout for all: tests/cogs/syncing has it.
        if isinstance(met, LeaderboardError) and not isinstance(met, (NotLoggedIn, RateLimited))
    }
    async with open_world(tmp_path / "podium.db") as world:
        world.sync_every(minutes=15)
        asked = _watched(world)
        for slug in (*failing, *HEALTHY):
            world.serve(slug, TEAMS)
            competition = await world.storage.competitions.add_for_owner(slug)
            server = world.server
            await world.storage.guilds.follow(
                server.guild.id, competition.id, server.channel.id, 1, START, None
            )
        await world.run(world.server.ada, "link", username="user5")
        await world.pass_time(minutes=30)
        before = await _kept(world.storage)
        asked.clear()

        world.kaggle.boards.update(failing)
        await world.pass_time(hours=12)
        for slug in HEALTHY:
            assert 47 <= len(asked[slug]) <= 49
        for slug, error in failing.items():
            pauses = [after - before for before, after in pairwise(asked[slug])]
            # Each up to a quarter shorter than twice the one before, and at most two hours.
            assert timedelta(minutes=15) <= pauses[0] <= timedelta(minutes=45), slug
            if isinstance(error, EmptyBoard):
                # A board without teams may get its first one at any time.
                assert set(pauses) == {timedelta(minutes=15)}
                continue
            assert min(pauses[3:]) >= timedelta(minutes=75), slug
            assert max(pauses) <= timedelta(hours=2, minutes=15), slug
            failed = await world.storage.competitions.find(slug)
            assert failed is not None
            assert failed.error == str(error)
        assert await _kept(world.storage) == before
        assert "Not everything works" in await world.ask(world.server.ada, "status")

        for slug in failing:
            world.serve(slug, TEAMS)
        asked.clear()
        await world.pass_time(hours=4)
        for slug in failing:
            pauses = [after - before for before, after in pairwise(asked[slug])]
            assert len(pauses) >= 7, slug
            assert set(pauses) == {timedelta(minutes=15)}, slug
        assert "All is well" in await world.ask(world.server.ada, "status")
        assert announced(world) == []


def _watched(world: World) -> dict[str, list[datetime]]:
    """Record when each competition's board is requested."""
    asked: dict[str, list[datetime]] = defaultdict(list)
    real = world.kaggle.download

    async def noted(slug: str) -> bytes:
        asked[slug].append(world.env.now())
        return await real(slug)

    world.kaggle.download = noted  # type: ignore[method-assign]
    return asked
