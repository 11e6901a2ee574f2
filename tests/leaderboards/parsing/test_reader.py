"""Every form of the file is read as it is."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leaderboards.board import BoardKind, Entry, ScoreOrder
from leaderboards.errors import BoardRefused
from leaderboards.parsing import table
from leaderboards.parsing.reader import read_board
from tests.leaderboards.csv_rows import (
    DATE,
    HEADER,
    OLD_HEADER,
    TEMPORARY,
    ranks_and_scores,
    read,
)

# Today's form


def test_current_format_is_parsed() -> None:
    board = read(f'1,16636528,"Young glacier","{DATE}",0.97110,16,"tidyforest40,sharppixel98"')
    assert list(board.entries()) == [
        Entry(
            rank=1,
            team_id=16636528,
            team_name="Young glacier",
            score=0.9711,
            score_text="0.97110",
            submissions=16,
            last_submission_at=TEMPORARY,
            members=("tidyforest40", "sharppixel98"),
        )
    ]
    assert not board.ranks_derived
    assert board.complete


def test_slug_kind_and_time_are_set_on_the_board() -> None:
    content = f"{HEADER}1,1,t,{DATE},1,1,u\n".encode()
    board = read_board(content, slug="titanic", kind=BoardKind.PRIVATE, taken_at=TEMPORARY)
    assert (board.slug, board.kind, board.taken_at) == ("titanic", BoardKind.PRIVATE, TEMPORARY)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_byte_order_mark_and_line_ends_make_no_difference(
    mark: bytes, end: bytes, *, last: bool
) -> None:
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


def test_unknown_column_is_reported_and_ignored() -> None:
    header = HEADER.strip() + ",Extra,Tier\n"
    rows = [f"{n},{n},x,{DATE},0.5,1,u,{n},gold" for n in (1, 2)]
    board = read(*rows, header=header)
    assert board.unknown_columns == ("extra", "tier")
    assert list(board.entries()) == list(read(*(row.rsplit(",", 2)[0] for row in rows)).entries())
    assert read(*rows[:0], f"1,1,x,{DATE},0.5,1,u").unknown_columns == ()


def test_teams_are_sorted_by_rank() -> None:
    board = read(f"3,7,c,{DATE},1,1,", f"1,9,a,{DATE},3,1,", f"2,8,b,{DATE},2,1,")
    assert ranks_and_scores(board) == [(1, 9, "3"), (2, 8, "2"), (3, 7, "1")]


def test_ranks_may_have_gaps() -> None:
    assert [e.rank for e in read(f"1,1,a,{DATE},3,1,", f"4,2,b,{DATE},2,1,").entries()] == [1, 4]


@pytest.mark.parametrize("rank", [" 11", "11 ", "+11", "011"])
def test_signs_zeros_and_blanks_make_no_difference_to_a_rank(rank: str) -> None:
    assert read(f"1,1,a,{DATE},0.9,1,u", f"{rank},2,b,{DATE},0.8,1,v").teams.entry(1).rank == 11


def test_benchmarks_are_separate_with_the_teams_above_counted() -> None:
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


def test_blank_rows_are_skipped() -> None:
    board = read("", f"1,1,a,{DATE},0.9,1,u", ",,,,,,", f"2,2,b,{DATE},0.8,1,u", "", "")
    assert len(board.teams) == 2


@pytest.mark.parametrize("blank_row", [",, ,,,,", "  ", " ,\t, , ,,,"])
def test_row_with_blanks_only_is_skipped(blank_row: str) -> None:
    """Also below TeamName, the only column that keeps its blanks."""
    rows = [f"1,1,a,{DATE},0.9,1,u", blank_row, f"2,2,  ,{DATE},0.8,1,u"]
    assert read(*rows).teams.team_name.tolist() == ["a", "  "]


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
def test_quoted_names_are_unchanged(name: str, end: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    rows = HEADER.replace("\n", end) + f"1,1,{quoted},{DATE},1,1,u{end}2,2,last,{DATE},0,1,v{end}"
    assert read_board(rows.encode()).teams.team_name.tolist() == [name, "last"]


@pytest.mark.parametrize(
    "name", ["NaN", "null", "001", " x ", "-", "=", "a\rb", 'a"b', "\x85\u2028"]
)
def test_unquoted_names_are_unchanged(name: str) -> None:
    assert read(f"1,1,{name},{DATE},1,1,u").teams.team_name.tolist() == [name]


def needs_quotes(value: str) -> bool:
    return any(character in value for character in ' ,"\n\r')


def quote_like_kaggle(rows: list[list[str]]) -> bytes:
    """Quote what holds a blank, comma, quote or line end, as Kaggle does."""
    lines = (
        ",".join(
            '"' + value.replace('"', '""') + '"' if needs_quotes(value) else value for value in row
        )
        for row in rows
    )
    return b"\xef\xbb\xbf" + (HEADER + "".join(f"{line}\n" for line in lines)).encode()


def quote_like_csv_module(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    buffer.write(HEADER.replace("\n", "\r\n"))
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


# Surrogates are no UTF-8, and a NUL is no CSV text: such a file is refused.
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@given(
    st.lists(NAMES | st.sampled_from(["NaN", "null", "NA", "001", " ", '"', "\r\n"]), min_size=1)
)
def test_any_names_round_trip(names: list[str]) -> None:
    rows = [
        [str(rank), str(1000 - rank), name, DATE, str(-rank), "1", f"u{rank}"]
        for rank, name in enumerate(names, start=1)
    ]
    for content in (quote_like_kaggle(rows), quote_like_csv_module(rows)):
        board = read_board(content)
        assert board.teams.team_name.tolist() == names
        assert board.teams.team_id.tolist() == [1000 - rank for rank in range(1, len(names) + 1)]


# Older and other forms


def test_format_of_2011_is_parsed() -> None:
    header = "TeamId, TeamName, SubmissionDate, Score\n"
    rows = [
        '5085, "All 1\'s, ""Benchmark""", 6/28/2011 2:41:39 PM, 0.51',
        "5086,  leading blank, 9/30/2011 9:54:58 PM, 0.62",
        "5087, , 12/1/2011 12:00:00 AM, 0.7",
    ]
    board = read(*rows, header=header)
    assert board.teams.team_name.tolist() == ['All 1\'s, "Benchmark"', " leading blank", ""]
    assert board.teams.score_text.tolist() == ["0.51", "0.62", "0.7"]
    assert [e.last_submission_at for e in board.entries()] == [
        datetime(2011, 6, 28, 14, 41, 39, tzinfo=UTC),
        datetime(2011, 9, 30, 21, 54, 58, tzinfo=UTC),
        datetime(2011, 12, 1, 0, 0, tzinfo=UTC),
    ]


def test_header_with_blanks_above_rows_without_is_parsed() -> None:
    header = "TeamId, TeamName, SubmissionDate, Score\n"
    board = read('5085,"All 1\'s Benchmark",6/28/2011 2:41:39 PM,1.513011', header=header)
    assert board.teams.team_name.tolist() == ["All 1's Benchmark"]


def test_spreadsheet_copy_with_tabs_is_parsed() -> None:
    text = (
        "Rank\tTeamId\tTeamName\tSubmissionDate\tScore\r\n1\t5\tCafé, “x”\t9/30/2011 21:54\t0.5\r\n"
    )
    for encoding in ("cp1252", "utf-8", "utf-8-sig"):
        entry = next(read_board(text.encode(encoding)).entries())
        assert entry.team_name == "Café, “x”"
        assert entry.last_submission_at == datetime(2011, 9, 30, 21, 54, tzinfo=UTC)


def test_page_printed_by_the_cli_is_parsed_as_incomplete() -> None:
    text = (
        "Next Page Token = CAESABC\nteamId,teamName,submissionDate,score\r\n"
        '7,a,2026-08-09 14:23:20.123000,0.97\r\n6,"b, c",2026-08-09 14:23:21,0.96\r\n'
    )
    board = read_board(text.encode())
    assert ranks_and_scores(board) == [(1, 7, "0.97"), (2, 6, "0.96")]
    assert board.teams.entry(0).last_submission_at == TEMPORARY
    assert (board.complete, board.ranks_derived, board.order) == (False, True, ScoreOrder.HIGHER)


def test_last_page_printed_by_the_cli_is_complete() -> None:
    text = (
        "Using competition: titanic\nteamId,teamName,submissionDate,score\r\n7,a,2026-08-09,1\r\n"
    )
    assert read_board(text.encode()).complete


def test_row_numbers_count_lines_from_one() -> None:
    text = "Next Page Token = x\n" + OLD_HEADER + f"1,a,{DATE},0.5\n\n2,b,{DATE},bad\n"
    with pytest.raises(BoardRefused, match=r"^Row 5: "):
        read_board(text.encode())


# Both ways to read a table


_HOSTILE = st.text(st.sampled_from('a1,"\r\n \t.é'), max_size=24)


def read_or_refusal(content: bytes) -> object:
    try:
        board = read_board(content)
    except BoardRefused as error:
        return str(error)
    return [*board.entries()], board.order, board.teams_above.tolist()


@given(
    st.lists(
        st.floats(allow_nan=False, allow_infinity=False).map(repr)
        | st.integers(-(10**30), 10**30).map(str)
        | st.sampled_from([".5", "1.", "+1", "-0", "007", "1E5", "0.97110"]),
        min_size=1,
    )
)
def test_scores_are_those_that_python_reads(scores: list[str]) -> None:
    rows = [f"{rank},{rank},a,{DATE},{score},1,u\n" for rank, score in enumerate(scores, start=1)]
    board = read_board((HEADER + "".join(rows)).encode())
    assert board.teams.score.tolist() == [float(score) for score in scores]
    assert board.teams.score_text.tolist() == scores


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(NAMES, st.sampled_from(["1", "0.5", "-2"]), NAMES), min_size=1),
    st.lists(st.tuples(st.integers(0, 40), _HOSTILE), max_size=2),
    st.sampled_from(["\n", "", "\r\n", "\n\n"]),
)
@example([("x", "1", "u")] * 3, [(1, ""), (2, ",")], "")
@example([("", "1", "")], [(18, ".")], "\n")
def test_typed_and_text_reading_agree(
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, str, str]],
    hostile: list[tuple[int, str]],
    end: str,
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(
        [rank, 1000 - rank, name, DATE, score, 3, members]
        for rank, (name, score, members) in enumerate(rows, start=1)
    )
    lines = buffer.getvalue().removesuffix("\n").split("\n")
    for place, text in hostile:
        line = lines[place % len(lines)]
        cut = (7 * place) % (len(line) + 1)
        lines[place % len(lines)] = line[:cut] + text + line[cut:]
    content = (HEADER + "\n".join(lines) + end).encode()
    fast = read_or_refusal(content)
    with monkeypatch.context() as patch:
        patch.setattr(table, "_read_typed", lambda _text: None)
        assert read_or_refusal(content) == fast
