"""`python -m bot import`: saved boards imported as history."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.commands import output
from bot.commands.dependencies import database_exists, load_settings, open_storage
from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command, parse_slug
from bot.settings import Settings
from leaderboards.board import BoardKind
from leaderboards.errors import LeaderboardError
from leaderboards.parsing.zip_file import (
    is_zip,
    looks_like_web_page,
    open_zip,
    parse_file_name,
)
from leaderboards.sync import Outcome, ReportLog, SyncOptions, check_board, sync_board
from records.competitions import BoardInfo


@dataclass(frozen=True, slots=True)
class SavedBoard:
    """A file to import."""

    path: Path
    zip_file: bytes
    taken_at: datetime


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "import",
        run,
        summary="add leaderboards that were saved earlier to the history",
        details="They are stored in the order of their times, which their names tell, and must be\n"
        "newer than what is stored. Nothing is announced. The exit code is 1 if a file\n"
        "was not stored.",
        examples=(
            "import titanic titanic-*.zip",
            "import titanic titanic-publicleaderboard-2026-08-09T17:27:46.csv",
        ),
    )
    parser.add_argument(
        "slug", type=parse_slug, metavar="SLUG", help="the competition's slug or address"
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="zips or CSVs")


def run(arguments: argparse.Namespace) -> int:
    """Import files and print a line for each."""
    settings = load_settings()
    # Before a new database is made, the first board is checked.
    is_new = not database_exists(settings.database_path)
    boards: list[SavedBoard] = []
    good = True
    for path in arguments.files:
        try:
            board = _read_saved(path, arguments.slug)
            if is_new and not boards:
                check_board(arguments.slug, board.zip_file)
            boards.append(board)
        except (CommandError, LeaderboardError) as error:
            good = _print_refusal(path, str(error))
    if boards:
        boards.sort(key=lambda board: board.taken_at)
        good = asyncio.run(_import(settings, arguments.slug, boards)) and good
    return 0 if good else 1


def _read_saved(path: Path, slug: str) -> SavedBoard:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"It cannot be read: {error.strerror}.") from error
    if looks_like_web_page(data):
        raise CommandError("It is a web page, not a leaderboard.")
    if is_zip(data) or path.suffix.lower() == ".zip":
        zip_file, label = data, open_zip(data).label
    else:
        zip_file, label = _zip(path.name, data), parse_file_name(path.name)
    if label.slug not in (None, slug):
        raise CommandError(
            f"It belongs to another competition: it is the leaderboard of {label.slug}, not of"
            f" {slug}. Give {label.slug} instead; only if Kaggle renamed it to {slug}, rename the"
            " CSV."
        )
    if label.kind is BoardKind.PRIVATE:
        raise CommandError("It is a private leaderboard; only public ones can be imported.")
    if label.taken_at is None:
        raise CommandError(
            "Its name does not tell when it was saved; name the CSV like"
            " titanic-publicleaderboard-2026-08-09T17-27-46.csv."
        )
    return SavedBoard(path, zip_file, label.taken_at)


def _zip(name: str, csv: bytes) -> bytes:
    """Zip a CSV as Kaggle does, so that it can be handled as a download."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        file.writestr(name, csv)
    return buffer.getvalue()


async def _import(settings: Settings, slug: str, boards: list[SavedBoard]) -> bool:
    good = True
    async with open_storage(settings) as storage:
        competition = await storage.competitions.add_for_owner(slug)
        log, options = ReportLog(), SyncOptions(announce=False)
        for board in boards:
            try:
                report = await sync_board(
                    slug, board.zip_file, store=storage.board_writer, options=options
                )
                log.log(report)
            except LeaderboardError as error:
                good = _print_refusal(board.path, str(error))
                continue
            match report.outcome:
                case Outcome.STORED:
                    print(
                        f"{board.path}: {output.format_time(board.taken_at)},"
                        f" {output.plural(report.teams, 'team')}, {report.new:,} new,"
                        f" {report.changed:,} changed, {report.gone:,} gone"
                    )
                case Outcome.UNCHANGED:
                    print(f"{board.path}: already stored")
                case Outcome.STALE:
                    stored = await storage.boards.find_info(competition.id)
                    good = _print_refusal(board.path, _describe_stale(board, stored))
                case Outcome.HELD:
                    good = _print_refusal(board.path, f"It looks wrong. {report.anomaly}")
        await storage.competitions.delete_unused(slug)
    return good


def _describe_stale(board: SavedBoard, stored: BoardInfo | None) -> str:
    newest = output.format_time(stored.taken_at if stored is not None else None)
    return (
        f"Its time is {output.format_time(board.taken_at)}, the stored board's is {newest}: only"
        " newer boards can be added. Import older ones first, into a new database."
    )


def _print_refusal(path: Path, sentence: str) -> bool:
    print(f"{path}: {sentence}", file=sys.stderr)
    return False
