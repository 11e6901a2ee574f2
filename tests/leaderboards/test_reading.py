"""Every form of the file is read as it is, or refused with what is wrong in which row."""

import csv
import io
import itertools
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.board import Board, Entry, Kind, Order
from leaderboards.errors import BoardRefused, LeaderboardError
from leaderboards.reading import read_board, read_file

BOARDS = Path(__file__).parents[1] / "boards"
HEADER = "Rank,TeamId,TeamName,LastSubmissionDate,Score,SubmissionCount,TeamMemberUserNames\n"
OLD_HEADER = "TeamId,TeamName,SubmissionDate,Score\n"
DATE = "2026-08-09 14:23:20"
MOMENT = datetime(2026, 8, 9, 14, 23, 20, tzinfo=UTC)


def read(*rows: str, header: str = HEADER, order: Order | None = None) -> Board:
    return read_board((header + "".join(f"{row}\n" for row in rows)).encode(), order=order)


def ranked(*scores: str) -> Board:
    return read(*(f'{n},{n},t,"{DATE}",{score},1,u' for n, score in enumerate(scores, start=1)))


def standing(board: Board) -> list[tuple[int, int, str]]:
    return [(entry.rank, entry.team_id, entry.score_text) for entry in board.entries()]


def refusal(*rows: str, header: str = HEADER, order: Order | None = None) -> str:
    with pytest.raises(BoardRefused) as caught:
        read(*rows, header=header, order=order)
    return str(caught.value)


# Today's form


def test_a_row_of_todays_form() -> None:
    board = read(f'1,16636528,"Young glacier","{DATE}",0.97110,16,"tidyforest40,sharppixel98"')
    assert list(board.entries()) == [
        Entry(
            rank=1,
            team_id=16636528,
            team_name="Young glacier",
            score=0.9711,
            score_text="0.97110",
            submissions=16,
            last_submission_at=MOMENT,
            members=("tidyforest40", "sharppixel98"),
        )
    ]
    assert not board.ranks_derived
    assert board.complete


def test_what_the_caller_knows_is_on_the_board() -> None:
    content = f"{HEADER}1,1,t,{DATE},1,1,u\n".encode()
    board = read_board(content, slug="titanic", kind=Kind.PRIVATE, taken_at=MOMENT)
    assert (board.slug, board.kind, board.taken_at) == ("titanic", Kind.PRIVATE, MOMENT)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_marks_and_line_ends_make_no_difference(mark: bytes, end: bytes, *, last: bool) -> None:
    rows = [HEADER.strip(), f'1,5,"a b","{DATE}",2.0,1,u', f"2,6,ü,{DATE},1.50,2,"]
    content = mark + end.join(row.encode() for row in rows) + (end if last else b"")
    board = read_board(content)
    assert [(e.team_name, e.score_text, e.members) for e in board.entries()] == [
        ("a b", "2.0", ("u",)),
        ("ü", "1.50", ()),
    ]


def test_header_names_are_compared_without_case_and_in_any_order() -> None:
    header = "SCORE,teamname,TeamID,rank,lastsubmissiondate,Extra\n"
    entry = next(read(f"0.50,x,7,1,{DATE},ignored", header=header).entries())
    assert (entry.rank, entry.team_id, entry.team_name, entry.score_text) == (1, 7, "x", "0.50")
    assert (entry.submissions, entry.members) == (None, ())


def test_ranks_rule_whatever_the_order_of_rows() -> None:
    board = read(f"3,7,c,{DATE},1,1,", f"1,9,a,{DATE},3,1,", f"2,8,b,{DATE},2,1,")
    assert standing(board) == [(1, 9, "3"), (2, 8, "2"), (3, 7, "1")]


def test_ranks_may_have_holes() -> None:
    assert [e.rank for e in read(f"1,1,a,{DATE},3,1,", f"4,2,b,{DATE},2,1,").entries()] == [1, 4]


def test_benchmarks_stand_apart_at_their_place() -> None:
    board = read(
        f"0,91,Perfect,{DATE},1.0,1,",
        f"1,1,a,{DATE},0.9,1,u1",
        f"2,2,b,{DATE},0.8,1,u2",
        f"0,92,Sample Submission Benchmark,{DATE},0.5,1,",
        f"3,3,c,{DATE},0.4,1,u3",
        f"0,93,All Zeros,{DATE},0.0,1,host",
    )
    assert len(board.teams) == 3
    assert board.teams_above.tolist() == [0, 2, 3]
    assert [e.team_id for e in board.entries()] == [91, 1, 2, 92, 3, 93]
    assert board.benchmarks.entry(2).members == ("host",)


def test_blank_dates_and_counts_are_unknown() -> None:
    entry = next(read("1,1,a,,0.9,,u").entries())
    assert (entry.last_submission_at, entry.submissions) == (None, None)


def test_blank_rows_are_none() -> None:
    board = read("", f"1,1,a,{DATE},0.9,1,u", ",,,,,,", f"2,2,b,{DATE},0.8,1,u", "", "")
    assert len(board.teams) == 2


# Names


@pytest.mark.parametrize(
    "name",
    [
        "NaN",
        "nan",
        "null",
        "NULL",
        "NA",
        "N/A",
        "None",
        "001",
        "1e5",
        "True",
        "+1",
        "-x",
        "=SUM(A1)",
        " outer blanks ",
        "\t",
        'a "quoted" name',
        '"',
        "a, b",
        "two\nlines",
        "two\r\nlines",
        "carriage\rreturn",
        "@everyone **bold** https://example.com",
        "\u202eright to left \u200b zero width",
        "bell \x07 and \x1a",
        "👩‍🚀 שלום",
        "",
        "[Deleted] 0d5c",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_names_stay_as_they_are(name: str, end: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    rows = HEADER.replace("\n", end) + f"1,1,{quoted},{DATE},1,1,u{end}2,2,last,{DATE},0,1,v{end}"
    assert read_board(rows.encode()).teams.team_name == [name, "last"]


@pytest.mark.parametrize(
    "name", ["NaN", "null", "001", " x ", "-", "=", "a\rb", 'a"b', "\x85\u2028"]
)
def test_names_without_quotes_stay_as_they_are(name: str) -> None:
    assert read(f"1,1,{name},{DATE},1,1,u").teams.team_name == [name]


def needs_quotes(value: str) -> bool:
    return any(character in value for character in ' ,"\n\r')


def kaggle_style(rows: list[list[str]]) -> bytes:
    """Quote what holds a blank, comma, quote or line end, as Kaggle does."""
    lines = (
        ",".join(
            '"' + value.replace('"', '""') + '"' if needs_quotes(value) else value for value in row
        )
        for row in rows
    )
    return b"\xef\xbb\xbf" + (HEADER + "".join(f"{line}\n" for line in lines)).encode()


def module_style(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    buffer.write(HEADER.replace("\n", "\r\n"))
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


# Surrogates are no UTF-8, and a NUL is no CSV text: such a file is refused (below).
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@given(
    st.lists(NAMES | st.sampled_from(["NaN", "null", "NA", "001", " ", '"', "\r\n"]), min_size=1)
)
def test_writing_and_reading_agree_for_any_names(names: list[str]) -> None:
    rows = [
        [str(rank), str(1000 - rank), name, DATE, str(-rank), "1", f"u{rank}"]
        for rank, name in enumerate(names, start=1)
    ]
    for content in (kaggle_style(rows), module_style(rows)):
        board = read_board(content)
        assert board.teams.team_name == names
        assert board.teams.team_id.tolist() == [1000 - rank for rank in range(1, len(names) + 1)]


# Scores and their order


@pytest.mark.parametrize(
    ("scores", "order"),
    [
        (["3", "2", "1"], Order.HIGHER),
        (["1", "2", "3"], Order.LOWER),
        (["-1.5", "-1.50", "-2"], Order.HIGHER),
        (["1e-9", "1000000000.5"], Order.LOWER),
        (["5", "4", "4.5", "3", "2"], Order.HIGHER),  # one stands wrong
        (["0.5"], None),
        (["0.50", "0.5", "0.500"], None),
    ],
)
def test_the_order_is_learned_from_the_ranks(scores: list[str], order: Order | None) -> None:
    board = ranked(*scores)
    assert board.order == order
    assert board.teams.score.tolist() == [float(score) for score in scores]
    assert board.teams.score_text == scores


def test_a_given_order_counts_where_ranks_tell_nothing() -> None:
    row = f"1,1,a,{DATE},0.5,1,u"
    assert read(row, order=Order.LOWER).order is Order.LOWER
    assert read(row, f"2,2,b,{DATE},0.4,1,u", order=Order.LOWER).order is Order.HIGHER


# Four columns, one row a team


def test_a_best_first_file_keeps_its_order_among_equal_scores() -> None:
    rows = ["9,a,2017-06-29 23:55:46,0.5", "8,b,2017-06-29 23:44:51,0.50", "7,c,2017-01-01,0.7"]
    board = read(*rows, header=OLD_HEADER)
    assert standing(board) == [(1, 9, "0.5"), (2, 8, "0.50"), (3, 7, "0.7")]
    assert board.order is Order.LOWER
    assert board.ranks_derived


def test_a_file_in_the_order_of_team_ids_needs_to_be_told() -> None:
    rows = [
        f"1,a,{DATE},0.5",
        "2,b,2026-08-02 00:00:00,0.9",
        "3,c,2026-08-01 00:00:00,0.90",
        f"4,d,{DATE},0.7",
    ]
    assert refusal(*rows, header=OLD_HEADER).endswith("Give --order higher or --order lower.")
    higher = read(*rows, header=OLD_HEADER, order=Order.HIGHER)
    assert standing(higher) == [(1, 3, "0.90"), (2, 2, "0.9"), (3, 4, "0.7"), (4, 1, "0.5")]
    lower = read(*rows, header=OLD_HEADER, order=Order.LOWER)
    assert standing(lower) == [(1, 1, "0.5"), (2, 4, "0.7"), (3, 3, "0.90"), (4, 2, "0.9")]
    assert (higher.order, lower.order) == (Order.HIGHER, Order.LOWER)


def test_the_person_is_believed_over_the_order_of_a_file_without_ranks() -> None:
    rows = [f"1,a,{DATE},0.5", f"2,b,{DATE},0.9"]
    assert read(*rows, header=OLD_HEADER).order is Order.LOWER
    assert standing(read(*rows, header=OLD_HEADER, order=Order.HIGHER))[0] == (1, 2, "0.9")


def test_equal_scores_tell_no_order() -> None:
    rows = [f"2,a,{DATE},0.5", f"1,b,{DATE},0.50"]
    assert "--order higher or --order lower" in refusal(*rows, header=OLD_HEADER)
    assert standing(read(*rows, header=OLD_HEADER, order=Order.LOWER))[0] == (1, 2, "0.5")


def test_a_single_team_needs_no_order() -> None:
    board = read(f"1,a,{DATE},0.5", header=OLD_HEADER)
    assert (board.order, standing(board)) == (None, [(1, 1, "0.5")])


# Score history

HISTORY = [
    "5,first name,2012-10-02 04:43:58,0.7",
    "6,other,2012-10-02 05:00:00,0.80",
    "7,third,2012-10-04 00:00:00,0.8",
    "5,new name,2012-10-03 00:29:19,0.8",
]


def test_a_score_history_gives_each_teams_best_the_earlier_first() -> None:
    for rows in (HISTORY, HISTORY[::-1]):
        board = read(*rows, header=OLD_HEADER)
        assert standing(board) == [(1, 6, "0.80"), (2, 5, "0.8"), (3, 7, "0.8")]
        assert board.teams.team_name == ["other", "new name", "third"]
        assert board.order is Order.HIGHER
        assert board.ranks_derived
        assert board.teams.entry(0).submissions is None


def test_a_team_stands_where_it_first_had_its_best_score() -> None:
    rows = [
        "1,a,2020-01-01 00:00:00,0.9",
        "1,a,2020-01-03 00:00:00,0.5",
        "1,a,2020-01-05 00:00:00,0.5",
        "2,b,2020-01-04 00:00:00,0.50",
        "3,c,,0.5",
    ]
    board = read(*rows, header=OLD_HEADER)
    assert board.order is Order.LOWER
    assert [e.team_id for e in board.entries()] == [1, 2, 3]
    assert board.teams.entry(0).last_submission_at == datetime(2020, 1, 5, tzinfo=UTC)


def test_a_score_history_without_improvement_needs_to_be_told() -> None:
    rows = [f"1,a,{DATE},0.5", f"1,a,{DATE},0.5", f"2,b,{DATE},0.7"]
    assert "--order higher or --order lower" in refusal(*rows, header=OLD_HEADER)
    board = read(*rows, header=OLD_HEADER, order=Order.HIGHER)
    assert standing(board) == [(1, 2, "0.7"), (2, 1, "0.5")]


# Older and other forms


def test_the_form_of_2011() -> None:
    header = "TeamId, TeamName, SubmissionDate, Score\n"
    rows = [
        '5085, "All 1\'s, ""Benchmark""", 6/28/2011 2:41:39 PM, 0.51',
        "5086,  leading blank, 9/30/2011 9:54:58 PM, 0.62",
        "5087, , 12/1/2011 12:00:00 AM, 0.7",
    ]
    board = read(*rows, header=header)
    assert board.teams.team_name == ['All 1\'s, "Benchmark"', " leading blank", ""]
    assert board.teams.score_text == ["0.51", "0.62", "0.7"]
    assert [e.last_submission_at for e in board.entries()] == [
        datetime(2011, 6, 28, 14, 41, 39, tzinfo=UTC),
        datetime(2011, 9, 30, 21, 54, 58, tzinfo=UTC),
        datetime(2011, 12, 1, 0, 0, tzinfo=UTC),
    ]


def test_a_header_with_blanks_over_rows_without() -> None:
    header = "TeamId, TeamName, SubmissionDate, Score\n"
    board = read('5085,"All 1\'s Benchmark",6/28/2011 2:41:39 PM,1.513011', header=header)
    assert board.teams.team_name == ["All 1's Benchmark"]


def test_a_hand_saved_copy_with_tabs() -> None:
    text = (
        "Rank\tTeamId\tTeamName\tSubmissionDate\tScore\r\n1\t5\tCafé, “x”\t9/30/2011 21:54\t0.5\r\n"
    )
    for encoding in ("cp1252", "utf-8", "utf-8-sig"):
        entry = next(read_board(text.encode(encoding)).entries())
        assert entry.team_name == "Café, “x”"
        assert entry.last_submission_at == datetime(2011, 9, 30, 21, 54, tzinfo=UTC)


def test_a_page_shown_by_the_cli() -> None:
    text = (
        "Next Page Token = CAESABC\nteamId,teamName,submissionDate,score\r\n"
        '7,a,2026-08-09 14:23:20.123000,0.97\r\n6,"b, c",2026-08-09 14:23:21,0.96\r\n'
    )
    board = read_board(text.encode())
    assert standing(board) == [(1, 7, "0.97"), (2, 6, "0.96")]
    assert board.teams.entry(0).last_submission_at == MOMENT
    assert (board.complete, board.ranks_derived, board.order) == (False, True, Order.HIGHER)


def test_the_last_page_shown_by_the_cli() -> None:
    text = (
        "Using competition: titanic\nteamId,teamName,submissionDate,score\r\n7,a,2026-08-09,1\r\n"
    )
    assert read_board(text.encode()).complete


def test_rows_are_counted_as_a_person_counts_them() -> None:
    text = "Next Page Token = x\n" + OLD_HEADER + f"1,a,{DATE},0.5\n\n2,b,{DATE},bad\n"
    with pytest.raises(BoardRefused, match=r"^Row 5: "):
        read_board(text.encode())


# Refusals

GOOD = f"1,1,a,{DATE},0.9,1,u"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"2,2,b,{DATE},abc,1,u", "Row 3: the score 'abc' is no number."),
        (f"2,2,b,{DATE},,1,u", "Row 3: the score '' is no number."),
        (f"2,2,b,{DATE},nan,1,u", "Row 3: the score 'nan' is no number."),
        (f"2,2,b,{DATE},-inf,1,u", "Row 3: the score '-inf' is no number."),
        (f"2,2,b,{DATE},1e999,1,u", "Row 3: the score '1e999' is no number."),
        (f"2,2,b,{DATE},1_0,1,u", "Row 3: the score '1_0' is no number."),
        (f"2,2,b,{DATE},٣,1,u", "Row 3: the score '٣' is no number."),
        (f"2,2,b,{DATE},1-2,1,u", "Row 3: the score '1-2' is no number."),
        (f"2,x,b,{DATE},0.5,1,u", "Row 3: teamid 'x' is no whole number."),
        (f"2,,b,{DATE},0.5,1,u", "Row 3: teamid '' is no whole number."),
        (f"2,0,b,{DATE},0.5,1,u", "Row 3: teamid 0 is less than 1."),
        (f"2,{2**63},b,{DATE},0.5,1,u", f"Row 3: teamid '{2**63}' is no whole number."),
        (f"2,1,b,{DATE},0.5,1,u", "Row 3: team 1 stands on the board twice."),
        (f"0,1,b,{DATE},0.5,1,u", "Row 3: team 1 stands on the board twice."),
        (f"1,2,b,{DATE},0.5,1,u", "Row 3: rank 1 was already given to another team."),
        (f"-1,2,b,{DATE},0.5,1,u", "Row 3: rank -1 is less than 0."),
        (f"1.5,2,b,{DATE},0.5,1,u", "Row 3: rank '1.5' is no whole number."),
        (f"2,2,b,{DATE},0.5,x,u", "Row 3: submissioncount 'x' is no whole number."),
        (f"2,2,b,{DATE},0.5,-1,u", "Row 3: submissioncount -1 is less than 0."),
        ("2,2,b,2026-02-30 00:00:00,0.5,1,u", "Row 3: '2026-02-30 00:00:00' is no date."),
        ("2,2,b,2026-02-03 24:00:00,0.5,1,u", "Row 3: '2026-02-03 24:00:00' is no date."),
        ("2,2,b,0001-01-01 00:00:00,0.5,1,u", "Row 3: '0001-01-01 00:00:00' is no date."),
        ("2,2,b,1969-12-31,0.5,1,u", "Row 3: '1969-12-31' is no date."),
        ("2,2,b,yesterday,0.5,1,u", "Row 3: 'yesterday' is no date."),
        ("2,2,b,2026/08/09 14:23:20,0.5,1,u", "Row 3: '2026/08/09 14:23:20' is no date."),
        (f"2,2,b,{DATE},0.5,1", "Row 3: there are 6 fields, where the header names 7."),
        ("2,2,b", "Row 3: there are 3 fields, where the header names 7."),
        (f"2,2,b,{DATE},0.5,1,u,v", "Row 3: there are more than the 7 fields of the header."),
        (f"2,2,b,{DATE},0.5,1,u,v,w", "Row 3: there are 9 fields, where the header names 7."),
        (f'2,2,"b,{DATE},0.5,1,u', "Row 3: there are 3 fields, where the header names 7."),
        (f'2,2,b,{DATE},0.5,1,"u', "Row 3: a quotation mark is never closed."),
        (f"2,2,b\0,{DATE},0.5,1,u", "Row 3: there is a NUL byte, so this is no CSV text."),
    ],
)
def test_a_wrong_row_is_named(row: str, reason: str) -> None:
    assert refusal(GOOD, row) == reason


def test_a_wrong_first_row_is_named() -> None:
    assert refusal(f"{GOOD},v,w") == "Row 2: there are 9 fields, where the header names 7."
    assert refusal(f"{GOOD},v", GOOD) == "Row 2: there are more than the 7 fields of the header."


def test_a_quote_that_swallows_the_rest_of_a_long_file() -> None:
    rows = [f"{n},{n},b,{DATE},0.5,1,u" for n in range(3, 9000)]
    reason = refusal(GOOD, f'2,2,"b,{DATE},0.5,1,u', *rows)
    assert reason.startswith("Row 3: this is no CSV: field larger than field limit")


def test_a_row_after_a_name_of_two_lines_keeps_its_number() -> None:
    row = f'1,1,"two\nlines,\n",{DATE},0.9,1,'
    assert len(read(row).teams) == 1
    assert refusal(row, f"2,2,b,{DATE},x,1,u").startswith("Row 3: ")


def test_one_delimiter_too_many_at_the_end_does_no_harm() -> None:
    assert len(read(GOOD, f"2,2,b,{DATE},0.5,1,,").teams) == 2


@pytest.mark.parametrize(
    "content", [HEADER, HEADER.strip(), HEADER + "\n\n", HEADER + ",,,,,,\n", OLD_HEADER]
)
def test_an_empty_board_is_refused(content: str) -> None:
    with pytest.raises(BoardRefused, match=r"^The board has no teams\.$"):
        read_board(content.encode())


def test_benchmarks_alone_are_no_board() -> None:
    assert refusal(f"0,1,a,{DATE},0.9,1,u") == "The board has no teams."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"Next Page Token = x\n", "The file is empty."),
        (b"<!doctype html><p>", "This is a web page, not a leaderboard."),
        (b"PassengerId,Survived\n1,0\n", "Row 1: this is no leaderboard. Its header must name"),
        (b"\n" * 21 + HEADER.encode(), "Row 21: this is no leaderboard."),
        (b"No results found\n", "Row 1: this is no leaderboard."),
        (b"a\rb\n1,2\n", "Row 1: this is no leaderboard."),
        (
            b"TeamId,TeamName,Score,score,SubmissionDate\n",
            "Row 1: the header names a column twice.",
        ),
        (b"TeamId,TeamName,Score\n1,a,1\n", "Row 1: the header names neither LastSubmissionDate"),
        (HEADER.encode() + b"1,1,caf\xe9,,1,1,u\n", "Row 2: there are bytes that are not UTF-8."),
        (
            b"TeamId\tTeamName\tScore\tSubmissionDate\n\x81\n",
            "Row 2: there are bytes that are not UTF-8.",
        ),
        (HEADER.encode("utf-16"), "Row 1: there is a NUL byte"),
    ],
)
def test_what_is_no_leaderboard(content: bytes, reason: str) -> None:
    with pytest.raises(BoardRefused, match="^" + re.escape(reason)):
        read_board(content)


# Files


def test_the_name_of_a_bare_csv_tells_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "titanic-privateleaderboard-2026-08-09T17-27-46.csv"
    path.write_text(HEADER + GOOD)
    board = read_file(path)
    assert (board.slug, board.kind) == ("titanic", Kind.PRIVATE)
    assert board.taken_at == datetime(2026, 8, 9, 17, 27, 46, tzinfo=UTC)


def test_a_zip_is_known_by_its_bytes_or_its_name(tmp_path: Path) -> None:
    path = tmp_path / "saved"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("titanic-publicleaderboard.csv", HEADER + GOOD)
    assert read_file(path).slug == "titanic"
    page = tmp_path / "titanic.zip"
    page.write_text("<html>")
    with pytest.raises(LeaderboardError, match="web page"):
        read_file(page)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(
        BoardRefused, match=r"none\.csv cannot be read: No such file or directory\."
    ):
        read_file(tmp_path / "none.csv")


def test_a_file_larger_than_any_board(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(BoardRefused, match=r"^big\.csv is larger than a leaderboard can be\.$"):
        read_file(path)


def test_an_order_that_the_file_contradicts_is_not_swallowed() -> None:
    path = BOARDS / "titanic-2016-score-history.zip"
    assert read_file(path, order=Order.HIGHER).order is Order.HIGHER
    with pytest.raises(BoardRefused, match="higher score is the better one, which --order lower"):
        read_file(path, order=Order.LOWER)


# Real boards, against the csv module


REAL = sorted(BOARDS.glob("*.zip"))
ORDERS = {"sberbank-russian-housing-market.zip": Order.LOWER}


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_board_is_what_the_csv_module_reads(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    board = read_file(path)
    entries = list(board.entries())
    assert board.order is ORDERS.get(path.name, Order.HIGHER)

    if "Rank" in rows[0]:
        assert len(board.teams) == sum(row["Rank"] != "0" for row in rows)
        assert len(board.benchmarks) == sum(row["Rank"] == "0" for row in rows)
        assert [
            (
                str(entry.rank),
                str(entry.team_id),
                entry.team_name,
                f"{entry.last_submission_at:%Y-%m-%d %H:%M:%S}",
                entry.score_text,
                str(entry.submissions),
                ",".join(entry.members),
            )
            for entry in entries
        ] == [tuple(row.values()) for row in rows]
        return

    assert board.ranks_derived
    assert not len(board.benchmarks)
    sign = 1 if board.order is Order.LOWER else -1
    best: dict[str, tuple[float, str]] = {}
    latest: dict[str, dict[str, str]] = {}
    for row in rows:
        score = (sign * float(row["Score"]), row["SubmissionDate"])
        best[row["TeamId"]] = min(best.get(row["TeamId"], score), score)
        latest[row["TeamId"]] = row
    assert len(entries) == len(best)
    assert [entry.rank for entry in entries] == list(range(1, len(entries) + 1))
    assert {str(e.team_id): e.team_name for e in entries} == {
        team_id: row["TeamName"] for team_id, row in latest.items()
    }
    if len(best) == len(rows):
        assert [str(entry.team_id) for entry in entries] == [row["TeamId"] for row in rows]
    else:
        by_best = [best[str(entry.team_id)] for entry in entries]
        assert all(a <= b for a, b in itertools.pairwise(by_best))


def test_the_real_boards_have_the_names_that_break_readers() -> None:
    names = read_file(BOARDS / "titanic.zip").teams.team_name
    assert any("," in name for name in names)
    assert any(name != name.strip() for name in names)
    assert any(not name.isascii() for name in names)


# Anything at all


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([f"1,1e400,t,{DATE},1,1,u"], "teamid '1e400' is no whole number"),
        ([f"1,1,t,{DATE},1,-inf,u"], "submissioncount '-inf' is no whole number"),
        ([f'1,1,t,{DATE},1,0,"u', f'1,1,t,{DATE},1,0,"u,v"'], "more than the 7 fields"),
    ],
)
def test_what_pandas_would_warn_of_is_refused_without_a_line_in_the_log(
    rows: list[str], why: str
) -> None:
    assert why in refusal(*rows)


CELLS = st.sampled_from(
    ["1", "2", "0", "-1", "x", "", " ", '"', '"a"', '"a,\nb"', "NaN", "0.5", DATE, "\r", "\0", "é"]
)


@settings(max_examples=200)
@given(
    st.sampled_from([HEADER, OLD_HEADER, "Next Page Token = x\n" + OLD_HEADER, HEADER[:-30], ""]),
    st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([None, Order.HIGHER]),
)
def test_any_rows_are_a_board_or_refused(
    header: str, rows: list[str], end: str, order: Order | None
) -> None:
    content = (header + end.join(rows)).encode()
    try:
        board = read_board(content, order=order)
    except LeaderboardError:
        return
    assert len(list(board.entries())) == len(board.teams) + len(board.benchmarks) > 0


@given(st.binary(max_size=300), st.sampled_from([b"", HEADER.encode(), OLD_HEADER.encode()]))
def test_any_bytes_are_a_board_or_refused(data: bytes, header: bytes) -> None:
    try:
        board = read_board(header + data)
    except LeaderboardError:
        return
    assert len(board.teams)
