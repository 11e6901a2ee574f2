"""Write `docs/database.md` from the comments of the schema: `python scripts/database_page.py`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
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
_SECTION = re.compile(r"-- \d+\. (.+)")
_OBJECT = re.compile(r"CREATE (TABLE|VIEW) (\w+)")
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
    for script in sorted(MIGRATIONS.glob("*.sql")):
        for section in parse(script.read_text("utf-8")):
            lines.append(f"\n## {section.title}\n")
            for table in section.tables:
                lines += _render(table)
    return "\n".join(lines).rstrip("\n") + "\n"


def parse(script: str) -> list[Section]:
    """Parse the tables and views of a schema script, with their comments."""
    sections = [Section("Later changes")]
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
            sections[-1].tables.append(table)
        elif table is not None and (column := _COLUMN.match(line)):
            above = " ".join(comment)
            beside = line.partition("-- ")[2]
            table.columns.append((column[1], column[2], above or beside))
        if text.endswith(";") or text.startswith(")"):
            table = None
        comment = []
    return [section for section in sections if section.tables]


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
