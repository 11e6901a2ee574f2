"""The fullest board there can be fits into one message."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cogs.boards.board_controls import build_board_controls
from cogs.boards.board_page import BoardFilter
from cogs.boards.board_screen import (
    DETAILED_LINES,
    LINES,
    BoardData,
    BoardLine,
    RequesterLine,
    board_view,
)
from leaderboards.board import Entry, ScoreOrder
from leaderboards.medals import medal_thresholds
from leaderboards.members.verification_codes import VerificationMethod
from records.members import StoredLink
from tests.security.rendered_text import parts

NOW = datetime(2026, 8, 9, tzinfo=UTC)


def entry(rank: int, name: str) -> Entry:
    return Entry(
        rank=rank,
        team_id=10**9 + rank,
        team_name=name,
        score=0.5,
        score_text="-1234567890.12345",
        submissions=3,
        last_submission_at=NOW,
        members=tuple(f"user{rank}of{n}" for n in range(5)),
    )


def verified_link(user_id: int, user_name: str) -> StoredLink:
    return StoredLink(1, user_id, user_name, False, user_id, NOW, VerificationMethod.TEAM, NOW)


def page(name: str, *, details: bool) -> BoardData:
    """Build a page with the longest texts, all of whose users are members."""
    length = DETAILED_LINES if details else LINES
    entries = [entry(rank, name) for rank in range(99_990, 99_990 + length)]
    names = [name for one in entries for name in one.members]
    return BoardData(
        slug="a" * 100,
        team_count=123_456,
        order=ScoreOrder.HIGHER,
        ranks_derived=True,
        deadline=NOW,
        final=True,
        private=True,
        public_taken_at=None,
        thresholds=medal_thresholds(1_000_000),
        read_at=NOW,
        changed_at=None,
        failed_at=NOW,
        lines=[BoardLine(one) for one in entries],
        leader=entry(1, name),
        requester=RequesterLine(2**63, unlinked_text="", line=BoardLine(entry(7, name))),
        ranks_before={one.team_id: one.rank * 2 for one in entries},
        compared_at=NOW,
        now=NOW,
        links={name: verified_link(2**63 + number, name) for number, name in enumerate(names)},
        start=99_990,
        count=123_456,
        members_only=False,
        details=details,
        name=name,
    )


@pytest.mark.parametrize("details", [False, True])
@pytest.mark.parametrize("name", ["W" * 32, "👩‍👩‍👧‍👦" * 40, "_*" * 40])
def test_largest_page_fits_into_one_message(name: str, details: bool) -> None:
    data = page(name, details=details)
    controls = build_board_controls(10**17, data, BoardFilter(details=details), members_button=True)
    view = board_view(data, controls)
    texts = parts(view)
    assert sum(map(len, texts)) <= 4000
    assert view.total_children_count <= 40
    teams = [line for line in texts[1].split("\n") if line.startswith("`")]
    assert len(teams) == len(data.lines) + 1
    assert ("The members of" in texts[1]) is not details


def test_page_whose_ranks_are_all_missing_says_so() -> None:
    data = replace(page("Ada", details=False), lines=[], requester=None)
    assert "Nobody has these ranks." in parts(board_view(data))[1]


def test_usual_page_shows_whole_names_members_and_details() -> None:
    """Twenty names of 32 columns, and a member in every fourth team."""
    data = page("W" * 32, details=False)
    links = {one.entry.members[0] for one in data.lines[::4]}
    data = replace(data, links={name: data.links[name] for name in links})
    table = parts(board_view(data))[1]
    assert table.count("W" * 32) == 21
    assert table.count("<@") == 5
    assert "left out" not in table
    detailed = replace(data, details=True, lines=data.lines[:DETAILED_LINES])
    table = parts(board_view(detailed))[1]
    assert table.count("W" * 32) == table.count("3 submissions") == 11
    assert table.count("<@") == 3


def test_members_have_their_mention_before_the_team() -> None:
    data = page("👩‍👩‍👧‍👦" * 40, details=False)
    links = [data.links[one.entry.members[0]] for one in data.lines]
    lines = [
        BoardLine(one.entry, number, link)
        for number, (one, link) in enumerate(zip(data.lines, links, strict=True), 1)
    ]
    texts = parts(board_view(replace(data, members_only=True, lines=lines)))
    assert sum(map(len, texts)) <= 4000
    assert len(re.findall(r"^`.*` <@\d+> ✓ ", texts[1], re.MULTILINE)) == LINES


def test_hundreds_of_benchmarks_fit_into_one_message() -> None:
    data = page("W" * 32, details=False)
    benchmarks = [BoardLine(replace(entry(0, "B" * 32), members=())) for _ in range(300)]
    texts = parts(board_view(replace(data, lines=[*data.lines[:1], *benchmarks])))
    assert sum(map(len, texts)) <= 4000
    assert "more lines too long to show" in texts[1]


def test_page_of_benchmarks_only_has_the_own_line_too() -> None:
    """The board may lose its last teams while the page is read."""
    data = page("Ada", details=False)
    benchmark = BoardLine(replace(entry(0, "Sample submission"), members=()))
    table = parts(board_view(replace(data, lines=[benchmark])))[1]
    assert table.index("**Ada**") < table.index("Sample submission")
