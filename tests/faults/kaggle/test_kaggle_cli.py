"""Each answer that Kaggle can give, to the unmodified Kaggle CLI: the error and its sentence.

Both ways of calling it are met: as a process of its own, and forked.
"""

from __future__ import annotations

import asyncio
import tempfile

import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.errors import (
    CompetitionNotFound,
    Forbidden,
    KaggleError,
    KaggleFailed,
    NoNetwork,
    NotALeaderboard,
    NotLoggedIn,
    RateLimited,
    RulesNotAccepted,
    TimedOut,
)
from leaderboards.kaggle.client import KaggleCli
from leaderboards.kaggle.process import CommandStarter
from tests.leaderboards.kaggle.kaggle_cli import (
    FEWER,
    LOGIN,
    STARTS,
    TROUBLE,
    ZIP_FILE,
    build_cli,
    find_start,
)

RULES = "accept the rules at https://www.kaggle.com/competitions/{slug}/rules"

TOLD: dict[str, tuple[type[KaggleError], str]] = {
    "401": (NotLoggedIn, LOGIN),
    "403": (RulesNotAccepted, RULES.replace("accept the rules", "accept them with it")),
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
    "noise": (NotALeaderboard, "no zip file as the leaderboard of {slug};"),
}
IMPATIENT = {name for name, (error, _) in TOLD.items() if error is TimedOut}


def slug_of(fault: str) -> str:
    return "c-" + fault.lower().replace(" ", "-")


@pytest.fixture(scope="module", params=STARTS)
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes | BaseException]:
    """Run into each fault once, several at a time."""
    start = find_start(request.param)
    temporary = tmp_path_factory.mktemp("temporary")
    kaggle = KaggleStandIn()
    for name, fault in FAULTS.items():
        kaggle.serve(slug_of(name), ZIP_FILE)
        kaggle.set_fault(slug_of(name), fault)

    async def meet_all(start: CommandStarter) -> list[bytes | BaseException]:
        patient = build_cli(kaggle, start)
        impatient = KaggleCli(
            credentials=CREDENTIALS,
            environment=kaggle.environment,
            timeout=1.5,
            concurrency=4,
            start=start,
        )
        impatient._version_checked = True
        downloads = [
            (impatient if name in IMPATIENT else patient).download(slug_of(name)) for name in FAULTS
        ]
        return await asyncio.gather(*downloads, return_exceptions=True)

    with kaggle.in_thread(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        met = asyncio.run(meet_all(start))
    assert list(temporary.iterdir()) == []
    return dict(zip(FAULTS, met, strict=True))


@pytest.mark.parametrize("fault", TOLD)
def test_each_fault_of_the_cli_has_its_type_and_sentence(
    fault: str, outcomes: dict[str, bytes | BaseException]
) -> None:
    kind, sentence = TOLD[fault]
    told = outcomes[fault]
    assert type(told) is kind
    assert sentence.format(slug=slug_of(fault)) in str(told)
    assert "\n" not in str(told)


def test_cut_zip_is_returned_unchecked(
    outcomes: dict[str, bytes | BaseException],
) -> None:
    assert outcomes["cut zip"] == ZIP_FILE[: len(ZIP_FILE) // 2]


def test_every_fault_has_an_expectation() -> None:
    assert FAULTS.keys() == TOLD.keys() | {"cut zip"}
