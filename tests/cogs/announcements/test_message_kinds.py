"""Every kind of announcement is stored, redacted, merged in quiet hours, and has a screen.

A new kind needs an example here; what it forgets fails below.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from cogs.announcements.screens.message_screen import message_view
from leaderboards.competition_info import CompetitionInfo
from leaderboards.feeds.posts import PostKind
from leaderboards.medals import MedalZone
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.news.deadlines import (
    DeadlineKind,
    DeadlineMove,
    DeadlineMovedMessage,
    ReminderMessage,
)
from leaderboards.news.digest import (
    CompetitionDigest,
    DigestKind,
    DigestMessage,
    DigestTeam,
    EndedCompetition,
    FinalTeam,
    UpcomingDeadline,
)
from leaderboards.news.items import Item, NewsMessage, PassedTeam, Reason
from leaderboards.news.messages import (
    CorrectedTeam,
    EndedMessage,
    FinalBoardMessage,
    Finisher,
    FollowedMessage,
    LiveBoardMessage,
    Message,
    ReplayMessage,
    RescoredMessage,
    ShakeUpTeam,
    ThreadLeftMessage,
    ThreadMessage,
    WelcomeMessage,
    merge_by_kind,
    message_from_json,
    message_to_json,
)
from leaderboards.news.new_competitions import NewCompetitionsMessage
from leaderboards.news.new_posts import MAX_SHOWN, NewPostsMessage, PostSummary, ShownPost
from leaderboards.news.news_summary import NewsSummaryMessage
from records.outbox import Announcement
from storage.news.deferred_news import add_or_defer
from storage.storage import Storage
from tests.cogs.world import text_of

NOW = datetime(2026, 8, 9, 12, tzinfo=UTC)
MEMBER, OTHER = 424_242_424_242, 353_535_353_535
TEAM = "Nocturne"
"""The member's team; nobody else is in it."""

ITEM = Item(
    reasons=(Reason.BEST,),
    team_id=1,
    team_name=TEAM,
    user_ids=(MEMBER,),
    mention_ids=(MEMBER,),
    rank=40,
    rank_before=52,
    score_text="0.9571",
    score_text_before="0.9560",
    medal_zone=MedalZone.GOLD,
    medal_zone_before=None,
    passed=(),
)
PASSED = (PassedTeam((MEMBER,), TEAM, 40), PassedTeam((OTHER,), "Other", 45))
WITH_OTHER = replace(
    ITEM,
    reasons=(Reason.LEADER, Reason.PASSED),
    team_id=2,
    team_name="Duet",
    user_ids=(MEMBER, OTHER),
    passed=PASSED,
)
FINISHER = Finisher(1, TEAM, (MEMBER,), 3, 9, "0.9", MedalZone.GOLD)
DUET = Finisher(2, "Duet", (MEMBER, OTHER), 1, 2, "0.95", MedalZone.GOLD)
DIGEST_TEAM = DigestTeam(1, TEAM, (MEMBER,), 5, 9, "0.9", submissions=3)

EXAMPLES: dict[type, Message] = {
    type(message): message
    for message in (
        NewsMessage("titanic", NOW, 1_000, (ITEM, WITH_OTHER), more=0),
        NewsSummaryMessage(
            (
                NewsMessage("titanic", NOW, 1_000, (ITEM, WITH_OTHER), more=0, waited=True),
                NewsMessage("digits", NOW, 100, (WITH_OTHER,), more=2, waited=True),
            )
        ),
        FollowedMessage("titanic", 1_000, 3),
        ThreadMessage("titanic", 1_000, 3),
        WelcomeMessage(),
        ThreadLeftMessage("titanic", moved_to=5),
        ReminderMessage("titanic", DeadlineKind.FINAL, NOW, 3),
        DeadlineMovedMessage(
            "titanic", (DeadlineMove(DeadlineKind.FINAL, NOW, NOW + timedelta(days=7)),)
        ),
        LiveBoardMessage("titanic"),
        DigestMessage(
            DigestKind.DAILY,
            NOW,
            NOW + timedelta(days=1),
            (
                CompetitionDigest(
                    "titanic",
                    1_000,
                    (DIGEST_TEAM, replace(DIGEST_TEAM, team_name="Duet", user_ids=(MEMBER, OTHER))),
                ),
            ),
            ended=(EndedCompetition("digits", (FinalTeam(1, TEAM, (MEMBER,), 5),)),),
        ),
        RescoredMessage("titanic", NOW, 1_000),
        EndedMessage(
            slug="titanic",
            ended_at=NOW,
            public_at=NOW,
            team_count=1_000,
            private=True,
            winner=DUET,
            finishers=(DUET, FINISHER),
            more=0,
            mean_shake_up=0.1,
            mean_places=7,
            rose=(ShakeUpTeam("Riser", 90, 9),),
            fell=(),
        ),
        ReplayMessage("titanic"),
        FinalBoardMessage(
            slug="titanic",
            ended_at=NOW,
            team_count=998,
            removed=2,
            added=0,
            winner=DUET,
            teams=(
                CorrectedTeam(1, TEAM, (MEMBER,), 101, 99, MedalZone.BRONZE, MedalZone.SILVER, 2),
                CorrectedTeam(2, "Duet", (MEMBER, OTHER), 2, 1, MedalZone.GOLD, MedalZone.GOLD, 1),
            ),
            more=0,
        ),
        NewCompetitionsMessage.from_list([CompetitionInfo("titanic", category="Featured")]),
        NewPostsMessage.from_list("titanic", [ShownPost(PostKind.TOPIC, "1", "T", "A", 2, "u")]),
    )
}
KINDS = get_args(Message)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def find_user_ids(value: Any) -> Iterator[int]:
    """Find users by the names of their fields, whatever the kind says of itself."""
    if is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name.endswith(("user_id", "user_ids", "mention_ids")):
                yield from inner if isinstance(inner, tuple) else (inner,)
            else:
                yield from find_user_ids(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from find_user_ids(inner)


def render(message: Message) -> str:
    return json.dumps(message_view(7, message).to_components(), ensure_ascii=False)  # type: ignore[no-untyped-call]


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(KINDS)


@each_kind
def test_example_names_a_member_if_its_kind_can(kind: type[Message]) -> None:
    schema = json.dumps(TypeAdapter(kind).json_schema())
    can_name = any(f'{name}": ' in schema for name in ("user_id", "user_ids", "mention_ids"))
    assert EXAMPLES[kind].user_ids() == ({MEMBER, OTHER} if can_name else set())


@each_kind
def test_message_is_unchanged_after_serialisation(kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    again = message_from_json(message_to_json(message))
    assert (type(again), again) == (kind, message)


@each_kind
def test_user_ids_are_all_that_the_message_contains(kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    assert message.user_ids() == set(find_user_ids(message))
    assert message.mention_ids() <= message.user_ids()


@each_kind
def test_redacted_message_does_not_name_the_member(kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    redacted = message.redact(MEMBER)
    if redacted is None:
        pytest.fail("the example names others too, so something must be left")
    for text in (message_to_json(redacted), render(redacted)):
        assert str(MEMBER) not in text
        assert TEAM not in text
    assert redacted.user_ids() == message.user_ids() - {MEMBER}


@each_kind
def test_extracted_message_names_nobody_else(kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    part = message.extract(MEMBER)
    assert (part is not None) == (MEMBER in message.user_ids())
    assert message.extract(1) is None
    if part is not None:
        assert part.user_ids() == {MEMBER}
        assert part.mention_ids() <= {MEMBER}
        exported = json.dumps(part.export())
        assert TEAM in exported
        assert str(OTHER) not in exported


@each_kind
def test_every_kind_has_a_screen(kind: type[Message]) -> None:
    assert len(render(EXAMPLES[kind])) > 100


@each_kind
def test_message_is_filtered_for_every_mode(kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    assert message.filter_for_mode(ChannelMode.EVERYTHING) == message
    for mode in ChannelMode:
        filtered = message.filter_for_mode(mode)
        assert (filtered is not None) == kind.is_sent_in(mode)


@each_kind
async def test_message_in_quiet_hours_is_deferred_or_sent_at_once(
    kind: type[Message], tmp_path: Path
) -> None:
    message = EXAMPLES[kind]
    storage = await Storage.open(tmp_path / "podium.db")
    try:
        await storage.guilds.change_settings(1, channel_id=50, quiet_from=0, quiet_to=13)
        competition = await storage.competitions.add_for_owner("titanic")
        await storage.guilds.follow(1, competition.id, None, 7, NOW, None)
        async with storage.database.write() as connection:
            announcement = Announcement(1, 50, competition.id, message)
            put = await add_or_defer(connection, competition.id, [announcement] * 2, NOW)
        assert put == (0 if message.is_deferrable() else 2)
        released = await storage.deferred_news.release(NOW + timedelta(hours=2))
        assert released == (len(merge_by_kind([message] * 2)) if message.is_deferrable() else 0)
    finally:
        await storage.close()


@each_kind
def test_merged_messages_keep_their_kind_and_members(kind: type[Message]) -> None:
    message = EXAMPLES[kind]
    merged = merge_by_kind([message, message])
    assert merged
    assert {type(each) for each in merged} == {kind}
    assert set().union(*(each.user_ids() for each in merged)) == message.user_ids()


def shown_text(message: Message) -> str:
    return text_of(message_view(7, message).to_components())  # type: ignore[no-untyped-call]


def test_summary_of_many_competitions_shows_something_of_each_and_fits() -> None:
    items = tuple(replace(ITEM, team_id=n, rank=n) for n in range(1, 13))
    news = [NewsMessage(f"competition-{n}", NOW, 1_000, items, more=5) for n in range(25)]
    text = shown_text(NewsSummaryMessage(tuple(news)))
    assert len(text) <= 4_000
    assert all(f"**Competition {n}**" in text for n in range(25))
    assert "-# and news of 16 more teams" in text
    wide = tuple(replace(item, team_name="*" * 60) for item in items)
    longest = [replace(one, slug=f"{n:x<100}", items=wide) for n, one in enumerate(news)]
    text = shown_text(NewsSummaryMessage(tuple(longest)))
    assert len(text) <= 4_000
    assert "more competitions" in text


def test_digest_counts_the_deadlines_that_do_not_fit() -> None:
    deadlines = tuple(
        UpcomingDeadline(f"competition-{n}", DeadlineKind.FINAL, NOW + timedelta(days=n))
        for n in range(100)
    )
    text = shown_text(DigestMessage(DigestKind.DAILY, NOW, NOW, (), deadlines))
    shown = text.count("⏰")
    assert 2 < shown < 100
    assert f"-# and {100 - shown} later deadlines" in text
    assert len(text) <= 4_000


def posts(count: int, title: str, **values: object) -> list[ShownPost]:
    url = "https://www.kaggle.com/code/" + "x" * 100
    post = ShownPost(PostKind.NOTEBOOK, "1", title, "@everyone", 5, url)
    return [replace(post, id=str(number), **values) for number in range(count)]  # type: ignore[arg-type]


def test_hostile_posts_neither_ping_nor_link_elsewhere_and_fit() -> None:
    evil = "[click](https://evil.example) @everyone **b**\n# x" * 9
    message = NewPostsMessage.from_list("titanic", posts(40, evil, is_by_host=True))
    text = shown_text(message)
    assert len(text) <= 4_000
    assert "📣 **[" in text
    assert "**from the hosts** · notebook by " in text
    assert f"-# {40 - MAX_SHOWN} further ones are not shown here" in text
    assert "@everyone" not in text
    assert "](https://evil" not in text
    assert "\n#" not in text.replace("\n-#", "")
    (merged,) = NewPostsMessage.merge([message, message])
    assert (len(merged.posts), merged.more) == (MAX_SHOWN, 2 * (40 - MAX_SHOWN))


def test_topics_find_room_in_a_full_digest() -> None:
    evil = "](https://evil.example) @everyone" * 9
    summaries = [PostSummary.from_list(f"competition-{n}", posts(9, evil)) for n in range(25)]
    digest = EXAMPLES[DigestMessage]
    assert isinstance(digest, DigestMessage)
    (competition,) = digest.competitions
    team = replace(DIGEST_TEAM, team_name="*" * 60, rank_before=None)
    full = replace(competition, teams=tuple(replace(team, rank=n) for n in range(1, 6)))
    busy = replace(digest, competitions=(full,) * 25, posts=tuple(summaries))
    for message in (busy, replace(busy, competitions=())):
        text = shown_text(message)
        assert len(text) <= 4_000
        assert "### 💬 New topics and notebooks\n**Competition 0**\n📓 [" in text
        assert "· 5 votes" in text
        assert "-# and 4 more" in text
        assert "what was posted about" in text
        assert "@everyone" not in text
        assert "](https://evil" not in text


def test_digest_of_topics_only_is_left_when_a_member_is_forgotten() -> None:
    digest = EXAMPLES[DigestMessage]
    assert isinstance(digest, DigestMessage)
    digest = replace(digest, posts=(PostSummary.from_list("titanic", posts(1, "EDA")),))
    others = digest.redact(MEMBER)
    alone = others and others.redact(OTHER)
    assert alone is not None
    assert "EDA" in shown_text(alone)
    own = digest.extract(MEMBER)
    assert own is not None
    assert "EDA" not in shown_text(own)


def test_every_reason_has_its_own_screen() -> None:
    item = replace(WITH_OTHER, medal_zone=None, medal_zone_before=MedalZone.GOLD)
    screens = {
        render(NewsMessage("titanic", NOW, 1_000, (replace(item, reasons=(reason,)),), more=0))
        for reason in Reason
    }
    assert len(screens) == len(Reason)


def test_full_digest_tells_the_most_active_competition_before_topics() -> None:
    """Ten teams in other zones and likely to leave them, and five that climbed, fell or are new."""
    zones = (MedalZone.SILVER, MedalZone.BRONZE)
    leaves_at = NOW + timedelta(hours=9)
    teams = [
        replace(DIGEST_TEAM, team_id=n, user_ids=(10**18 + n,), rank=100 + n, rank_before=before)
        for n, before in enumerate([200] * 15 + [10] * 5 + [None] * 5)
    ]
    teams[:10] = [
        replace(team, medal_zone=zone, medal_zone_before=before, leaves_zone_at=leaves_at)
        for team, (zone, before) in zip(teams, [zones, zones[::-1]] * 5, strict=False)
    ]
    busy = CompetitionDigest("titanic", 1_000, tuple(teams))
    summary = PostSummary.from_list("titanic", posts(9, "EDA"))
    finals = tuple(FinalTeam(n, TEAM, (10**18 + n,), n) for n in range(1, 9))
    ended = EndedCompetition("digits", finals)
    ahead = [
        UpcomingDeadline(f"competition-{n}", DeadlineKind.FINAL, NOW + timedelta(days=n))
        for n in range(9)
    ]
    digest = DigestMessage(
        DigestKind.WEEKLY, NOW, NOW, (busy, busy), tuple(ahead), (summary,), (ended,)
    )
    text = shown_text(digest)
    assert len(text) <= 4_000
    assert "⌨️ Most submissions" in text
    assert "-# and news of 1 more competition\n" in text
    assert "### 💬 New topics and notebooks" in text


def test_digest_names_fewer_teams_of_an_ended_competition_if_they_are_large() -> None:
    teams = tuple(FinalTeam(n, TEAM, tuple(10**18 + m for m in range(8)), n) for n in range(1, 9))
    ended = EndedCompetition("titanic", teams)
    text = shown_text(DigestMessage(DigestKind.WEEKLY, NOW, NOW, (), ended=(ended,)))
    assert "has ended: <@1000000000000000000>" in text
    assert "**#2** and 6 more" in text
    crowd = replace(ended, teams=(replace(teams[0], user_ids=tuple(range(10**18, 10**18 + 40))),))
    text = shown_text(DigestMessage(DigestKind.WEEKLY, NOW, NOW, (), ended=(crowd,)))
    assert "has ended: `/leaderboard competition:titanic` shows its final board" in text
