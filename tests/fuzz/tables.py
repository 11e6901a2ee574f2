"""Generated leaderboard CSVs, correct and faulty."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

NEW = [
    "Rank",
    "TeamId",
    "TeamName",
    "LastSubmissionDate",
    "Score",
    "SubmissionCount",
    "TeamMemberUserNames",
]
OLD = ["TeamId", "TeamName", "SubmissionDate", "Score"]

WORST = (
    *("", " ", "0", "-1", "1e400", "-inf", "nan", "NaN", "null", "1_000", "0x10", "1.", ".5"),
    *("9" * 18, "9" * 19, "9" * 40, "\u0663", "\uff11", "1e5", "+1", "1 2", "1e-400", "'1", "=1+1"),
    *('"', '""', '"a', 'a"', ",", "\n", "\r", "\r\n", "\t", "\0", "\x1a", "\x85", "\u2028"),
    *("\ufeff", "\u202e", "👩\u200d🚀", "@everyone", "<@1>", "a" * 5000, "é\u0301" * 99, "\ud800"),
    *("2026-02-30 10:00:00", "9999-12-31 23:59:59", "0000-00-00 00:00:00", "9/30/2011 9:54:58 PM"),
    *("2026-08-09T14:23:20Z", "1969-12-31 23:59:59", "99999999999-01-01 00:00:00", "today", "14"),
)
"""Values that no column can have, or only some."""

_LINES = (
    *(
        "Next Page Token = 20\n",
        "Warning: Looks like you're using an outdated API\n",
        "\n",
        ",,,\n",
    ),
    *("<html>", "Using competition: titanic\n", " \n", "\r\n", "\f\n", '"\n', "#\n"),
)

Rows = list[list[str]]


def generate_table(random: Random) -> bytes:
    """Generate a CSV, in about one case of two as Kaggle writes it."""
    rows = _generate_rows(random)
    wrong = max(0, random.randrange(-2, 4))
    for _ in range(wrong):
        random.choice(_CHANGES)(random, rows)
    text = _format_text(random, rows, tidy=not wrong)
    if random.random() < 0.1:
        text = random.choice(_LINES) * random.randrange(1, 25) + text
    data = _encode(random, text)
    if random.random() < 0.1:
        data = damage(random, data)
    return data


def generate_large_table(random: Random) -> bytes:
    """Generate a CSV of up to half a million short rows, most of them equal."""
    header = ",".join(random.choice((NEW, OLD)))
    row = ",".join(random.choice((*WORST[:20], "1", "2026-08-09 14:23:20")) for _ in range(7))
    return f"{header}\n{(row + chr(10)) * random.randrange(100_000, 500_000)}".encode(
        errors="replace"
    )


def damage(random: Random, data: bytes) -> bytes:
    """Change, lose, repeat or add some bytes."""
    changed = bytearray(data)
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(changed) + 1)
        match random.randrange(5):
            case 0:
                changed[at : at + 1] = random.randbytes(1)
            case 1:
                del changed[at : at + random.choice((1, 4, 50))]
            case 2:
                changed[at:at] = random.randbytes(random.choice((1, 4, 50)))
            case 3:
                changed[at:at] = changed[at : at + 60]
            case _ if random.random() < 0.2:
                del changed[at:]
            case _:
                changed[at : at + 4] = random.choice((b"\0" * 4, b"\xff" * 4, b"\0\0\0\x80"))
    return bytes(changed)


def _generate_rows(random: Random) -> Rows:
    header = random.choice((NEW, NEW, OLD))
    count = random.choice((0, 1, 2, 3, 12, 40))
    teams = [random.randrange(1, 4 if random.random() < 0.05 else 10**7) for _ in range(count)]
    falling = random.random() < 0.7
    rows = [list(header)]
    for place, team in enumerate(teams):
        score = f"{(1000 - place) if falling else place}.{random.randrange(100):02}"
        name = random.choice(("Team", 'a "b"', "x, y", "Ünï", "=x", "NaN", "👩\u200d🚀", " outer "))
        date = f"2026-0{random.randrange(1, 9)}-1{random.randrange(9)} 14:23:2{place % 10}"
        rank = "0" if random.random() < 0.05 else str(place + 1)
        if header is NEW:
            rows.append([rank, str(team), name, date, score, str(place), f"u{team},v{team}"])
        else:
            rows.append([str(team), name, date, score])
    return rows


def _choose_row(random: Random, rows: Rows) -> list[str]:
    return rows[random.randrange(len(rows))]


def _spoil_field(random: Random, rows: Rows) -> None:
    row = _choose_row(random, rows)
    if row:
        row[random.randrange(len(row))] = random.choice(WORST)


def _insert_field(random: Random, rows: Rows) -> None:
    row = _choose_row(random, rows)
    row.insert(random.randrange(len(row) + 1), random.choice(WORST))


def _truncate_row(random: Random, rows: Rows) -> None:
    row = _choose_row(random, rows)
    del row[random.randrange(len(row) + 1) :]


def _end_with_comma(random: Random, rows: Rows) -> None:
    row = _choose_row(random, rows)
    row[random.randrange(len(row) + 1) :] = [""]


def _delete_column(random: Random, rows: Rows) -> None:
    column = random.randrange(8)
    for row in rows:
        del row[column : column + 1]


def _repeat_column(random: Random, rows: Rows) -> None:
    column = random.randrange(4)
    for row in rows:
        row.extend(row[column : column + 1])


def _shuffle_rows(random: Random, rows: Rows) -> None:
    random.shuffle(rows)


def _repeat_row(random: Random, rows: Rows) -> None:
    rows.append(list(_choose_row(random, rows)))


def _delete_row(random: Random, rows: Rows) -> None:
    if len(rows) > 1:
        del rows[random.randrange(len(rows))]


def _insert_blank_row(random: Random, rows: Rows) -> None:
    rows.insert(random.randrange(len(rows) + 1), [""] * random.randrange(9))


def _equalize_column(random: Random, rows: Rows) -> None:
    column, value = random.randrange(7), random.choice(("0", "1", "", "0.00000", "nan"))
    for row in rows[1:]:
        row[column : column + 1] = [value]


_CHANGES: tuple[Callable[[Random, Rows], None], ...] = (
    _spoil_field,
    _spoil_field,
    _insert_field,
    _truncate_row,
    _end_with_comma,
    _delete_column,
    _repeat_column,
    _shuffle_rows,
    _repeat_row,
    _delete_row,
    _insert_blank_row,
    _equalize_column,
)


def _format_text(random: Random, rows: Rows, *, tidy: bool) -> str:
    end = random.choice(("\n", "\n", "\r\n"))
    delimiter = random.choice((",", ",", ",", ", ", "\t"))
    if not tidy:
        end = random.choice((end, end, end, "\r", "\n\n"))
        delimiter = random.choice((*(delimiter,) * 12, ";", "|", " "))
    raw = not tidy and random.random() < 0.2
    lines = [delimiter.join(field if raw else _quote(random, field) for field in r) for r in rows]
    return end.join(lines) + (end if random.random() < 0.9 else "")


def _quote(random: Random, field: str) -> str:
    if any(character in field for character in ' ,"\n\r\t') or random.random() < 0.05:
        return '"' + field.replace('"', '""') + '"'
    return field


def _encode(random: Random, text: str) -> bytes:
    encoding = random.choice((*("utf-8-sig",) * 12, "utf-8", "cp1252", "utf-16"))
    return text.encode(encoding, random.choice(("replace", "ignore")))
