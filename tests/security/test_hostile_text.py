"""Whatever stands in a name, the screens that show it have the same marks, links and lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle
from types import SimpleNamespace
from typing import cast

import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from cogs.announcements.screens.direct_message_screen import MessageServer, direct_messages_view
from cogs.announcements.screens.message_screen import message_view
from cogs.boards.board_screen import BoardData, BoardLine, RequesterLine, board_view
from cogs.calendar.calendar_screen import FollowedDeadline, deadlines_view
from cogs.framework import format as fmt
from cogs.framework.escape import escape, escape_code
from cogs.framework.layout import card
from cogs.framework.pages import Page
from cogs.framework.texts import was_on_board_text
from cogs.members.directory_screen import (
    DirectoryBoard,
    DirectoryData,
    DirectoryMember,
    directory_view,
)
from cogs.overview.overview_screen import (
    OverviewBoard,
    OverviewData,
    OverviewTeam,
    overview_view,
)
from cogs.ranks import rank_screen
from cogs.ranks.history_screen import Period, RankHistories, TeamRankHistory, history_view
from cogs.ranks.rank_screen import NextMedalZone, RankData
from cogs.seasons.hall_screen import HallData, hall_view
from cogs.watches.watch_screen import WatchesData, watches_view
from demo.recording import ARCHIVE, read_recording
from leaderboards.board import BoardKind, Entry, ScoreOrder
from leaderboards.competition_info import CompetitionInfo
from leaderboards.display_text import display_width
from leaderboards.errors import KaggleFailed
from leaderboards.forecast.rank_forecast import DayForecast
from leaderboards.history import RankPoint
from leaderboards.history.team_history import summarize_history
from leaderboards.medals import MedalZone, medal_thresholds
from leaderboards.members.verification_codes import VerificationMethod
from leaderboards.news.deadlines import DeadlineKind
from leaderboards.news.digest import CompetitionDigest, DigestKind, DigestMessage, DigestTeam
from leaderboards.news.items import Item, NewsMessage, PassedTeam, Reason
from leaderboards.news.watches import (
    ResultEvent,
    RivalEvent,
    Watch,
    WatchKind,
    WatchMessage,
)
from leaderboards.parsing.zip_file import open_zip
from leaderboards.seasons.hall_records import HallRecords, PublicSummary, TeamResult
from leaderboards.seasons.member_rank import MemberRank
from leaderboards.seasons.results import MemberResults
from records.competitions import BoardInfo, Competition, FormerMember
from records.limits import Limits
from records.members import StoredLink
from tests.board_files import BOARDS
from tests.cogs.examples import SMALL
from tests.cogs.framework.test_escape import HOSTILE
from tests.cogs.world import Team, World
from tests.leaderboards.histories import build_history
from tests.security.rendered_text import check_characters, parts, skeleton, texts

NOW = datetime(2026, 8, 9, tzinfo=UTC)
WORST = [
    *HOSTILE,
    "שלום 12",
    "عربى 1.5",
    "12 עברית (3)",
    "** @everyone **",
    "`\\`\\\\`",
    "||a|| **b",
    "](https://evil.example)",
    "\u2067turned\u2069 \u200f12\u061c",
    "a\u0085b\u2029c\x00d",
    "discord\u200b.gg/x discordapp .com/invite/x",
    "h\u00adttps://evil.example",
    "https://www.kaggle.com.evil.example/x https://www.kaggle.com@evil.example",
    "https://www.kaggle.com\u200b.evil.example",
    "@\u200beveryone @\u2060here <\u200b@1>",
    "\U000e0001\U0001f3f4\U000e0067",
    "<id:guide> <t:1:R> <sound:1:2>",
    "\ufdfd" * 40,
    "g" + "\u0323\u0307" * 60,
    "=cmd|' /C calc'!A0",
]
hostile = (
    st.text(max_size=60)
    | st.text(alphabet="<>@#&!:/\\*_~`|[]()-+.1 ahtps\n\u202e\u2067\u05d0\u0627", max_size=40)
    | st.lists(st.sampled_from(WORST), max_size=3).map(" ".join)
)


def linked(user_id: int) -> StoredLink:
    """Build a member's verified link."""
    return StoredLink(1, user_id, "name", False, user_id, NOW, VerificationMethod.TEAM, NOW)


@cache
def real_names() -> list[str]:
    """Return every team and user name on the boards in the repository."""
    files = [open_zip(path.read_bytes()).unpack() for path in sorted(BOARDS.glob("*.zip"))]
    for season in (ARCHIVE, BOARDS / "kaggriculture.tar.xz"):
        files += [recorded.csv for recorded in read_recording(season)]
    names: dict[str, None] = {}
    for file in files:
        lines = io.StringIO(file.decode("utf-8-sig"), newline="")
        for row in csv.reader(lines):
            names.update(dict.fromkeys(row))
    return [name for name in names if not re.fullmatch(r"[\d.:\- ]*", name)]


def entry(name: str, number: int = 1, score: str | None = None) -> Entry:
    return Entry(
        rank=number,
        team_id=number,
        team_name=name,
        score=0.5,
        score_text=score or name[:40],
        submissions=3,
        last_submission_at=NOW,
        members=(f"user{number}", name),
    )


def board(*names: str, score: str | None = None, details: bool = False) -> ui.LayoutView:
    entries = [entry(name, number, score) for number, name in enumerate(names, 1)]
    data = BoardData(
        slug="titanic",
        team_count=100,
        order=ScoreOrder.HIGHER,
        ranks_derived=False,
        read_at=NOW,
        changed_at=None,
        failed_at=None,
        final=False,
        private=False,
        public_taken_at=None,
        deadline=NOW,
        thresholds=medal_thresholds(100),
        lines=[BoardLine(one) for one in entries],
        leader=entries[0],
        requester=RequesterLine(11, unlinked_text="", line=BoardLine(entry(names[-1], 60, score))),
        ranks_before={1: 2, 2: 1},
        compared_at=NOW,
        now=NOW,
        links={"user1": linked(11), "user3": linked(12)},
        start=1,
        count=100,
        members_only=False,
        details=details,
        name=names[-1],
    )
    return board_view(data, [])


def rank_card(name: str) -> ui.LayoutView:
    data = RankData(
        competition=cast(
            "Competition",
            SimpleNamespace(
                slug="titanic",
                name=name,
                synced_at=NOW,
                deadline=NOW,
                archived_at=NOW,
                awards_medals=True,
                awaits_final_board=lambda _now: False,
            ),
        ),
        info=cast(
            "BoardInfo",
            SimpleNamespace(team_count=100, order=ScoreOrder.HIGHER, kind=BoardKind.PRIVATE),
        ),
        team=replace(entry(name, 3), members=("user1", name)),
        public_rank=5,
        above=replace(entry(name, 2), members=(name,)),
        below=None,
        medal_zone=MedalZone.BRONZE,
        zone_last_rank=10,
        next_zone=NextMedalZone(MedalZone.SILVER, 2, entry(name, 2)),
        last_sync=None,
        day=None,
        week=None,
        links={"user1": linked(11)},
        now=NOW,
        forecast=DayForecast(3, 3, 5, timedelta(hours=4)),
    )
    view = rank_screen.rank_card(data)
    page = Page([data] * 2, 1, 1)
    for item in rank_screen.rank_list("ada", 2, page, []).children[1:3]:
        view.add_item(item)
    return view


def news(name: str) -> ui.LayoutView:
    """Build one message with every kind of news."""

    def item(reason: Reason, *user_ids: int) -> Item:
        return Item(
            reasons=(reason,),
            team_id=1,
            team_name=name,
            user_ids=user_ids,
            mention_ids=(),
            rank=5,
            rank_before=9,
            score_text=name,
            score_text_before=name + "0",
            medal_zone=MedalZone.GOLD,
            medal_zone_before=None,
            passed=(PassedTeam((), name, 6), PassedTeam((12,), name, 7)),
        )

    items = [item(reason, *users) for reason, users in zip(Reason, cycle([(), (11,)]))]
    return message_view(7, NewsMessage("titanic", NOW, 100, tuple(items), 0))


def digest(name: str) -> ui.LayoutView:
    """Build a digest of teams whose members have gone."""
    ranks = ((5, 9), (9, 5), (7, None))
    teams = tuple(
        DigestTeam(number, name, (), now, before, name, submissions=3)
        for number, (now, before) in enumerate(ranks)
    )
    told = (CompetitionDigest("titanic", 100, teams),)
    return message_view(7, DigestMessage(DigestKind.DAILY, NOW, NOW, told))


def histories(name: str) -> ui.LayoutView:
    """Build the history of one team, and the comparison of two."""
    points = build_history([RankPoint(NOW, 100, rank, 0.5, name[:40], 3) for rank in (9, 3)])
    teams = [TeamRankHistory(entry(name, 3), points, summarize_history(points))] * 2
    competition = cast(
        "Competition",
        SimpleNamespace(
            slug="titanic", name=name, synced_at=NOW, awards_medals=True, category="Featured"
        ),
    )
    info = cast("BoardInfo", SimpleNamespace(team_count=100, rescored_at=None))
    alone, both = (
        history_view(RankHistories(competition, info, some, Period.WEEK, {"user3": linked(11)}))
        for some in (teams[:1], teams)
    )
    for item in both.children:
        alone.add_item(item)
    return alone


def absence(name: str) -> ui.LayoutView:
    """Build what is said of a member who is not on the board any more."""
    return card(
        was_on_board_text("<@11>", "titanic", FormerMember("titanic", "dave", 3, NOW, entry(name)))
    )


def directory(title: str) -> ui.LayoutView:
    """Build the directory of a member on boards with a title."""
    boards = [DirectoryBoard("titanic", title, rank, MedalZone.GOLD, rank > 1) for rank in (1, 2)]
    members = [DirectoryMember(linked(11), True, boards)]
    return directory_view(DirectoryData(members, 2, True), 1, lambda _page: [])


FINAL_RANK = MemberRank(11, 1, 1, 1, 3, 1000, "Featured", final=True)


def overview(title: str) -> ui.LayoutView:
    """Build the overview of competitions with a title: running, without members, and ended."""
    competition = cast(
        "Competition",
        SimpleNamespace(slug="titanic", name=title, deadline=NOW, ended_at=None, error=None),
    )
    team = OverviewTeam(1, [11], 3, MedalZone.GOLD)
    data = OverviewData(
        member_count=1,
        boards=[OverviewBoard(competition, False, 100, [team], 2, {1: 5}, NOW)],
        without_members=[competition, competition],
        ended={1: competition},
        medals=[MemberResults(11, [FINAL_RANK, FINAL_RANK], [])],
        now=NOW,
    )
    return overview_view(data, 1, lambda _page: [])


def hall(title: str) -> ui.LayoutView:
    """Build the hall of fame of a competition with a title, with all records."""
    competition = cast("Competition", SimpleNamespace(slug="titanic", name=title))
    knowledge = replace(FINAL_RANK, category="Playground")
    team = TeamResult(1, (11,), 3, 1000, awards_medals=True, public=PublicSummary(90_000, 70))
    members = [MemberResults(11, [FINAL_RANK], [knowledge])]
    data = HallData({1: competition}, members, HallRecords(team, team, team))
    return hall_view(data, 1, lambda _page: [])


def deadlines(name: str) -> ui.LayoutView:
    """Build the deadlines of a competition with a title, one of them set in a server."""
    competition = cast("Competition", SimpleNamespace(id=1, slug="titanic", name=name))
    both = [
        FollowedDeadline(competition, DeadlineKind.FINAL, NOW, paused=True, guild_id=guild_id)
        for guild_id in (None, 7)
    ]
    return deadlines_view(both, 1, {7: name}, lambda _page: [])


def watches(name: str) -> ui.LayoutView:
    """Build what a member watches: a rival's team in a competition with a title."""
    competition = cast(
        "Competition", SimpleNamespace(id=1, slug="titanic", name=name, archived_at=None)
    )
    rival = Watch(1, 7, 11, WatchKind.RIVAL, 1, rival_team_id=2, rival_name=name)
    return watches_view(WatchesData([rival], {1: competition}, is_linked=True), [])


def watch_message(name: str) -> ui.LayoutView:
    """Build the direct message of a rival and of a result, in a competition with a title."""
    competition = cast("Competition", SimpleNamespace(id=1, slug="titanic", name=name))
    events = (
        RivalEvent(1, 1, name, 2, 3),
        ResultEvent(2, 1, name, 3, 4, MedalZone.GOLD, 100),
    )
    server = MessageServer(escape(name), {1: competition}, {1: None})
    return direct_messages_view([WatchMessage(events)], server)


SCREENS: dict[str, Callable[[str], ui.LayoutView]] = {
    "board": lambda name: board(name, "Tame", name, name),
    "board with details": lambda name: board(name, "Tame", name, name, details=True),
    "rank card": rank_card,
    "histories": histories,
    "news": news,
    "digest": digest,
    "absence": absence,
    "directory": directory,
    "overview": overview,
    "hall": hall,
    "deadlines": deadlines,
    "watches": watches,
    "watch message": watch_message,
    "sentence": lambda name: card(f"**{escape(name)}** is {escape(name, 100)}.\n{escape(name)}"),
}
TAME = "Tame"


@cache
def tame_skeleton(kind: str) -> list[object]:
    return skeleton(parts(SCREENS[kind](TAME)))


@pytest.mark.parametrize("kind", SCREENS)
@settings(deadline=None)
@given(name=hostile)
def test_no_name_changes_more_than_letters(kind: str, name: str) -> None:
    assert skeleton(parts(SCREENS[kind](name))) == tame_skeleton(kind)


@pytest.mark.parametrize("kind", SCREENS)
@pytest.mark.parametrize("name", WORST, ids=ascii)
def test_the_worst_names_change_nothing_but_letters(kind: str, name: str) -> None:
    assert skeleton(parts(SCREENS[kind](name))) == tame_skeleton(kind)


def in_twenties(names: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(names), 20):
        yield names[first : first + 20]


def test_every_real_name_keeps_to_its_line_of_the_board() -> None:
    assert len(real_names()) > 15_000
    simple: list[str] = []
    others: list[str] = []
    for name in real_names():
        (simple if re.fullmatch(r"\w{1,18}", name, re.ASCII) else others).append(name)
    # Those of plain letters and digits are alike: some stand for all.
    for names in in_twenties(simple[::20] + others):
        head, table, *below = parts(board(*names, score="0.5"))
        teams = [line for line in table.split("\n") if not line.startswith(("-# ", "⋮"))]
        assert len(teams) == len(names) + 1
        assert all(re.match(r"`[ ▲▼\d]+ 0.5` \S", line) for line in teams), teams
        assert len({line.index("`", 1) for line in teams}) == 1, teams
        for content in (head, table, *below):
            check_characters(content)


def test_every_odd_real_name_changes_nothing_but_letters() -> None:
    odd = [name for name in real_names() if re.search(r"[^\w .'-]|\W\W|_|^\W", name)]
    assert len(odd) > 1_000
    for names in in_twenties(odd):
        shown = [
            " ".join(f"**{escape(name)}**" for name in some)
            for some in (names, [TAME] * len(names))
        ]
        assert skeleton(shown[:1]) == skeleton(shown[1:]), names


@settings(deadline=None)
@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True))
def test_any_user_name_is_one_link(name: str) -> None:
    shown = f"<@11> is {fmt.profile_link(name)} on Kaggle."
    assert f"'href': 'https://www.kaggle.com/{name}'" in repr(skeleton([shown]))
    tame = f"<@11> is {fmt.profile_link(TAME)} on Kaggle."
    assert skeleton([shown.replace(f"com/{name})", f"com/{TAME})")]) == skeleton([tame])


@settings(deadline=None)
@given(hostile, st.integers(5, 40))
def test_a_column_stays_as_wide_as_it_is(name: str, width: int) -> None:
    assert display_width(escape_code(name, width)) == width
    check_characters(escape_code(name, width))


async def test_what_kaggle_says_is_shown_as_text(world: World) -> None:
    """Errors and what is listed, through the real commands."""
    manager, guild_id = world.server.manager, world.server.guild.id

    async def shown() -> list[object]:
        refused = await world.run(manager, "competition sync")
        status = await world.run(manager, "status")
        adding = await world.run(manager, "competition add", competition="house-prices")
        seen: list[object] = []
        for result in (refused, status, adding):
            message = result.followups[-1] if result.followups else result.response
            assert message is not None
            seen += skeleton(texts(message.components))
        await world.storage.guilds.unfollow(guild_id, "house-prices", world.env.now())
        await world.env.advance_time(61)
        return seen

    async def shown_of(name: str) -> list[object]:
        world.kaggle.boards["titanic"] = KaggleFailed(f"Kaggle says {name} to that.")
        world.kaggle.listed["house-prices"] = CompetitionInfo(
            "house-prices", category=name or TAME, reward=name, title=name
        )
        return [_without_times(one) for one in await shown()]

    world.bot.services.limits = Limits(adds_per_hour=1000)
    world.serve("titanic", SMALL)
    world.serve("house-prices", [Team(1, "<@1>", "0.5", "ada")])
    await world.follow()
    tame = await shown_of(TAME)
    for name in WORST:
        assert await shown_of(name) == tame, ascii(name)


def _without_times(seen: object) -> str:
    return re.sub(r"'unix': \d+", "", repr(seen))
