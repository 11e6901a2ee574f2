import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bot.commands import dependencies
from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import LeaderboardError, NoNetwork, NotLoggedIn, RateLimited
from leaderboards.kaggle.cli_errors import LOGIN_MISSING
from leaderboards.kaggle.client import KaggleCli
from leaderboards.news.follower import Follower, NewsDecision
from storage.storage import Storage
from tests.bot.conftest import FIRST, SECOND, CommandLine, build_zip, csv

NOON = datetime(2026, 8, 9, 12, tzinfo=UTC)


@pytest.fixture
def kaggle(monkeypatch: pytest.MonkeyPatch) -> Iterator[KaggleStandIn]:
    with KaggleStandIn().in_thread() as stand_in:
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(
            dependencies, "KaggleCli", partial(KaggleCli, environment=stand_in.environment)
        )
        yield stand_in


def competitions() -> list[tuple[str, str | None]]:
    with sqlite3.connect("podium.db") as connection:
        rows = connection.execute("SELECT slug, category FROM competitions").fetchall()
    connection.close()
    return rows


@pytest.mark.processes
def test_sync_prints_its_steps_and_changes(podium: CommandLine, kaggle: KaggleStandIn) -> None:
    kaggle.add_competition(
        CompetitionInfo("titanic", datetime(2030, 1, 1, tzinfo=UTC), "Featured", "Knowledge", 2)
    )
    kaggle.serve("titanic", build_zip(FIRST))
    code, out, err = podium("sync", "https://www.kaggle.com/competitions/titanic")
    assert code == 0
    assert out == (
        "titanic, 2026-08-09T12:00:00Z: 2 teams, 2 new, 0 changed, 0 gone; 1 benchmark;"
        " 0 announcements.\n"
    )
    assert err.splitlines()[0] == "Asking Kaggle for titanic …"
    assert competitions() == [("titanic", "Featured")]

    kaggle.serve("titanic", build_zip(SECOND, "2026-08-09T13:00:00"))
    code, out, _ = podium("sync", "titanic")
    assert out.splitlines() == [
        (
            "titanic, 2026-08-09T13:00:00Z: 3 teams, 1 new, 2 changed, 0 gone; 0 benchmarks;"
            " 0 announcements."
        ),
        "",
        "rank  before  score  before  team",
        "   1       2  0.95   0.80    Bob 🐍",
        "   3       -  0.7    -       Eve",
    ]


@pytest.mark.processes
def test_a_failed_sync_says_why_and_leaves_nothing(
    podium: CommandLine, kaggle: KaggleStandIn
) -> None:
    code, out, err = podium("sync", "nowhere")
    assert (code, out) == (1, "")
    assert "nowhere" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not Path("podium.db").exists()
    kaggle.serve("titanic", build_zip(FIRST))
    assert podium("sync", "titanic")[0] == 0
    assert podium("sync", "nowhere")[0] == 1
    assert competitions() == [("titanic", None)]


def test_first_sync_of_a_damaged_board_makes_no_database(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "KaggleCli", Served)
    Served.board = build_zip("TeamId\n")
    assert podium("sync", "titanic")[0] == 1
    assert not Path("podium.db").exists()


async def follow(*, archived: bool) -> None:
    """Follow the synced competition in a server, after its end or before it."""
    storage = await Storage.open(Path("podium.db"))
    try:
        competition = await storage.competitions.find("titanic")
        assert competition is not None
        board = await storage.boards.find_info(competition.id)
        assert board is not None
        if archived:
            await storage.competition_ends.archive(competition.id, board.board_id, nothing, NOON)
        await storage.links.link(1, 20, "bob", 20, NOON)
        await storage.guilds.follow(1, competition.id, 5, 20, NOON, None)
    finally:
        await storage.close()


def nothing(_: Follower) -> NewsDecision:
    raise AssertionError("no server follows yet")


@pytest.mark.parametrize(("archived", "announcements"), [(False, 1), (True, 0)])
def test_imported_boards_are_not_announced(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch, *, archived: bool, announcements: int
) -> None:
    monkeypatch.setattr(dependencies, "KaggleCli", Served)
    Served.board = build_zip(FIRST)
    podium("sync", "titanic")
    asyncio.run(follow(archived=archived))
    Served.board = build_zip(SECOND, "2026-08-09T13:00:00")
    code, out, _ = podium("sync", "titanic")
    assert code == 0
    assert out.splitlines()[0] == (
        "titanic, 2026-08-09T13:00:00Z: 3 teams, 1 new, 2 changed, 0 gone; 0 benchmarks;"
        f" {announcements} announcement{'s' if announcements != 1 else ''}."
    )


class Served:
    """Stands for the Kaggle CLI where a test is about what is printed."""

    board = b""

    def __init__(self, **_: object) -> None:
        pass

    async def download(self, _slug: str) -> bytes:
        return self.board

    async def find_competition(self, _slug: str) -> None:
        return None

    def close(self) -> None:
        pass


@pytest.mark.parametrize("kind", [NotLoggedIn, RateLimited, NoNetwork])
def test_error_of_both_calls_to_kaggle_is_printed_once(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch, kind: type[LeaderboardError]
) -> None:
    async def fail(*_: object) -> None:
        raise kind("Kaggle does not answer.")

    monkeypatch.setattr(Served, "download", fail)
    monkeypatch.setattr(Served, "find_competition", fail)
    monkeypatch.setattr(dependencies, "KaggleCli", Served)
    assert podium("sync", "titanic") == (1, "", "Kaggle does not answer.\n")
    assert not Path("podium.db").exists()


def test_sync_without_a_login_says_what_to_do_next(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise NotLoggedIn(LOGIN_MISSING)

    monkeypatch.setattr(Served, "find_competition", fail)
    monkeypatch.setattr(dependencies, "KaggleCli", Served)
    way_on = "put it into .env as KAGGLE_API_TOKEN, then run sync again.\n"
    assert podium("sync", "titanic")[2].endswith(way_on)


def test_every_other_outcome_is_printed(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "KaggleCli", Served)
    rows = [f"{rank},{rank},t{rank},{1 - rank / 100:.2f},1,u{rank}" for rank in range(1, 31)]
    newer = [f"{rank},{rank},t{rank},{2 - rank / 100:.2f},2,u{rank}" for rank in range(1, 31)]
    swapped = [f"1,2,t2,{2 - 2 / 100:.2f},2,u2", f"2,1,t1,{2 - 1 / 100:.2f},2,u1", *newer[2:]]

    def sync(rows: list[str], time: str) -> str:
        Served.board = build_zip(csv(*rows), f"2026-08-09T{time}:00")
        code, out, _ = podium("sync", "titanic")
        assert code == 0
        return out

    sync(rows, "12:00")
    assert sync(rows, "12:00") == "titanic: nothing changed, 30 teams.\n"
    assert sync(newer, "11:00") == (
        "titanic: Kaggle served a board that is not newer than the stored one.\n"
    )
    assert sync(rows[:9], "13:00") == (
        "titanic: the board is held. A third of the teams or more are gone."
        " It is stored if the next board looks wrong for the same reason.\n"
    )
    assert sync(newer, "14:00").splitlines()[-1] == "… and 10 more"
    # Only the order changed: nobody scored differently.
    assert sync(swapped, "15:00").count("\n") == 1
