"""What is no leaderboard is refused, with what is wrong in which row."""

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaderboards.board import BoardKind, ScoreOrder
from leaderboards.errors import BoardRefused, LeaderboardError
from leaderboards.parsing.reader import read_board, read_file
from tests.board_files import BOARDS
from tests.leaderboards.csv_rows import DATE, HEADER, OLD_HEADER, read, refusal

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
        (f",2,b,{DATE},0.5,1,u", "Row 3: rank '' is no whole number."),
        (f"1_1,2,b,{DATE},0.5,1,u", "Row 3: rank '1_1' is no whole number."),
        (f"٣,2,b,{DATE},0.5,1,u", "Row 3: rank '٣' is no whole number."),
        (f"{'9' * 19},2,b,{DATE},0.5,1,u", f"Row 3: rank '{'9' * 19}' is no whole number."),
        (f"{'9' * 40},2,b,{DATE},0.5,1,u", f"Row 3: rank '{'9' * 40}' is no whole number."),
        (f"2,2,b,{DATE},0.5,x,u", "Row 3: submissioncount 'x' is no whole number."),
        (f"2,2,b,{DATE},0.5,-1,u", "Row 3: submissioncount -1 is less than 0."),
        ("2,2,b,2026-02-30 00:00:00,0.5,1,u", "Row 3: '2026-02-30 00:00:00' is no date."),
        ("2,2,b,2026-02-03 25:00:00,0.5,1,u", "Row 3: '2026-02-03 25:00:00' is no date."),
        ("2,2,b,0001-01-01 00:00:00,0.5,1,u", "Row 3: '0001-01-01 00:00:00' is no date."),
        ("2,2,b,1969-12-31,0.5,1,u", "Row 3: '1969-12-31' is no date."),
        ("2,2,b,yesterday,0.5,1,u", "Row 3: 'yesterday' is no date."),
        ("2,2,b,now,0.5,1,u", "Row 3: 'now' is no date."),
        ("2,2,b,NaT,0.5,1,u", "Row 3: 'NaT' is no date."),
        ("2,2,b,2026-08-09 14:23:60,0.5,1,u", "Row 3: '2026-08-09 14:23:60' is no date."),
        ("2,2,b,1969-12-31 23:59:59,0.5,1,u", "Row 3: '1969-12-31 23:59:59' is no date."),
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
def test_invalid_row_is_refused_with_its_number(row: str, reason: str) -> None:
    assert refusal(GOOD, row) == reason


def test_lines_inside_an_open_quotation_are_not_rows() -> None:
    open_quote = f'3,9,"open\n4,5,swallowed,{DATE},0.5,1,u'
    assert refusal(GOOD, f"2,2,b,{DATE},0.5,1,u", open_quote).startswith("Row 4: ")
    closed = read(GOOD, f'{open_quote}\n",{DATE},0.1,1,u')
    assert closed.teams.team_id.tolist() == [1, 9]


def test_invalid_first_row_is_refused_with_its_number() -> None:
    assert refusal(f"{GOOD},v,w") == "Row 2: there are 9 fields, where the header names 7."
    assert refusal(f"{GOOD},v", GOOD) == "Row 2: there are more than the 7 fields of the header."


def test_unclosed_quotation_in_a_long_file_is_refused() -> None:
    rows = [f"{n},{n},b,{DATE},0.5,1,u" for n in range(3, 9000)]
    reason = refusal(GOOD, f'2,2,"b,{DATE},0.5,1,u', *rows)
    assert reason.startswith("Row 3: this is no CSV: field larger than field limit")


def test_row_after_a_name_with_a_line_end_keeps_its_number() -> None:
    row = f'1,1,"two\nlines,\n",{DATE},0.9,1,'
    assert len(read(row).teams) == 1
    assert refusal(row, f"2,2,b,{DATE},x,1,u").startswith("Row 3: ")


def test_surplus_delimiter_at_the_end_of_a_row_is_ignored() -> None:
    assert len(read(GOOD, f"2,2,b,{DATE},0.5,1,,").teams) == 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (OLD_HEADER, "2,"),
        (OLD_HEADER, f"2,b,{DATE}"),
        (
            HEADER.replace("TeamMemberUserNames", "TeamMemberUserNames,Medal"),
            f"2,2,b,{DATE},0.5,1,",
        ),
        ("TeamId,SubmissionDate,Score,TeamName\n", f'2,"{DATE}",'),
        ("TeamId,Score,SubmissionDate,TeamName,Members\n", '2,0.5,"x, y",'),
    ],
)
def test_row_with_a_comma_too_few_is_refused_although_it_ends_with_one(
    header: str, row: str
) -> None:
    names = header.strip().split(",")
    values = {"TeamName": '"a, b"', "Rank": "1", "TeamId": "1", "Score": "0.9"}
    values |= {"SubmissionDate": DATE, "LastSubmissionDate": DATE, "SubmissionCount": "1"}
    good = ",".join(values.get(name, "") for name in names)
    for rows in ([good, row], [good, good + ",", row], [good, row, good + ","]):
        number = rows.index(row) + 2
        assert refusal(*rows, header=header).startswith(f"Row {number}: there are "), rows


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (HEADER + "\n" * 600_000, "There are more than 500,000 rows, so this is no leaderboard."),
        (HEADER + "\r" * 600_000, "There are more than 500,000 rows, so this is no leaderboard."),
        ("\n" * 600_000, "There are more than 500,000 rows, so this is no leaderboard."),
        (HEADER + "," * 200_000, "Row 2: it has more than 100,000 bytes, so this is no leaderb"),
        (f"{HEADER}{GOOD}\n2,2,{'b' * 100_000},", "Row 3: it has more than 100,000 bytes, so thi"),
        ("TeamId,TeamName,Score," + "x," * 200_000, "Row 1: it has more than 100,000 bytes, so"),
        (
            ",".join(["TeamId,TeamName,Score,SubmissionDate", *map(str, range(100))]),
            "Row 1: the header names more than 100 columns.",
        ),
    ],
)
def test_files_that_would_take_gigabytes_are_refused(data: str, reason: str) -> None:
    with pytest.raises(BoardRefused) as caught:
        read_board(data.encode())
    assert str(caught.value).startswith(reason)


def test_header_on_line_20_is_found() -> None:
    assert len(read(GOOD, header="\n" * 19 + HEADER).teams) == 1


def test_blank_row_with_too_many_commas_is_named() -> None:
    assert refusal(GOOD, "," * 9) == "Row 3: there are 10 fields, where the header names 7."


def test_short_row_is_refused_beside_a_row_with_a_surplus_comma() -> None:
    late, short = f"2,2,b,{DATE},0.5,1,u,", f"3,3,c,{DATE},0.4,1"
    assert refusal(GOOD, late, short) == "Row 4: there are 6 fields, where the header names 7."
    assert refusal(GOOD, short, late) == "Row 3: there are 6 fields, where the header names 7."
    crlf = "\r\n".join([HEADER.strip(), GOOD, late, short])
    with pytest.raises(BoardRefused, match=r"^Row 4: there are 6 fields"):
        read_board(crlf.encode())


@pytest.mark.parametrize(
    "content", [HEADER, HEADER.strip(), HEADER + "\n\n", HEADER + ",,,,,,\n", OLD_HEADER]
)
def test_board_without_rows_is_refused(content: str) -> None:
    with pytest.raises(BoardRefused, match=r"^The board has no teams\.$"):
        read_board(content.encode())


def test_board_with_only_benchmarks_is_refused() -> None:
    assert refusal(f"0,1,a,{DATE},0.9,1,u") == "The board has no teams."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"Next Page Token = x\n", "The file is empty."),
        (b"<!doctype html><p>", "This is a web page, not a leaderboard."),
        (b"TeamId;TeamName;Score\n1;a;0.5\n", "Row 1: the columns are separated by semicolons"),
        (b"PassengerId,Survived\n1,0\n", "Row 1: this is no leaderboard. Its header must name"),
        (b"\n" * 20 + HEADER.encode(), "Row 20: this is no leaderboard."),
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
def test_file_that_is_no_leaderboard_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BoardRefused, match="^" + re.escape(reason)):
        read_board(content)


# Files


def test_file_name_of_a_csv_gives_slug_kind_and_time(tmp_path: Path) -> None:
    path = tmp_path / "titanic-privateleaderboard-2026-08-09T17-27-46.csv"
    path.write_text(HEADER + GOOD)
    board = read_file(path)
    assert (board.slug, board.kind) == ("titanic", BoardKind.PRIVATE)
    assert board.taken_at == datetime(2026, 8, 9, 17, 27, 46, tzinfo=UTC)


def test_zip_is_recognised_by_its_bytes_or_its_name(tmp_path: Path) -> None:
    path = tmp_path / "saved"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("titanic-publicleaderboard.csv", HEADER + GOOD)
    assert read_file(path).slug == "titanic"
    page = tmp_path / "titanic.zip"
    page.write_text("<html>")
    with pytest.raises(LeaderboardError, match="web page"):
        read_file(page)


def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        BoardRefused, match=r"none\.csv cannot be read: No such file or directory\."
    ):
        read_file(tmp_path / "none.csv")


def test_too_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(BoardRefused, match=r"^big\.csv is larger than a leaderboard can be\.$"):
        read_file(path)


def test_order_that_the_file_contradicts_is_refused() -> None:
    path = BOARDS / "titanic-2016-score-history.zip"
    assert read_file(path, order=ScoreOrder.HIGHER).order is ScoreOrder.HIGHER
    with pytest.raises(BoardRefused, match="higher score is the better one, which --order lower"):
        read_file(path, order=ScoreOrder.LOWER)


# Anything at all


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([f"1,1e400,t,{DATE},1,1,u"], "teamid '1e400' is no whole number"),
        ([f"1,1,t,{DATE},1,-inf,u"], "submissioncount '-inf' is no whole number"),
        ([f'1,1,t,{DATE},1,0,"u', f'1,1,t,{DATE},1,0,"u,v"'], "more than the 7 fields"),
    ],
)
def test_values_that_pandas_warns_about_are_refused_without_a_warning(
    rows: list[str], why: str
) -> None:
    assert why in refusal(*rows)


@pytest.mark.parametrize("surplus", [",1,1", ",,", ",,1"])
def test_first_row_that_goes_on_in_the_next_line_is_refused(surplus: str) -> None:
    """The first line alone has as many fields as the header."""
    header = "TeamId,SubmissionDate,Score,TeamMemberUserNames,TeamName\n"
    content = f'{header}1,{DATE},0.5,","a","a,\nb"{surplus}\n'
    with pytest.raises(BoardRefused, match="Row 2: there are 7 fields, where the header names 5"):
        read_board(content.encode())


CELLS = st.sampled_from(
    ["1", "2", "0", "-1", "x", "", " ", '"', '"a"', '"a,\nb"', "NaN", "0.5", DATE, "\r", "\0", "é"]
)


@settings(max_examples=200)
@given(
    st.sampled_from([HEADER, OLD_HEADER, "Next Page Token = x\n" + OLD_HEADER, HEADER[:-30], ""]),
    st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([None, ScoreOrder.HIGHER]),
)
def test_any_rows_are_parsed_or_refused(
    header: str, rows: list[str], end: str, order: ScoreOrder | None
) -> None:
    content = (header + end.join(rows)).encode()
    try:
        board = read_board(content, order=order)
    except LeaderboardError:
        return
    assert len(list(board.entries())) == len(board.teams) + len(board.benchmarks) > 0


@given(st.binary(max_size=300), st.sampled_from([b"", HEADER.encode(), OLD_HEADER.encode()]))
def test_any_bytes_are_parsed_or_refused(data: bytes, header: bytes) -> None:
    try:
        board = read_board(header + data)
    except LeaderboardError:
        return
    assert len(board.teams)
