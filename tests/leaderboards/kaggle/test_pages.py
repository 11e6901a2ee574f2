import json

import pytest

from leaderboards.errors import BoardRefused, InconsistentPages, KaggleFailed
from leaderboards.kaggle.pages import BoardPage, LoadPage, Row, load_pages, parse_page

ROW = {"teamId": 7, "teamName": "A\n[", "submissionDate": "2026-08-09T14:23:20", "score": "0.50"}


def rows(*team_ids: int) -> tuple[Row, ...]:
    return tuple(Row(team_id, f"team {team_id}", None, "0.5") for team_id in team_ids)


def page_loader(pages: dict[str | None, BoardPage]) -> LoadPage:
    async def get(token: str | None) -> BoardPage:
        return pages[token]

    return get


def test_parse_page() -> None:
    printed = f"Warning: old\nNext Page Token = ab=/c\n{json.dumps([ROW], indent=2)}\nbye\n"
    page = parse_page(printed)
    assert page.next_token == "ab=/c"
    (row,) = page.rows
    assert (row.team_id, row.team_name, row.score_text) == (7, "A\n[", "0.50")
    assert row.submitted_at is not None
    assert row.submitted_at.isoformat() == "2026-08-09T14:23:20+00:00"


def test_parse_page_accepts_missing_score_and_date() -> None:
    (row,) = parse_page(json.dumps([ROW | {"score": None, "submissionDate": None}])).rows
    assert (row.score_text, row.submitted_at) == ("", None)


def test_parse_page_accepts_no_results() -> None:
    assert parse_page("No results found\n") == BoardPage((), None)


@pytest.mark.parametrize("printed", ["", "<html>", "[", "[3]", '[{"teamId": "x"}]'])
def test_output_that_is_no_page_raises(printed: str) -> None:
    with pytest.raises(KaggleFailed, match="not understood"):
        parse_page(printed)


async def test_load_pages_follows_the_tokens() -> None:
    get = page_loader({None: BoardPage(rows(3, 1), "a"), "a": BoardPage(rows(2), None)})
    assert [page.rows for page in await load_pages(get)] == [rows(3, 1), rows(2)]


async def test_load_pages_refuses_a_team_on_two_pages() -> None:
    get = page_loader({None: BoardPage(rows(3, 1), "a"), "a": BoardPage(rows(1, 2), None)})
    with pytest.raises(InconsistentPages):
        await load_pages(get)


async def test_load_pages_refuses_endless_pages() -> None:
    get = page_loader({None: BoardPage(rows(1), "a"), "a": BoardPage(rows(2), "a")})
    with pytest.raises(BoardRefused, match="no end"):
        await load_pages(get)
