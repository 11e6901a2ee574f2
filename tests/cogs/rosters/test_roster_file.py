import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.rosters.roster_file import RosterRow, read_roster, write_csv
from leaderboards.errors import InvalidInput

EXPECTED = [RosterRow(2, "ada", "ada_k"), RosterRow(3, "bob", "bob_k")]


@pytest.mark.parametrize(
    "text",
    [
        "discord,kaggle\nada,ada_k\nbob,bob_k\n",
        "Discord;Kaggle\r\nada;ada_k\r\nbob;bob_k\r\n",
        "discord\tkaggle\nada\tada_k\nbob\tbob_k",
        "Name,Discord User,Points,Kaggle_user-name\nA,ada,3,ada_k\nB, bob ,,bob_k\n,,,\n",
        "kaggle,discord\nada_k,'ada\nbob_k,bob\n",
    ],
)
def test_forms_that_are_read(text: str) -> None:
    assert read_roster(text.encode()) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    text = "discord;kaggle\nJürgen Müller;jmueller\n"
    assert read_roster(text.encode(encoding)) == [RosterRow(2, "Jürgen Müller", "jmueller")]


def test_rows_are_numbered_as_in_the_file() -> None:
    text = '\n\ndiscord,kaggle\nada,ada_k\n\n"two\nlines",bob_k\ncarol,c\n'
    assert [row.number for row in read_roster(text.encode())] == [4, 7, 8]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n ,;\n", "The file is empty."),
        (b"discord,kaggle\n", "There is no row below the header."),
        (b"ada,ada_k\n", "The first row must name two columns"),
        (b"discord,score\nada,1\n", "The first row must name two columns"),
        (b"PK\x03\x04\0\0\0", "The file is not a text file"),
        (b"discord,kaggle\n" + b"ada,a\n" * 501, "There are 501 rows, and 500 are the limit"),
        (b"x" * 1_000_001, "1 MB is the limit"),
    ],
)
def test_other_files_are_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_roster(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    rows: list[RosterRow] = []
    with suppress(InvalidInput):
        rows = read_roster(b"discord,kaggle\n" + data)
    assert all(row.member or row.user_name for row in rows)


_CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda cell: cell != "'"
)
"""A lone apostrophe reads as an empty cell."""


@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=20))
def test_written_rows_are_read_again(rows: list[tuple[str, str]]) -> None:
    read = read_roster(write_csv(("discord", "kaggle"), rows))
    assert [(row.member, row.user_name) for row in read] == [
        tuple(cell.removeprefix("'") for cell in row) for row in rows
    ]


def test_formulas_are_written_as_text() -> None:
    data = write_csv(("team", "score"), [("=1+1", "-0.5"), ("@x", None), ("-1+1", "-1.5e-3")])
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["team", "score"],
        ["'=1+1", "-0.5"],
        ["'@x", ""],
        ["'-1+1", "-1.5e-3"],
    ]
