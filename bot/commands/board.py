"""`python -m bot board`: a board from a file, or from the database the newest or a past one."""

from __future__ import annotations

import argparse
import asyncio
import os
from datetime import datetime
from pathlib import Path

from bot.commands import output
from bot.commands.dependencies import load_settings, open_storage, require_board
from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command, parse_slug, parse_time
from leaderboards.board import Board, BoardKind, Entry, ScoreOrder
from leaderboards.parsing.reader import read_file

_MAX_ROWS = 20


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "board",
        run,
        summary="show a leaderboard from a downloaded file, or a stored one, also a past one",
        details="If a file and a competition have the same name, the file is shown.",
        examples=(
            "board titanic",
            "board titanic.zip",
            "board titanic-publicleaderboard.csv --order higher --json",
            "board titanic --at 2026-08-09T17:00Z",
        ),
    )
    parser.add_argument(
        "source", metavar="FILE|SLUG", help="a zip or CSV, or a competition's slug or address"
    )
    parser.add_argument(
        "--at",
        type=parse_time,
        metavar="TIME",
        help="the stored board as it was then; in UTC, unless it has an offset",
    )
    parser.add_argument("--private", action="store_true", help="the stored private board")
    parser.add_argument(
        "--order",
        choices=[order.value for order in ScoreOrder],
        help="which score is better, for a file that does not tell",
    )
    parser.add_argument("--json", action="store_true", help="print the whole board as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a board."""
    slug = _find_slug(arguments.source, past=arguments.at is not None)
    if slug is None:
        if arguments.private:
            raise CommandError("--private is for a stored board: a file says itself which it is.")
        order = ScoreOrder(arguments.order) if arguments.order else None
        board = read_file(Path(arguments.source), order=order)
    elif arguments.order:
        raise CommandError("--order is for a file; a stored board has its order.")
    else:
        kind = BoardKind.PRIVATE if arguments.private else BoardKind.PUBLIC
        board = asyncio.run(_load_from_database(slug, kind, arguments.at))
    print(output.format_json(_to_json(board)) if arguments.json else _to_table(board))
    return 0


def _find_slug(source: str, *, past: bool) -> str | None:
    """Return the competition that is named; None if it is a file, which has no past."""
    # `Path.is_file` raises an error for a name that is too long, which `read_file` reports.
    is_file = os.path.isfile(source)  # noqa: PTH113
    if is_file and not past:
        return None
    try:
        return parse_slug(source)
    except argparse.ArgumentTypeError as error:
        if past and is_file:
            raise CommandError("--at is for a stored board: a file is of one moment.") from None
        if past:
            raise CommandError(f"{error}.") from None
        return None


async def _load_from_database(name: str, kind: BoardKind, at: datetime | None) -> Board:
    """Return the board at a moment, or the newest one."""
    async with open_storage(load_settings(), existing=True) as storage:
        info = await require_board(storage, name, kind)
        board = await storage.history.load_board_at(info, name, at or info.taken_at)
        begins_at = await storage.history.find_start(info.board_id)
    if board is None:
        first = output.format_time(begins_at)
        raise CommandError(f"The first {kind} board of {name} is from {first}, later than that.")
    return board


def _to_json(board: Board) -> dict[str, object]:
    return {
        "slug": board.slug,
        "kind": board.kind,
        "taken_at": output.format_time(board.taken_at),
        "teams": len(board.teams),
        "benchmarks": len(board.benchmarks),
        "order": board.order,
        "ranks_derived": board.ranks_derived,
        "complete": board.complete,
        "entries": [_entry_to_json(entry) for entry in board.entries()],
    }


def _entry_to_json(entry: Entry) -> dict[str, object]:
    return {
        "rank": entry.rank,
        "team_id": entry.team_id,
        "team_name": entry.team_name,
        "score": entry.score,
        "score_text": entry.score_text,
        "submissions": entry.submissions,
        "last_submission_at": output.format_time(entry.last_submission_at),
        "members": list(entry.members),
    }


def _to_table(board: Board) -> str:
    rows: list[tuple[object, ...]] = []
    more = len(board.teams) + len(board.benchmarks) - _MAX_ROWS
    for entry, _ in zip(board.entries(), range(_MAX_ROWS), strict=False):
        rows.append(
            (
                entry.rank or None,
                entry.score_text,
                entry.submissions,
                entry.team_name,
                ", ".join(entry.members) or None,
            )
        )
    facts = [
        board.slug or "a competition that the file does not name",
        f"{board.kind} board",
        output.format_time(board.taken_at) or "no time known",
        output.plural(len(board.teams), "team"),
        output.plural(len(board.benchmarks), "benchmark"),
        "better direction unknown" if board.order is None else f"{board.order} is better",
    ]
    if board.ranks_derived:
        facts.append("the file has no ranks: they follow from its order, or from scores and dates")
    if not board.complete:
        facts.append("one page of a longer board")
    return "\n".join(
        [
            ", ".join(facts),
            "",
            output.format_table(("rank", "score", "submissions", "team", "members"), rows),
            *(
                [f"… and {output.plural(more, 'more row')}; --json prints the whole board"]
                if more > 0
                else []
            ),
        ]
    )
