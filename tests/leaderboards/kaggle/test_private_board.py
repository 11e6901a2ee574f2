"""The private board as pages of Kaggle's, told from the public one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from leaderboards.board import Board, BoardKind
from leaderboards.errors import BoardRefused, InconsistentPages, UnconfirmedBoard
from leaderboards.kaggle.pages import BoardPage, LoadPage, Row
from leaderboards.kaggle.private_board import (
    build_private_board,
    compute_checksum,
    differs_mostly,
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
    """Return one board at each reading, two rows a page."""
    each = iter(readings)
    now: tuple[Row, ...] = ()

    async def get(token: str | None) -> BoardPage:
        nonlocal now
        now = next(each) if token is None else now
        first = int(token or 0)
        return BoardPage(now[first : first + 2], str(first + 2) if first + 2 < len(now) else None)

    return get


def test_equal_scores_mean_the_public_board() -> None:
    shown = rows((1, "0.90"), (2, "0.8"), (3, "0.70"), (4, "0.61"))
    assert not differs_mostly(shown, public())
    assert differs_mostly(PRIVATE, public())
    assert not differs_mostly((), public())
    assert not differs_mostly(rows((77, "0.1")), public())


async def test_public_board_is_recognised_on_all_its_pages() -> None:
    shown = rows((1, "0.90"), (2, "0.8"), (9, "0.75"), (3, "0.7"), (4, "0.6"))
    assert await load_private(reading(shown), public()) is None
    assert await load_private(reading(shown[:3]), public()) is None
    assert await load_private(reading(()), public()) is None


def many(count: int, score: Callable[[int], str]) -> Board:
    return board(*(entry(n, n, score(n)) for n in range(1, count + 1)))


def paged(shown: Sequence[Row], size: int = 200) -> LoadPage:
    """Return the same board at each reading."""

    async def get(token: str | None) -> BoardPage:
        first = int(token or 0)
        more = str(first + size) if first + size < len(shown) else None
        return BoardPage(tuple(shown[first : first + size]), more)

    return get


def full_score_at_the_top(n: int) -> str:
    return "1.0" if n <= 450 else f"{1 - n / 10_000:.4f}"


def only_the_last_differ(n: int) -> str:
    return "1.0" if n <= 450 else f"{0.9 - n / 10_000:.4f}"


@pytest.mark.parametrize(
    ("public_board", "shown"),
    [
        pytest.param(
            many(900, full_score_at_the_top),
            rows(*((n, only_the_last_differ(n)) for n in range(1, 901))),
            id="hundreds equal at the top",
        ),
        pytest.param(
            many(900, full_score_at_the_top),
            rows(*((n, "1.0") for n in range(1, 451)), *((n, "0.5") for n in range(900, 450, -1))),
            id="coarse scores",
        ),
        pytest.param(
            many(300, lambda n: f"{1 - n // 10 / 100:.2f}"),
            rows(*((n, f"{1 - n // 10 / 100:.2f}") for n in range(1, 300)), (300, "0.69")),
            id="most equal",
        ),
        pytest.param(many(3, lambda n: str(-n)), rows((1, "-1"), (2, "-2"), (3, "-2.5")), id="few"),
    ],
)
async def test_private_board_that_differs_little_is_confirmed_by_a_later_look(
    public_board: Board, shown: tuple[Row, ...]
) -> None:
    with pytest.raises(UnconfirmedBoard) as raised:
        await load_private(paged(shown), public_board)
    seen = {raised.value.checksum}
    assert await load_private(paged(shown), public_board, seen=seen) == list(shown)
    moved = (*shown[:-1], Row(shown[-1].team_id, "moved on", START, "-9"))
    with pytest.raises(UnconfirmedBoard):
        await load_private(paged(moved), public_board, seen=seen)


async def test_board_with_private_scores_on_all_pages_needs_no_later_look() -> None:
    shown = rows(*((n, f"{0.5 - n / 10_000:.4f}") for n in range(900, 0, -1)))[::-1]
    assert await load_private(paged(shown), many(900, full_score_at_the_top)) == list(shown)


GAPS = {
    "a page is left out": lambda shown: [*shown[:200], *shown[400:]],
    "the end is missing": lambda shown: shown[:600],
    "only the first page": lambda shown: shown[:200],
    "most scores are missing": lambda shown: [
        row if n < 400 else replace(row, score_text="") for n, row in enumerate(shown)
    ],
    "pages of two boards": lambda shown: [
        *shown[:200],
        *(replace(row, score_text=full_score_at_the_top(row.team_id)) for row in shown[200:400]),
        *shown[400:],
    ],
}


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
async def test_pages_that_leave_gaps_are_incomplete_however_often(
    gap: Callable[[Sequence[Row]], Sequence[Row]],
) -> None:
    public_board = many(900, full_score_at_the_top)
    shown = rows(*((n, f"{0.5 - n / 10_000:.4f}") for n in range(1, 901)))
    with pytest.raises(InconsistentPages, match=r"incomplete|order of its scores"):
        await load_private(paged(gap(shown)), public_board)


async def test_short_page_before_the_last_is_a_gap() -> None:
    shown = rows(*((n, f"{0.5 - n / 10_000:.4f}") for n in range(1, 901)))

    async def get(token: str | None) -> BoardPage:
        page = int(token or 0)
        found = shown[page * 200 : (page + 1) * 200]
        return BoardPage(found[:150] if page == 2 else found, str(page + 1) if page < 4 else None)

    with pytest.raises(InconsistentPages, match="50 of 900 teams are missing"):
        await load_private(get, many(900, full_score_at_the_top))


async def test_missing_values_are_no_private_scores() -> None:
    public_board = many(300, lambda n: f"{1 - n / 1000:.3f}")
    shown = rows(*((n, f"{1 - n / 1000:.3f}" if n < 100 else "") for n in range(1, 301)))
    assert await load_private(paged(shown), public_board) is None


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


def test_checksum_depends_on_teams_and_scores() -> None:
    assert compute_checksum(PRIVATE) == compute_checksum(list(PRIVATE))
    assert compute_checksum(PRIVATE) != compute_checksum(PRIVATE[:4])
