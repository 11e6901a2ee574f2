"""The stand-in for Kaggle, as the unmodified Kaggle CLI sees it beyond what the bot asks for."""

import asyncio
import io
import json
import os
import zipfile
from pathlib import Path

import aiohttp
import pytest

from demo.kaggle import CREDENTIALS, KaggleStandIn
from leaderboards.competition_info import CompetitionInfo
from leaderboards.kaggle.environment import build_environment, find_cli


def board(teams: int) -> bytes:
    rows = [f'{n},{n},Team {n},"2026-08-09 14:23:20",{n}.50,1,user{n}' for n in range(1, teams + 1)]
    columns = "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("any-publicleaderboard.csv", "\n".join(["\ufeff" + columns, *rows]))
    return packed.getvalue()


async def printed(kaggle: KaggleStandIn, home: Path, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        find_cli(os.environ["PATH"]),
        *arguments,
        env=build_environment(CREDENTIALS, os.environ, kaggle.environment, home),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return output.decode()


@pytest.mark.processes
async def test_board_is_served_in_pages(tmp_path: Path) -> None:
    async with KaggleStandIn() as kaggle:
        kaggle.serve("any", board(teams=25))
        show = ("competitions", "leaderboard", "any", "--show", "--format", "csv")
        first = await printed(kaggle, tmp_path, *show)
        rest = await printed(kaggle, tmp_path, *show, "--page-token", "20")
    lines = first.splitlines()
    assert lines[0] == "Next Page Token = 20"
    assert lines[1] == "teamId,teamName,submissionDate,score"
    assert lines[2].startswith("1,Team 1,2026-08-09 14:23:20")
    assert len(lines) == 22
    assert [line.split(",")[1] for line in rest.splitlines()[1:]] == [
        f"Team {n}" for n in range(21, 26)
    ]


@pytest.mark.processes
async def test_newest_competitions_come_first_if_asked(tmp_path: Path) -> None:
    async with KaggleStandIn() as kaggle:
        for slug in ("older", "newer"):
            kaggle.add_competition(CompetitionInfo(slug, category="Featured"))
        listed = ("competitions", "list", "--format", "json")
        usual = json.loads(await printed(kaggle, tmp_path, *listed))
        newest = json.loads(
            await printed(kaggle, tmp_path, *listed, "--sort-by", "recentlyCreated")
        )
    assert [one["ref"].rpartition("/")[2] for one in usual] == ["older", "newer"]
    assert [one["ref"].rpartition("/")[2] for one in newest] == ["newer", "older"]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("kernels.KernelsApiService/ListKernels", (200, {"kernels": []})),
        (
            "competitions.CompetitionApiService/GetLeaderboard",
            (404, {"code": 404, "message": "Not found"}),
        ),
        ("no.SuchService/Call", (404, {"code": 404, "message": "Not found"})),
    ],
)
async def test_other_requests_are_answered(path: str, answer: tuple[int, object]) -> None:
    async with KaggleStandIn() as kaggle, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{kaggle.port}/api/v1/{path}"
        async with session.post(url, json={"competitionName": "any"}) as response:
            assert (response.status, json.loads(await response.text())) == answer


async def test_download_by_path_is_served_for_cli_versions_before_2() -> None:
    kaggle = KaggleStandIn()
    kaggle.serve("any", b"PK")
    with kaggle.in_thread():
        path = f"http://127.0.0.1:{kaggle.port}/api/v1/competitions/any/leaderboard/download"
        async with aiohttp.ClientSession() as session, session.get(path) as response:
            assert await response.read() == b"PK"
    assert kaggle.download_counts == {"any": 1}


async def test_restarted_stand_in_listens_on_the_same_port() -> None:
    kaggle = KaggleStandIn()
    async with kaggle:
        before = kaggle.port
    async with kaggle:
        assert kaggle.port == before
    await kaggle.stop()
