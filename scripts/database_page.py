"""Write `docs/database.md` from the comments of the schema: `python scripts/database_page.py`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "storage" / "migrations"
PAGE = ROOT / "docs" / "database.md"

_HEAD = """\
# The database

Written by `make format` from the comments in `storage/migrations`; edit those, not this page.

SQLite, one file. Times are Unix seconds in UTC. Ids of servers (guilds), channels, users, roles and
messages are Discord's, team ids are Kaggle's, all other ids are this database's own. To look at a
board:

    sqlite3 podium.db "SELECT rank, team_name, score_text FROM board_rows
        WHERE board_id = 1 ORDER BY rank LIMIT 20"
"""
_LATER = "Later changes"
_SECTION = re.compile(r"-- \d+\. (.+)")
_OBJECT = re.compile(r"CREATE (TABLE|VIEW) (\w+)")
_DROPPED = re.compile(r"DROP (?:TABLE|VIEW)(?: IF EXISTS)? (\w+)")
_ADDED_COLUMN = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+) (INTEGER|REAL|TEXT|BLOB)\b")
_COLUMN = re.compile(r"    ([a-z_]+)\s+(INTEGER|REAL|TEXT|BLOB)\b")


@dataclass(slots=True)
class Table:
    """A table or view with its comments."""

    name: str
    kind: str
    comment: str
    columns: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, type and comment."""


@dataclass(slots=True)
class Section:
    """Tables under one heading of the schema."""

    title: str
    tables: list[Table] = field(default_factory=list)


def main() -> int:
    """Write the page."""
    PAGE.write_text(build_page(), encoding="utf-8")
    return 0


def build_page() -> str:
    """Return the page for the migrations as they are."""
    lines = [_HEAD]
    for section in parse(read_migrations()):
        lines.append(f"\n## {section.title}\n")
        for table in section.tables:
            lines += _render(table)
    return "\n".join(lines).rstrip("\n") + "\n"


def read_migrations() -> list[str]:
    """Read all migrations in their order."""
    return [script.read_text("utf-8") for script in sorted(MIGRATIONS.glob("*.sql"))]


def parse(scripts: Iterable[str]) -> list[Section]:
    """Parse the tables and views of migrations, with their comments and all their columns."""
    sections: list[Section] = []
    tables: dict[str, Table] = {}
    for script in scripts:
        if not sections or sections[-1].title != _LATER:
            sections.append(Section(_LATER))
        _parse_script(script, sections, tables)
    return [section for section in sections if section.tables]


def _parse_script(script: str, sections: list[Section], tables: dict[str, Table]) -> None:
    comment: list[str] = []
    table: Table | None = None
    for line in script.splitlines():
        text = line.strip()
        if text.startswith("--"):
            if heading := _SECTION.fullmatch(text):
                sections.append(Section(heading[1]))
            else:
                comment.append(text.removeprefix("--").strip())
            continue
        if created := _OBJECT.match(line):
            table = Table(created[2], created[1].lower(), " ".join(comment))
            tables[table.name] = table
            sections[-1].tables.append(table)
        elif dropped := _DROPPED.match(line):
            _remove(tables.pop(dropped[1]), sections)
        elif added := _ADDED_COLUMN.match(line):
            tables[added[1]].columns.append((added[2], added[3], " ".join(comment)))
        elif table is not None and (column := _COLUMN.match(line)):
            above = " ".join(comment)
            beside = line.partition("-- ")[2]
            table.columns.append((column[1], column[2], above or beside))
        if text.endswith(";") or text.startswith(")"):
            table = None
        comment = []


def _remove(table: Table, sections: list[Section]) -> None:
    for section in sections:
        section.tables = [kept for kept in section.tables if kept is not table]


def _render(table: Table) -> Iterator[str]:
    kind = " (view)" if table.kind == "view" else ""
    yield f"### `{table.name}`{kind}\n"
    yield f"{table.comment}\n"
    if table.columns:
        yield "| column | type | |"
        yield "|---|---|---|"
        for name, kind, comment in table.columns:
            yield f"| `{name}` | {kind} | {comment} |"
        yield ""


if __name__ == "__main__":
    sys.exit(main())
