"""The unmodified Kaggle CLI against the stand-in for Kaggle: what comes, and what is told.

What it makes of each fault of Kaggle is in `tests/faults/kaggle/test_kaggle_cli.py`.
"""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, GoodAnswer, refuse_with_sentence
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import (
    CompetitionNotFound,
    Forbidden,
    InvalidInput,
    KaggleError,
    KaggleFailed,
    LeaderboardNotShown,
    NoNetwork,
    NotLoggedIn,
    RateLimited,
    RulesNotAccepted,
)
from leaderboards.kaggle import client
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.environment import find_cli
from leaderboards.kaggle.fork_server import select_start
from leaderboards.kaggle.process import CommandStarter
from tests.cogs.world import Team, build_zip
from tests.leaderboards.kaggle.kaggle_cli import (
    FEWER,
    LOGIN,
    NO_LOGIN,
    TROUBLE,
    ZIP_FILE,
    build_cli,
)

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("temporary")]


@pytest.fixture(scope="module")
def usual_start() -> CommandStarter:
    """Return how the bot starts the CLI here; what it prints is the same in both ways."""
    return select_start()


@pytest_asyncio.fixture
async def kaggle() -> AsyncIterator[KaggleStandIn]:
    async with KaggleStandIn() as running:
        running.serve("titanic", ZIP_FILE)
        yield running


async def test_download_returns_the_zip_file_unchanged(
    kaggle: KaggleStandIn, start: CommandStarter
) -> None:
    cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=start)
    assert await cli.download("https://www.kaggle.com/competitions/titanic/leaderboard") == ZIP_FILE
    assert kaggle.download_counts == {"titanic": 1}
    assert (await cli.load_version()).startswith("2.")


@pytest.mark.parametrize("name", ["-v", "--help", "../titanic", "a b", ""])
async def test_slug_cannot_become_an_option_or_a_path(
    kaggle: KaggleStandIn, start: CommandStarter, name: str
) -> None:
    with pytest.raises(InvalidInput):
        await build_cli(kaggle, start).download(name)
    assert not kaggle.download_counts


async def test_call_succeeds_after_a_failed_one(
    kaggle: KaggleStandIn, start: CommandStarter
) -> None:
    cli = build_cli(kaggle, start)
    kaggle.set_fault("titanic", FAULTS["429"])
    with pytest.raises(RateLimited):
        await cli.download("titanic")
    kaggle.clear_fault("titanic")
    assert await cli.download("titanic") == ZIP_FILE


async def test_search_and_find_competitions(kaggle: KaggleStandIn, start: CommandStarter) -> None:
    titanic = CompetitionInfo(
        "titanic",
        datetime(2030, 1, 1, tzinfo=UTC),
        "Getting Started",
        "Knowledge",
        15_739,
        awards_points=False,
    )
    other = CompetitionInfo("spaceship-titanic", team_count=0, awards_points=False)
    kaggle.add_competition(other)
    kaggle.add_competition(titanic)
    cli = build_cli(kaggle, start)
    assert await cli.search_competitions("titanic") == [other, titanic]
    assert await cli.find_competition("titanic") == titanic
    # Neither an option nor a byte that no process can be given.
    assert await cli.search_competitions("--help\0\ud800") == []


async def test_all_that_the_package_tells_is_read_from_any_page(
    kaggle: KaggleStandIn, start: CommandStarter
) -> None:
    for number in range(250):
        kaggle.add_competition(CompetitionInfo(f"titanic-{number:03}", team_count=1))
    titanic = CompetitionInfo(
        "titanic",
        datetime(2030, 1, 1, tzinfo=UTC),
        "Featured",
        "$50,000",
        15_739,
        title='Titanic - "Machine Learning" from Disaster 🚢',
        merger_deadline=datetime(2029, 12, 1, 23, 59, tzinfo=UTC),
        entry_deadline=datetime(2029, 12, 2, 23, 59, tzinfo=UTC),
        awards_points=True,
        metric="Categorization Accuracy",
        daily_submissions=10,
        team_size=5,
        host="Kaggle",
    )
    kaggle.add_competition(titanic)
    cli = build_cli(kaggle, start)
    assert await cli.find_competition("titanic") == titanic
    assert await cli.find_competition("titanic-x") is None
    assert len(await cli.search_competitions("titanic")) == 20


async def test_newest_competitions_are_read_page_by_page(
    kaggle: KaggleStandIn, start: CommandStarter
) -> None:
    for number in range(120):
        kaggle.add_competition(CompetitionInfo(f"homework-{number}", category="Community"))
    newest = CompetitionInfo(
        "llm-prize",
        category="Featured",
        team_count=0,
        title="LLM Prize",
        awards_points=True,
        tags=("simulations", "nlp"),
    )
    kaggle.add_competition(newest)
    cli = build_cli(kaggle, start)
    first = await cli.list_newest_competitions()
    assert first.competitions[0] == newest
    assert [info.slug for info in first.competitions[1:3]] == ["homework-119", "homework-118"]
    assert len(first.competitions) == 100
    rest = await cli.list_newest_competitions(first.next_token)
    assert [info.slug for info in rest.competitions[-1:]] == ["homework-0"]
    assert (len(rest.competitions), rest.next_token) == (21, None)
    kaggle.set_fault(None, FAULTS["429"])
    with pytest.raises(RateLimited):
        await cli.list_newest_competitions()


@pytest.mark.skipif(sys.platform == "win32", reason="the CLI of Windows is no script")
async def test_package_tells_more_than_a_cli_that_is_installed_elsewhere(
    kaggle: KaggleStandIn, start: CommandStarter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = shutil.copy(find_cli(None), tmp_path / "kaggle")
    monkeypatch.setattr(client, "find_cli", lambda _path: elsewhere)
    titanic = CompetitionInfo("titanic", team_count=1, title="Titanic", awards_points=True)
    kaggle.add_competition(titanic)
    assert await build_cli(kaggle, start).find_competition("titanic") == titanic


@pytest.mark.parametrize("fault", [None, "403 private", "404 bare"])
async def test_listed_competition_without_a_leaderboard_is_told_as_that(
    kaggle: KaggleStandIn, usual_start: CommandStarter, fault: str | None
) -> None:
    kaggle.add_competition(CompetitionInfo("a-hackathon"))
    if fault is not None:
        kaggle.set_fault("a-hackathon", FAULTS[fault])
    with pytest.raises(LeaderboardNotShown, match=r"^a-hackathon has no leaderboard on Kaggle"):
        await build_cli(kaggle, usual_start).download("a-hackathon")
    kaggle.set_fault("a-hackathon", FAULTS["403"])
    with pytest.raises(RulesNotAccepted, match="not accepted the rules of a-hackathon"):
        await build_cli(kaggle, usual_start).download("a-hackathon")
    # A list that fails as well does not hide what the download said.
    kaggle.clear_fault("a-hackathon")
    kaggle.set_fault(None, FAULTS["404"])
    with pytest.raises((CompetitionNotFound, Forbidden)):
        await build_cli(kaggle, usual_start).download("a-hackathon")


async def test_competition_with_capitals_is_read_under_kaggles_own_spelling(
    kaggle: KaggleStandIn, usual_start: CommandStarter
) -> None:
    board = build_zip("UBC-OCEAN", [Team(1, "Team 1", "0.5")])
    kaggle.serve("UBC-OCEAN", board)
    kaggle.add_competition(CompetitionInfo("ubc-ocean", team_count=1, spelling="UBC-OCEAN"))
    cli = build_cli(kaggle, usual_start)
    assert await cli.download("https://www.kaggle.com/c/ubc-ocean") == board
    assert await cli.download("ubc-ocean") == board
    assert kaggle.download_counts == {"ubc-ocean": 1, "UBC-OCEAN": 2}
    assert [row.team_id for row in (await cli.load_page("ubc-ocean")).rows] == [1]


async def test_list_notebooks_returns_titles(kaggle: KaggleStandIn, start: CommandStarter) -> None:
    kaggle.add_notebook("ada", '[EDA] Ünïcode, "quotes" and a 🐍')
    kaggle.add_notebook("ada", "--help")
    kaggle.add_notebook("bob", "Not found")
    cli = build_cli(kaggle, start)
    titles = await asyncio.gather(*map(cli.list_notebooks, ("ada", "bob", "nobody")))
    assert titles == [["--help", '[EDA] Ünïcode, "quotes" and a 🐍'], ["Not found"], []]
    with pytest.raises(InvalidInput):
        await cli.list_notebooks("--mine")


async def test_list_notebooks_returns_an_old_one_among_a_hundred(
    kaggle: KaggleStandIn, usual_start: CommandStarter
) -> None:
    kaggle.add_notebook("ada", "My first one, with the code in its title now")
    for number in range(99):
        kaggle.add_notebook("ada", f"Notebook {number}")
    titles = await build_cli(kaggle, usual_start).list_notebooks("ada")
    assert titles[-1] == "My first one, with the code in its title now"


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        ("404", KaggleFailed, "Kaggle found nothing under this name (404);"),
        ("403 bare", Forbidden, "Kaggle does not show this to the bot's account (403);"),
        ("429", RateLimited, FEWER),
        ("401", NotLoggedIn, LOGIN),
        ("502", KaggleFailed, TROUBLE.format("502 Server Error: Bad Gateway")),
    ],
)
async def test_list_notebooks_raises_typed_errors(
    kaggle: KaggleStandIn,
    usual_start: CommandStarter,
    fault: str,
    kind: type[KaggleError],
    sentence: str,
) -> None:
    kaggle.set_fault(None, FAULTS[fault])
    with pytest.raises(kind, match=re.escape(sentence)):
        await build_cli(kaggle, usual_start).list_notebooks("ada")


async def test_check_login_makes_one_call(kaggle: KaggleStandIn, start: CommandStarter) -> None:
    cli = build_cli(kaggle, start, KAGGLE_API_TOKEN="KGAT_0123456789abcdef")
    await cli.check_login()
    kaggle.logged_in = False
    with pytest.raises(NotLoggedIn, match=LOGIN):
        await cli.check_login()


@pytest.mark.parametrize("fault", ["403", "403 private", "403 bare"])
async def test_refused_search_is_told_as_that(
    kaggle: KaggleStandIn, usual_start: CommandStarter, fault: str
) -> None:
    kaggle.set_fault(None, FAULTS[fault])
    with pytest.raises(Forbidden, match=r"does not show this to the bot's account \(403\)"):
        await build_cli(kaggle, usual_start).search_competitions("titanic")


async def test_warning_about_a_newer_version_hides_nothing(
    kaggle: KaggleStandIn, usual_start: CommandStarter
) -> None:
    kaggle.newest_version = "99.0"
    info = CompetitionInfo("titanic", team_count=7, awards_points=False)
    kaggle.add_competition(info)
    kaggle.add_notebook("ada", "Mine")
    kaggle.serve("paged", build_zip("paged", [Team(1, "Team 1", "0.5")]))
    cli = build_cli(kaggle, usual_start)
    assert await cli.download("titanic") == ZIP_FILE
    assert await cli.find_competition("titanic") == info
    assert await cli.list_notebooks("ada") == ["Mine"]
    assert [row.team_name for row in (await cli.load_page("paged")).rows] == ["Team 1"]
    with pytest.raises(CompetitionNotFound):
        await cli.download("no-such-competition")
    kaggle.set_fault(None, FAULTS["404"])
    with pytest.raises(KaggleFailed, match=r"found nothing under this name \(404\)"):
        await cli.search_competitions("titanic")


async def test_without_credentials_the_cli_uses_what_it_finds(
    kaggle: KaggleStandIn, start: CommandStarter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    cli = KaggleCli(
        credentials={"KAGGLE_API_TOKEN": ""}, environment=kaggle.environment, start=start
    )
    cli._version_checked = True
    with pytest.raises(NotLoggedIn, match=NO_LOGIN):
        await cli.check_login()
    with pytest.raises(NotLoggedIn, match=NO_LOGIN):
        await cli.download("titanic")
    login = tmp_path / ".kaggle" / "kaggle.json"
    login.parent.mkdir(exist_ok=True)
    login.write_text(json.dumps({"username": "somebody", "key": "secret"}))
    login.chmod(0o600)
    assert await cli.download("titanic") == ZIP_FILE
    kaggle.logged_in = False
    with pytest.raises(NotLoggedIn, match=LOGIN):
        await cli.check_login()


@pytest.mark.parametrize("login", [dict(CREDENTIALS), {"KAGGLE_API_TOKEN": "KGAT_0123456789"}])
async def test_unreachable_kaggle_raises_no_network(
    start: CommandStarter, login: dict[str, str]
) -> None:
    nowhere = KaggleStandIn()
    async with nowhere:
        pass  # Its port is known now, and nobody listens there.
    with pytest.raises(NoNetwork, match="cannot be reached"):
        await build_cli(nowhere, start, **login).download("titanic")


async def test_secrets_in_kaggles_response_are_redacted(
    kaggle: KaggleStandIn, start: CommandStarter
) -> None:
    async def repeat(answer: GoodAnswer) -> web.StreamResponse:
        authorization = answer.request.headers["Authorization"]
        said = f"No: Authorization: {authorization}; token {authorization.split()[-1]}" + "!" * 999
        return await refuse_with_sentence(418, said)(answer)

    kaggle.set_fault("titanic", repeat)
    with pytest.raises(KaggleFailed) as told:
        await build_cli(kaggle, start, KAGGLE_API_TOKEN="secret-0123456789").download("titanic")
    assert "failed: No: Authorization: Bearer [hidden]; token [hidden]!!!" in str(told.value)
    assert len(str(told.value)) < 250
