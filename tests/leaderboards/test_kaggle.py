"""The unmodified Kaggle CLI against the stand-in for Kaggle: what comes, and what is told.

Both ways of calling it are met: as a process of its own, and forked.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS, GoodAnswer, status
from leaderboards.errors import (
    CompetitionNotFound,
    Forbidden,
    InvalidName,
    KaggleError,
    KaggleFailed,
    NoNetwork,
    NotALeaderboard,
    NotLoggedIn,
    RateLimited,
    TimedOut,
)
from leaderboards.fork_server import CAN_FORK, ForkServer
from leaderboards.kaggle import CompetitionDetails, KaggleCli
from leaderboards.process import Start, spawn

ARCHIVE = b"PK\x03\x04 and what else a zip holds" * 50

LOGIN = "Kaggle does not accept the bot's login; put a token from"
RULES = "accept the rules at https://www.kaggle.com/competitions/{slug}/rules"
FEWER = "Kaggle asks for fewer calls (429); wait some minutes before the next one."
TROUBLE = "Kaggle has trouble of its own ({}); try again in some minutes."

TOLD: dict[str, tuple[type[KaggleError], str]] = {
    "401": (NotLoggedIn, LOGIN),
    "403": (Forbidden, RULES),
    "403 private": (Forbidden, RULES),
    "403 bare": (Forbidden, RULES),
    "404": (CompetitionNotFound, "Kaggle knows no competition {slug};"),
    "404 bare": (CompetitionNotFound, "Kaggle knows no competition {slug};"),
    "429": (RateLimited, FEWER),
    "429 with a sentence": (RateLimited, FEWER),
    "429 with Retry-After": (RateLimited, FEWER),
    "500": (KaggleFailed, TROUBLE.format("500 Server Error: Internal Server Error")),
    "500 with a sentence": (KaggleFailed, "The Kaggle CLI failed: Something went wrong."),
    "502": (KaggleFailed, TROUBLE.format("502 Server Error: Bad Gateway")),
    "silence before the answer": (TimedOut, "the leaderboard of {slug} within 1.5 seconds"),
    "silence inside the answer": (TimedOut, "the leaderboard of {slug} within 1.5 seconds"),
    "slow drip": (TimedOut, "the leaderboard of {slug} within 1.5 seconds"),
    "broken off": (TimedOut, "the leaderboard of {slug} within 1.5 seconds"),
    "closed": (NoNetwork, "Kaggle cannot be reached; check the network connection"),
    "HTML named zip": (NotALeaderboard, "a web page instead of the leaderboard of {slug};"),
    "nothing at all": (NotALeaderboard, "Kaggle sent nothing as the leaderboard of {slug};"),
    "noise": (NotALeaderboard, "no zip archive as the leaderboard of {slug};"),
}
IMPATIENT = {name for name, (error, _) in TOLD.items() if error is TimedOut}


@pytest.fixture(scope="module", params=[spawn, ForkServer])
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    if request.param is spawn:
        yield spawn
        return
    if not CAN_FORK:
        pytest.skip("nothing can be forked here")
    server = ForkServer()
    yield server
    asyncio.run(server.aclose())


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No call may leave anything behind."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest_asyncio.fixture
async def kaggle() -> AsyncIterator[KaggleStandIn]:
    async with KaggleStandIn() as running:
        running.serve("titanic", ARCHIVE)
        yield running


def cli_for(kaggle: KaggleStandIn, start: Start, **login: str) -> KaggleCli:
    cli = KaggleCli(credentials=login or CREDENTIALS, environment=kaggle.environment, start=start)
    cli._checked = True  # The version has tests of its own.
    return cli


def slug_of(fault: str) -> str:
    return "c-" + fault.lower().replace(" ", "-")


@pytest.fixture(scope="module")
def outcomes(
    start: Start, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes | BaseException]:
    """Each fault met once, several at a time."""
    temporary = tmp_path_factory.mktemp("temporary")
    kaggle = KaggleStandIn()
    for name, fault in FAULTS.items():
        kaggle.serve(slug_of(name), ARCHIVE)
        kaggle.fail(slug_of(name), fault)

    async def meet_all() -> list[bytes | BaseException]:
        patient = cli_for(kaggle, start)
        impatient = KaggleCli(
            credentials=CREDENTIALS,
            environment=kaggle.environment,
            timeout=1.5,
            concurrency=4,
            start=start,
        )
        impatient._checked = True
        downloads = [
            (impatient if name in IMPATIENT else patient).download(slug_of(name)) for name in FAULTS
        ]
        return await asyncio.gather(*downloads, return_exceptions=True)

    with kaggle.in_thread(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        met = asyncio.run(meet_all())
    assert list(temporary.iterdir()) == []
    return dict(zip(FAULTS, met, strict=True))


@pytest.mark.parametrize("fault", TOLD)
def test_each_fault_is_a_type_and_a_sentence_of_its_own(
    fault: str, outcomes: dict[str, bytes | BaseException]
) -> None:
    kind, sentence = TOLD[fault]
    told = outcomes[fault]
    assert type(told) is kind
    assert sentence.format(slug=slug_of(fault)) in str(told)
    assert "\n" not in str(told)


def test_a_cut_zip_is_handed_on_for_the_archive_to_be_refused(
    outcomes: dict[str, bytes | BaseException],
) -> None:
    assert outcomes["cut zip"] == ARCHIVE[: len(ARCHIVE) // 2]


def test_every_fault_is_looked_at() -> None:
    assert FAULTS.keys() == TOLD.keys() | {"cut zip"}


async def test_a_leaderboard_comes_as_kaggle_sends_it(kaggle: KaggleStandIn, start: Start) -> None:
    cli = KaggleCli(credentials=CREDENTIALS, environment=kaggle.environment, start=start)
    assert await cli.download("https://www.kaggle.com/competitions/titanic/leaderboard") == ARCHIVE
    assert kaggle.calls == {"titanic": 1}
    assert (await cli.version()).startswith("2.")


@pytest.mark.parametrize("name", ["-v", "--help", "../titanic", "a b", ""])
async def test_a_name_cannot_become_an_option_or_a_path(
    kaggle: KaggleStandIn, start: Start, name: str
) -> None:
    with pytest.raises(InvalidName):
        await cli_for(kaggle, start).download(name)
    assert not kaggle.calls


async def test_a_good_answer_follows_a_bad_one(kaggle: KaggleStandIn, start: Start) -> None:
    cli = cli_for(kaggle, start)
    kaggle.fail("titanic", FAULTS["429"])
    with pytest.raises(RateLimited):
        await cli.download("titanic")
    kaggle.mend("titanic")
    assert await cli.download("titanic") == ARCHIVE


async def test_what_kaggle_lists_about_competitions(kaggle: KaggleStandIn, start: Start) -> None:
    titanic = CompetitionDetails(
        "titanic", datetime(2030, 1, 1, tzinfo=UTC), "Getting Started", "Knowledge", 15_739
    )
    other = CompetitionDetails("spaceship-titanic", team_count=0)
    kaggle.list(other)
    kaggle.list(titanic)
    cli = cli_for(kaggle, start)
    assert await cli.search("titanic") == [other, titanic]
    assert await cli.details("titanic") == titanic
    # Neither an option nor a byte that no process can be given.
    assert await cli.search("--help\0\ud800") == []


async def test_a_users_notebooks_by_their_titles(kaggle: KaggleStandIn, start: Start) -> None:
    kaggle.publish("ada", '[EDA] Ünïcode, "quotes" and a 🐍')
    kaggle.publish("ada", "--help")
    kaggle.publish("bob", "Not found")
    cli = cli_for(kaggle, start)
    titles = await asyncio.gather(*map(cli.notebooks, ("ada", "bob", "nobody")))
    assert titles == [["--help", '[EDA] Ünïcode, "quotes" and a 🐍'], ["Not found"], []]
    with pytest.raises(InvalidName):
        await cli.notebooks("--mine")


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        ("404", KaggleFailed, "failed: Not found"),
        ("429", RateLimited, FEWER),
        ("401", NotLoggedIn, LOGIN),
        ("502", KaggleFailed, TROUBLE.format("502 Server Error: Bad Gateway")),
    ],
)
async def test_notebooks_that_cannot_be_listed(
    kaggle: KaggleStandIn, start: Start, fault: str, kind: type[KaggleError], sentence: str
) -> None:
    kaggle.fail(None, FAULTS[fault])
    with pytest.raises(kind, match=re.escape(sentence)):
        await cli_for(kaggle, start).notebooks("ada")


async def test_a_login_is_checked_with_one_call(kaggle: KaggleStandIn, start: Start) -> None:
    cli = cli_for(kaggle, start, KAGGLE_API_TOKEN="KGAT_0123456789abcdef")
    await cli.check_login()
    kaggle.logged_in = False
    with pytest.raises(NotLoggedIn, match=LOGIN):
        await cli.check_login()


async def test_a_refused_list_is_told_in_kaggles_words(kaggle: KaggleStandIn, start: Start) -> None:
    kaggle.fail(None, FAULTS["403 private"])
    with pytest.raises(KaggleFailed, match=r"failed: Permission 'competitions\.get' was denied"):
        await cli_for(kaggle, start).search("titanic")


async def test_without_credentials_the_cli_uses_what_it_finds(
    kaggle: KaggleStandIn, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    cli = KaggleCli(
        credentials={"KAGGLE_API_TOKEN": ""}, environment=kaggle.environment, start=start
    )
    cli._checked = True
    with pytest.raises(NotLoggedIn, match=LOGIN):
        await cli.download("titanic")
    login = tmp_path / ".kaggle" / "kaggle.json"
    login.parent.mkdir(exist_ok=True)
    login.write_text(json.dumps({"username": "somebody", "key": "secret"}))
    login.chmod(0o600)
    assert await cli.download("titanic") == ARCHIVE


@pytest.mark.parametrize("login", [dict(CREDENTIALS), {"KAGGLE_API_TOKEN": "KGAT_0123456789"}])
async def test_no_network(start: Start, login: dict[str, str]) -> None:
    nowhere = KaggleStandIn()
    async with nowhere:
        pass  # Its port is known now, and nobody listens there.
    with pytest.raises(NoNetwork, match="cannot be reached"):
        await cli_for(nowhere, start, **login).download("titanic")


async def test_no_secret_that_kaggle_repeats_is_told(kaggle: KaggleStandIn, start: Start) -> None:
    async def repeat(answer: GoodAnswer) -> web.StreamResponse:
        authorization = answer.request.headers["Authorization"]
        said = f"No: Authorization: {authorization}; token {authorization.split()[-1]}" + "!" * 999
        return await status(418, said)(answer)

    kaggle.fail("titanic", repeat)
    with pytest.raises(KaggleFailed) as told:
        await cli_for(kaggle, start, KAGGLE_API_TOKEN="secret-0123456789").download("titanic")
    assert "failed: No: Authorization: Bearer [hidden]; token [hidden]!!!" in str(told.value)
    assert len(str(told.value)) < 250
