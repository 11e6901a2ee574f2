"""Topics and notebooks through the kaggle package, against the stand-in for Kaggle."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from demo.kaggle import CREDENTIALS, KaggleStandIn
from demo.kaggle_faults import FAULTS
from leaderboards.errors import (
    CliMissing,
    CliTooOld,
    CompetitionNotFound,
    Forbidden,
    InvalidInput,
    KaggleFailed,
    NotLoggedIn,
    RateLimited,
    TimedOut,
)
from leaderboards.feeds.posts import Host, Post, PostKind
from leaderboards.kaggle import client
from leaderboards.kaggle.cli_errors import classify_failure
from leaderboards.kaggle.cli_output import parse_posts
from leaderboards.kaggle.fork_server import select_start
from leaderboards.kaggle.process import CommandResult, CommandStarter
from tests.leaderboards.kaggle.kaggle_cli import build_cli

NOW = datetime(2026, 8, 9, 14, 23, 20, tzinfo=UTC)
BOTH = (PostKind.TOPIC, PostKind.NOTEBOOK)


def topic(number: int, title: str = "How to begin", **values: object) -> Post:
    post = Post(
        PostKind.TOPIC,
        str(number),
        title,
        "Ada",
        3,
        f"https://www.kaggle.com/competitions/titanic/discussion/{number}",
        NOW,
    )
    return replace(post, **values)  # type: ignore[arg-type]


def notebook(number: int, title: str = "EDA", **values: object) -> Post:
    post = Post(
        PostKind.NOTEBOOK,
        str(number),
        title,
        "Ada L.",
        5,
        f"https://www.kaggle.com/code/ada/eda-{number}",
        NOW,
        author_user_name="ada",
    )
    return replace(post, **values)  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def kaggle() -> AsyncIterator[KaggleStandIn]:
    async with KaggleStandIn() as running:
        yield running


@pytest.mark.processes
@pytest.mark.usefixtures("temporary")
async def test_topics_and_notebooks_are_read_with_their_hosts(
    kaggle: KaggleStandIn, start: CommandStarter
) -> None:
    posts = [
        topic(4, 'Hostile ](https://evil.example) "title" # x'),
        topic(3, "Data was updated", author="The Host", author_user_name="thehost"),
        topic(5, "Free prize", author="the host", author_user_name="impostor"),
        topic(2, "Old rules", is_pinned=True, posted_at=NOW - timedelta(days=90)),
        topic(1, "By nobody", author=None),
        notebook(
            12,
            "Starter",
            author_user_name="thehost",
            author="The Host",
            url="https://www.kaggle.com/code/thehost/starter",
        ),
        notebook(11),
    ]
    kaggle.serve_posts("titanic", posts)
    cli = build_cli(kaggle, start)
    listed = await cli.list_posts("titanic", BOTH, NOW)
    by_id = {post.id: post for post in listed.posts}
    assert by_id == {
        post.id: replace(
            post,
            is_by_host=post.id == "2",
            author_user_name=None if post.kind is PostKind.TOPIC else post.author_user_name,
        )
        for post in posts
    }
    kaggle.serve_hosts("titanic", [Host("TheHost", "The Host"), Host("", "")])
    listed = await cli.list_posts("titanic", BOTH, NOW)
    assert {post.id for post in listed.posts if post.is_by_host} == {"2", "3", "12"}
    assert [post.id for post in listed.select(PostKind.NOTEBOOK)] == ["12", "11"]
    later = await cli.list_posts("titanic", BOTH, NOW + timedelta(days=1))
    assert {post.author_user_name for post in later.select(PostKind.TOPIC)} == {None}, "all known"
    only = await cli.list_posts("titanic", [PostKind.NOTEBOOK], NOW)
    assert {post.kind for post in only.posts} == {PostKind.NOTEBOOK}
    with pytest.raises(InvalidInput):
        await cli.list_posts("--help", BOTH, NOW)


@pytest.mark.processes
@pytest.mark.usefixtures("temporary")
async def test_all_new_pages_of_topics_are_read_and_no_old_ones(kaggle: KaggleStandIn) -> None:
    pinned = topic(1, is_pinned=True, posted_at=NOW - timedelta(days=90))
    new = [topic(number) for number in range(90, 65, -1)]
    old = [topic(number, posted_at=NOW - timedelta(days=1)) for number in range(65, 5, -1)]
    kaggle.serve_posts("titanic", [pinned, *new, *old, topic(2, votes=99)])
    cli = build_cli(kaggle, select_start())
    read = (await cli.list_posts("titanic", [PostKind.TOPIC], NOW)).select(PostKind.TOPIC)
    ids = {post.id for post in read}
    assert {post.id for post in new} < ids
    assert "2" in ids, "it has many votes"
    assert len(ids) < 70
    many = [topic(number) for number in range(500, 100, -1)]
    kaggle.serve_posts("titanic", many)
    read = (await cli.list_posts("titanic", [PostKind.TOPIC], NOW)).select(PostKind.TOPIC)
    assert len(read) == 100


@pytest.mark.processes
@pytest.mark.usefixtures("temporary")
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("404", CompetitionNotFound),
        ("403 bare", Forbidden),
        ("429", RateLimited),
        ("401", NotLoggedIn),
        ("502", KaggleFailed),
    ],
)
async def test_refusals_have_their_types(
    kaggle: KaggleStandIn, fault: str, kind: type[Exception]
) -> None:
    kaggle.set_fault("titanic", FAULTS[fault])
    with pytest.raises(kind):
        await build_cli(kaggle, select_start()).list_posts("titanic", BOTH, NOW)


@pytest.mark.processes
@pytest.mark.usefixtures("temporary")
async def test_slow_or_endless_answer_is_told_as_one_of_posts(
    kaggle: KaggleStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kaggle.set_fault("titanic", FAULTS["silence before the answer"])
    cli = client.KaggleCli(
        credentials=CREDENTIALS, timeout=0.2, environment=kaggle.environment, start=select_start()
    )
    told = "did not send the topics or notebooks of titanic within 0.2 seconds"
    with pytest.raises(TimedOut, match=told):
        await cli.list_posts("titanic", BOTH, NOW)
    kaggle.clear_fault("titanic")
    kaggle.serve_posts("titanic", [topic(1)])
    monkeypatch.setattr(client, "_MAX_BYTES", 10)
    told = r"^What Kaggle sends is far too large; try again in some minutes\.$"
    with pytest.raises(KaggleFailed, match=told):
        await build_cli(kaggle, select_start()).list_posts("titanic", BOTH, NOW)


@pytest.mark.processes
@pytest.mark.usefixtures("temporary")
async def test_unknown_competition_has_no_posts_in_the_stand_in(kaggle: KaggleStandIn) -> None:
    listed = await build_cli(kaggle, select_start()).list_posts("nobody", BOTH, NOW)
    assert listed.posts == ()


def test_version_without_topics_is_told_as_too_old() -> None:
    error = classify_failure(CommandResult(1, "", "error: invalid choice: 'topics'\n"), "titanic")
    assert isinstance(error, CliTooOld)


async def test_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "has_package", lambda: False)
    cli = client.KaggleCli(credentials={})
    with pytest.raises(CliMissing, match="kaggle package is not installed"):
        await cli.list_posts("titanic", BOTH, NOW)
    cli.close()


@pytest.mark.parametrize("printed", ["", "[]", "{}", '{"topic": [{"id": 1}], "hosts": null}'])
def test_other_forms_are_refused(printed: str) -> None:
    with pytest.raises(KaggleFailed, match="lists topics or notebooks in a way that is not"):
        parse_posts(printed, "titanic")


def test_address_of_a_notebook_cannot_leave_kaggle() -> None:
    printed = (
        '{"notebook": [{"id": 1, "ref": "a b/x)](y", "title": "t\\ud800\\n x",'
        ' "author": "[Deleted] 1",'
        ' "votes": 0, "at": null}], "hosts": []}'
    )
    (post,) = parse_posts("Warning: x\n" + printed, "titanic").posts
    assert post.title == "t\n x", "no half character, which no database takes"
    assert post.url == "https://www.kaggle.com/code/a%20b/x%29%5D%28y"
    assert post.author is None
