"""The fullest board there can be fits into one message."""

from datetime import UTC, datetime

from cogs.boards.board_controls import build_board_controls
from cogs.boards.board_page import BoardFilter
from cogs.boards.board_screen import LINES, BoardData, BoardLine, RequesterLine, board_view
from leaderboards.board import Entry, ScoreOrder
from leaderboards.medals import medal_thresholds
from leaderboards.verification_codes import VerificationMethod
from records.members import StoredLink
from tests.security.rendered_text import parts

NOW = datetime(2026, 8, 9, tzinfo=UTC)


def entry(rank: int) -> Entry:
    return Entry(
        rank=rank,
        team_id=10**9 + rank,
        team_name="👩‍👩‍👧‍👦" * 40,
        score=0.5,
        score_text="-1234567890.12345",
        submissions=3,
        last_submission_at=NOW,
        members=tuple(f"user{rank}of{n}" for n in range(5)),
    )


def verified_link(user_id: int, user_name: str) -> StoredLink:
    return StoredLink(1, user_id, user_name, False, user_id, NOW, VerificationMethod.TEAM, NOW)


def test_largest_page_fits_into_one_message() -> None:
    entries = [entry(rank) for rank in range(99_990, 99_990 + LINES)]
    names = [name for one in entries for name in one.members]
    data = BoardData(
        slug="a" * 100,
        team_count=123_456,
        order=ScoreOrder.HIGHER,
        ranks_derived=True,
        deadline=NOW,
        final=True,
        private=True,
        frozen_at=None,
        thresholds=medal_thresholds(1_000_000),
        synced_at=NOW,
        failed_at=NOW,
        lines=[BoardLine(one) for one in entries],
        leader=entry(1),
        requester=RequesterLine(2**63, linked=True, line=BoardLine(entry(7))),
        ranks_before={one.team_id: one.rank * 2 for one in entries},
        compared_at=NOW,
        now=NOW,
        links={name: verified_link(2**63 + number, name) for number, name in enumerate(names)},
        start=99_990,
        count=123_456,
        members_only=False,
    )
    controls = build_board_controls(10**17, data, BoardFilter(), members_button=True)
    view = board_view(data, controls)
    texts = parts(view)
    assert sum(map(len, texts)) <= 4000
    assert view.total_children_count <= 40
    assert len(texts[1].splitlines()) >= LINES + 2
    assert "more team" in texts[2]
