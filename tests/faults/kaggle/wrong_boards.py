"""Wrong leaderboards that the stand-in for Kaggle can send: a good one with one thing changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from demo.kaggle_faults import Fault, change_zip

_BOMB_SIZE = 80 << 20


def _change_lines(change: Callable[[list[str]], list[str]]) -> Fault:
    """Change the lines of the CSV, header included; its name stays."""

    def apply(zip_file: bytes) -> bytes:
        name, lines = _unzip(zip_file)
        return _zip({name: "".join(change(lines))})

    return change_zip(apply)


def _change_files(change: Callable[[str, str], dict[str, str]]) -> Fault:
    """Change which files the zip file holds, given the name and the text of its CSV."""

    def apply(zip_file: bytes) -> bytes:
        name, lines = _unzip(zip_file)
        return _zip(change(name, "".join(lines)))

    return change_zip(apply)


def _unzip(zip_file: bytes) -> tuple[str, list[str]]:
    with zipfile.ZipFile(io.BytesIO(zip_file)) as opened:
        (name,) = opened.namelist()
        return name, opened.read(name).decode("utf-8-sig").splitlines(keepends=True)


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return packed.getvalue()


def _field(line: str, index: int, value: str) -> str:
    """Replace one field of a CSV row without quotes."""
    fields = line.split(",")
    fields[index] = value
    return ",".join(fields)


def _repeat_team_id(lines: list[str]) -> list[str]:
    """Repeat the TeamId of the first row in the second."""
    return [*lines[:2], _field(lines[2], 1, lines[1].split(",")[1]), *lines[3:]]


def _clear_scores(lines: list[str]) -> list[str]:
    """Set every score to zero."""
    header, *rows = lines
    score = header.split(",").index("Score")
    return [header, *(_field(row, score, "0.00000") for row in rows)]


def _replace_teams(lines: list[str]) -> list[str]:
    """Replace the first two thirds of the teams by new ones."""
    header, *rows = lines
    new = len(rows) * 2 // 3
    return [header, *(_field(r, 1, f"9{r.split(',')[1]}") for r in rows[:new]), *rows[new:]]


WRONG_BOARDS: dict[str, Fault] = {
    "zip bomb": _change_files(lambda name, _: {name: "0" * _BOMB_SIZE}),
    "path tricks": _change_files(lambda name, text: {f"../../../{name}": text, "/etc/podium": "!"}),
    "two CSVs": _change_files(lambda name, text: {name: text, f"copy/{name}": text}),
    "no CSV": _change_files(lambda _, text: {"readme.txt": text}),
    "unknown header": _change_lines(lambda lines: ["Place,Player,Points\n", *lines[1:]]),
    "empty board": _change_lines(lambda lines: lines[:1]),
    "ranks with holes": _change_lines(lambda lines: [*lines[:5], *lines[6:]]),
    "a TeamId twice": _change_lines(_repeat_team_id),
    "every score zero": _change_lines(_clear_scores),
    "a third of the teams gone": _change_lines(
        lambda lines: lines[: 1 + (len(lines) - 1) * 2 // 3]
    ),
    "another competition's board": _change_files(
        lambda name, text: {f"another-public{name.partition('-public')[2]}": text}
    ),
    "another's teams under its name": _change_lines(_replace_teams),
}
"""Wrong boards by name, as tests use it; each needs a CSV without quotes."""
