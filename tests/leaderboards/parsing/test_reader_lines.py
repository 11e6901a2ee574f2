"""Rows that are known from the last board: read as if the whole file had been."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leaderboards.board import Board
from leaderboards.board_diff import BoardDiff
from leaderboards.errors import BoardRefused
from leaderboards.marks import Marks
from leaderboards.parsing.header import decode_csv
from leaderboards.parsing.line_texts import LineTexts
from leaderboards.parsing.lines import lines_of
from leaderboards.parsing.reader import read_board
from leaderboards.texts import patched, taken
from tests.leaderboards.csv_rows import DATE, HEADER

_NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
_HOSTILE = st.text(st.sampled_from('a1,"\r\n \t.é'), max_size=24)


def row(team_id: int, name: str = "team", score: str = "0.5", members: str = "user") -> str:
    """What follows a rank."""
    line = io.StringIO()
    csv.writer(line).writerow([team_id, name, DATE, score, 3, members])
    return line.getvalue().removesuffix("\r\n")


def file(*rows: str, end: str = "\n") -> bytes:
    return (HEADER + "\n".join(rows) + end).encode()


def ranked(*rows: str) -> bytes:
    return file(*(f"{rank},{row}" for rank, row in enumerate(rows, start=1)))


def marks(csv: bytes) -> Marks | None:
    try:
        return Marks.of(read_board(csv).teams)
    except BoardRefused:
        return None


def told(csv: bytes, known: Marks | None) -> object:
    """All that can be seen of a file."""
    try:
        board = read_board(csv, known=known)
    except BoardRefused as error:
        return str(error)
    mark = None if board.teams.mark is None else board.teams.mark.tolist()
    return [*board.entries()], board.order, board.teams_above.tolist(), mark


TEN = [row(team_id, f'say "{team_id}"', f"0.{team_id}") for team_id in range(10, 20)]


def both() -> tuple[Board, Board]:
    """A board and the next one, on which one team rose, one came and one went."""
    old = read_board(ranked(*TEN))
    risen = row(19, "riser", "0.95", "a,b")
    new = ranked(risen, *TEN[:4], row(7, "new"), *TEN[5:9])
    return old, read_board(new, known=Marks.of(old.teams))


def test_of_a_row_that_is_known_no_text_is_read_until_somebody_asks() -> None:
    _, new = both()
    assert isinstance(new.teams.team_name, LineTexts)
    assert sorted(new.teams.team_name.fields.taken_apart) == [0, 5]
    assert new.teams.entry(0).members == ("a", "b")
    assert new.teams.entry(1).team_name == 'say "10"'
    assert list(new.teams.score_text[4:7]) == ["0.13", "0.5", "0.15"]
    assert [entry.team_id for entry in new.entries()] == [19, 10, 11, 12, 13, 7, 15, 16, 17, 18]


def test_where_many_rows_are_new_the_whole_file_is_read() -> None:
    known = marks(ranked(*TEN))
    new = read_board(ranked(*TEN[:7], row(1), row(2), row(3)), known=known)
    assert isinstance(new.teams.team_name, list)


def test_a_row_that_is_marked_alike_is_not_compared() -> None:
    old, new = both()
    others = replace(old, teams=replace(old.teams, team_name=["another"] * 10))
    changes = BoardDiff.between(others, new)
    assert changes.new.teams.team_id[changes.rewritten].tolist() == [19, 7]
    assert changes.gone_ids == [14]
    assert changes.shifted.sum() == 9


def test_a_name_of_two_lines_makes_the_whole_file_be_read() -> None:
    two_lines = row(99, "two\nlines")
    csv = ranked(*TEN, two_lines)
    assert read_board(csv).teams.mark is None
    assert told(csv, marks(ranked(*TEN))) == told(csv, None)


def test_lines_within_a_quotation_are_no_rows() -> None:
    """A new name swallows lines that stood in the last file as rows."""
    swallowing = file(*(f"{n},{line}" for n, line in enumerate(TEN, start=1)), '11,99,"open')
    closed = swallowing + b'5,13,"x",y\n",2026-08-09 14:23:20,0.1,1,u\n'
    known = marks(ranked(*TEN))
    for content in (swallowing, closed):
        assert told(content, known) == told(content, None)


@pytest.mark.parametrize(
    "line",
    [
        f"11,10,again,{DATE},0.1,1,u",
        f"3,99,rank twice,{DATE},0.1,1,u",
        "11,99,no date,soon,0.1,1,u",
        f"11,99,no score,{DATE},much,1,u",
        f"11,99,too short,{DATE},0.1,1",
        f"11,99,too long,{DATE},0.1,1,u,v",
        f"11,0,no team,{DATE},0.1,1,u",
        "",
    ],
)
def test_what_is_refused_is_refused_in_the_same_words(line: str) -> None:
    csv = file(*(f"{n},{line}" for n, line in enumerate(TEN, start=1)), line)
    assert told(csv, marks(ranked(*TEN))) == told(csv, None)


def test_rows_that_end_early_or_late_are_read_as_before() -> None:
    """Two such rows hide each other; the next file has them too."""
    odd = [f"13,short,{DATE},0.1,3", f"14,late,{DATE},0.1,3,user,"]
    old, new = ranked(*TEN[:3], *odd, *TEN[5:]), ranked(*TEN[:3], *odd, *TEN[5:9], row(7))
    assert isinstance(read_board(new, known=marks(old)).teams.members, LineTexts)
    assert told(new, marks(old)) == told(new, None)


def test_a_mark_counts_for_its_own_team_alone() -> None:
    """Whatever makes two marks alike, nobody is taken for another team."""
    known = marks(ranked(*TEN))
    assert known is not None
    turned = replace(known, mark=known.mark[::-1])
    content = ranked(*TEN)
    assert told(content, turned) == told(content, None)


@pytest.mark.parametrize("filling", ["," * 3000 + "\n", "1,\n", "1,2,\n", "\n", "1" * 5000])
def test_what_is_hostile_is_not_taken_for_lines(filling: str) -> None:
    assert lines_of(decode_csv((HEADER + filling * 2000).encode())) is None


@pytest.mark.parametrize(
    ("bound", "most", "odd"),
    [
        ("_MOST_LINES", 9, TEN[0]),
        ("_MOST_COMMAS", 8, row(10, members=",".join("member" for _ in range(40)))),
        ("_LONGEST", 4096, row(10, "t" * 5000)),
    ],
)
def test_what_could_take_too_much_memory_is_not_taken_for_lines(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int, odd: str
) -> None:
    text = decode_csv(ranked(odd, *TEN[1:]))
    monkeypatch.setattr(f"leaderboards.parsing.lines.{bound}", most)
    assert lines_of(text) is None
    monkeypatch.setattr(f"leaderboards.parsing.lines.{bound}", 10 * most)
    assert lines_of(text) is not None


@pytest.mark.parametrize("head", ["", " 11", "+11", "011", "1_1", "11.0", "9" * 19, "9" * 40, "٣"])
def test_a_rank_that_is_written_otherwise(head: str) -> None:
    lines = [f"{n},{line}" for n, line in enumerate(TEN, start=1)]
    csv = file(*lines, f"{head},{row(99)}")
    assert told(csv, marks(ranked(*TEN))) == told(csv, None)


@given(
    st.lists(st.tuples(st.integers(1, 30), _NAMES, st.sampled_from(["1", "0.5", "-2"]), _NAMES)),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
    st.lists(st.tuples(st.integers(0, 40), _HOSTILE), max_size=2),
    st.lists(st.tuples(st.integers(0, 40), _HOSTILE), max_size=2),
    st.sampled_from(["\n", "", "\r\n", "\n\n"]),
)
@example([(1, 'x"y', "1", 'z"')] * 2, [], [], [(1, 'x"y,"z')], "")
def test_any_two_files_read_alike_with_and_without_what_is_known(
    rows: list[tuple[int, str, str, str]],
    moves: list[tuple[int, int]],
    hostile_before: list[tuple[int, str]],
    hostile: list[tuple[int, str]],
    end: str,
) -> None:
    # With some that stay, so that few are new.
    lines = [row(*fields) for fields in rows] + [row(team_id) for team_id in range(100, 112)]
    before = _with(lines, hostile_before)
    for here, there in moves:
        lines.insert(there % len(lines), lines.pop(here % len(lines)))
    after = _with(lines, hostile)
    known = marks(file(*before, end=end))
    assert told(file(*after, end=end), known) == told(file(*after, end=end), None)


def _with(lines: list[str], hostile: list[tuple[int, str]]) -> list[str]:
    """Give lines their ranks, and put hostile text into some of them."""
    numbered = [f"{rank},{line}" for rank, line in enumerate(lines, start=1)]
    for place, text in hostile:
        line = numbered[place % len(numbered)]
        cut = (7 * place) % (len(line) + 1)
        numbered[place % len(numbered)] = line[:cut] + text + line[cut:]
    return numbered


@given(st.lists(st.integers(0, 9)), st.data())
def test_texts_are_taken_and_replaced_as_in_a_list(picked: list[int], data: st.DataObject) -> None:
    _, new = both()
    lazy, plain = new.teams.team_name, list(new.teams.team_name)
    for _ in range(2):
        indices = np.array(picked, dtype=np.int64) % max(1, len(plain))
        lazy, plain = taken(lazy, indices), list(taken(plain, indices))
        places = data.draw(st.lists(st.integers(0, max(0, len(plain) - 1)), unique=True))
        places = places if plain else []
        others = [f"other {place}" for place in places]
        lazy = patched(lazy, np.array(places, dtype=np.int64), others)
        plain = list(patched(plain, np.array(places, dtype=np.int64), others))
        assert (list(lazy), len(lazy)) == (plain, len(plain))
        assert [lazy[index] for index in range(len(lazy))] == plain


@given(
    st.lists(st.text("ab,.", max_size=40), min_size=1, max_size=50, unique=True),
    st.lists(st.integers(0, 10**17), min_size=50, max_size=50, unique=True),
)
def test_a_mark_tells_what_follows_the_rank_and_nothing_else(
    contents: list[str], ranks: list[int]
) -> None:
    rows = [row(7, content) for content in contents]
    lines = lines_of(decode_csv(ranked(*rows)))
    assert lines is not None
    assert len(set(lines.mark.tolist())) == len(rows)
    others = lines_of(
        decode_csv(
            file(*(f"{rank},{row}" for rank, row in zip(ranks, reversed(rows), strict=False)))
        )
    )
    assert others is not None
    assert others.rank.tolist() == ranks[: len(rows)]
    assert others.mark.tolist()[::-1] == lines.mark.tolist()[-len(others) :]


def test_marks_survive_being_stored() -> None:
    _, new = both()
    before = Marks.of(new.teams)
    assert before is not None
    after = Marks.decode(before.encode())
    for name in ("team_id", "rank", "score", "submissions", "last_submission_at", "mark"):
        assert getattr(after, name).tolist() == getattr(before, name).tolist()
