"""The private board as pages of Kaggle's, told from the public one."""

import pytest

from leaderboards.board import Board, BoardKind
from leaderboards.errors import BoardRefused, InconsistentPages
from leaderboards.kaggle.pages import LoadPage, Page, Row
from leaderboards.kaggle.private_board import (
    build_private_board,
    fingerprint,
    is_private,
    load_private,
)
from tests.leaderboards.boards import START, board, entry

SCORES = ["0.9", "0.8", "0.7", "0.6"]


def rows(*scores: tuple[int, str]) -> tuple[Row, ...]:
    return tuple(Row(team_id, f"team {team_id}", START, score) for team_id, score in scores)


def public() -> Board:
    teams = [entry(n, n, score) for n, score in enumerate(SCORES, 1)]
    return board(*teams, benchmarks=((1, entry(0, 9, "0.85")),))


PRIVATE = rows((2, "0.71"), (1, "0.70"), (9, "0.69"), (4, "0.61"), (3, "0.60"))


def reading(*readings: tuple[Row, ...]) -> LoadPage:
    """Give one board at each reading, two rows a page."""
    each = iter(readings)
    now: tuple[Row, ...] = ()

    async def get(token: str | None) -> Page:
        nonlocal now
        now = next(each) if token is None else now
        first = int(token or 0)
        return Page(now[first : first + 2], str(first + 2) if first + 2 < len(now) else None)

    return get


def test_equal_scores_mean_the_public_board() -> None:
    shown = rows((1, "0.90"), (2, "0.8"), (3, "0.70"), (4, "0.61"))
    assert not is_private(shown, public())
    assert is_private(PRIVATE, public())
    assert not is_private((), public())
    assert not is_private(rows((77, "0.1")), public())


async def test_public_board_is_recognised_by_its_first_page() -> None:
    asked = []

    async def get(token: str | None) -> Page:
        asked.append(token)
        return Page(rows((1, "0.9"), (2, "0.8")), "more")

    assert await load_private(get, public()) is None
    assert asked == [None]


async def test_private_board_has_ranks_members_and_benchmarks() -> None:
    read = await load_private(reading(PRIVATE), public())
    assert read is not None
    private = build_private_board(read, public(), START)
    assert private.kind is BoardKind.PRIVATE
    assert [(e.rank, e.team_id, e.members) for e in private.entries()] == [
        (1, 2, ("user2",)),
        (2, 1, ("user1",)),
        (0, 9, ()),
        (3, 4, ("user4",)),
        (4, 3, ("user3",)),
    ]


async def test_board_that_changes_between_pages_is_loaded_again() -> None:
    # Team 4 climbs from the last page to the first while the second is read: 1 stands twice.
    moved = (*PRIVATE[:2], PRIVATE[1], *PRIVATE[2:3], PRIVATE[4])
    assert await load_private(reading(moved, PRIVATE), public()) == list(PRIVATE)


async def test_team_missed_between_pages_is_detected() -> None:
    assert await load_private(reading(PRIVATE[:4], PRIVATE), public()) == list(PRIVATE)


async def test_team_removed_by_the_host_must_be_missing_twice() -> None:
    assert await load_private(reading(PRIVATE[:4], PRIVATE[:4]), public()) == list(PRIVATE[:4])


async def test_board_that_changes_at_every_attempt_is_refused() -> None:
    def missing(n: int) -> tuple[Row, ...]:
        return PRIVATE[:n] + PRIVATE[n + 1 :]

    with pytest.raises(InconsistentPages):
        await load_private(reading(*map(missing, (0, 1, 3, 4, 0))), public())


def test_teams_without_a_private_score_are_left_out() -> None:
    private = build_private_board((*PRIVATE[:3], *rows((4, ""), (3, ""))), public(), START)
    assert private.teams.team_id.tolist() == [2, 1]


def test_team_missing_on_the_public_board_has_no_members() -> None:
    private = build_private_board(rows((5, "0.5"), (1, "0.4")), public(), START)
    stranger = private.teams.entry(0)
    assert (stranger.rank, stranger.members, stranger.submissions) == (1, (), None)


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (rows((1, "")), "no scores"),
        (rows((9, "0.1")), "no teams"),
        (rows((1, "many")), "'many' of team 1 is no number"),
        (rows((1, "nan")), "is no number"),
    ],
)
def test_pages_without_a_valid_board_are_refused(shown: tuple[Row, ...], reason: str) -> None:
    with pytest.raises(BoardRefused, match=reason):
        build_private_board(shown, public(), START)


def test_fingerprint_depends_on_teams_and_scores() -> None:
    assert fingerprint(PRIVATE) == fingerprint(list(PRIVATE))
    assert fingerprint(PRIVATE) != fingerprint(PRIVATE[:4])
