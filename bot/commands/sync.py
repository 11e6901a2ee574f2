"""`python -m bot sync`: one sync now, without Discord."""

from __future__ import annotations

import argparse
import asyncio
import sys
from time import perf_counter

from bot.commands import output
from bot.commands.dependencies import (
    database_exists,
    describe_login_error,
    load_settings,
    open_kaggle,
    open_storage,
)
from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command, parse_slug
from bot.settings import Settings
from leaderboards.comparison.board_diff import BoardDiff
from leaderboards.competition_info import CompetitionInfo
from leaderboards.errors import LeaderboardError, NoNetwork, NotLoggedIn, RateLimited
from leaderboards.kaggle.client import KaggleCli
from leaderboards.sync import Outcome, ReportLog, SyncOptions, SyncReport, check_board, sync_board

_MAX_ROWS = 20


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "sync",
        run,
        summary="read one competition's leaderboard from Kaggle now",
        details="Servers that follow it are told by the bot, once it runs.",
        examples=("sync titanic", "sync https://www.kaggle.com/competitions/titanic"),
    )
    parser.add_argument(
        "slug", type=parse_slug, metavar="SLUG", help="the competition's slug or address"
    )


def run(arguments: argparse.Namespace) -> int:
    """Sync one competition and print what changed."""
    try:
        report = asyncio.run(_sync(arguments.slug))
    except NotLoggedIn as error:
        raise CommandError(describe_login_error(error, "sync")) from error
    print(_format_summary(report))
    if report.changes is not None and report.changes.old is not None:
        print(_format_new_scores(report.changes), end="")
    return 0


async def _sync(slug: str) -> SyncReport:
    settings = load_settings()
    is_stored = await _is_stored(settings, slug)
    async with open_kaggle(settings) as kaggle:
        info = None if is_stored else await _find_info(kaggle, slug)
        _print_step(f"Asking Kaggle for {slug}")
        began = perf_counter()
        data = await kaggle.download(slug)
        milliseconds = (perf_counter() - began) * 1000
    if not is_stored:
        check_board(slug, data)
    # Only now, so that no database is made where Kaggle has no board to store.
    async with open_storage(settings) as storage:
        competition = await storage.competitions.find(
            slug
        ) or await storage.competitions.add_info_for_owner(info or CompetitionInfo(slug))
        try:
            options = SyncOptions(
                medals=competition.awards_medals,
                announce=competition.archived_at is None,
            )
            report = await sync_board(
                slug, data, store=storage.board_writer, options=options, progress=_print_step
            )
        except LeaderboardError:
            await storage.competitions.delete_unused(slug)
            raise
    report = report.add_download_time(milliseconds)
    ReportLog().log(report)
    return report


def _print_step(step: str) -> None:
    print(f"{step} …", file=sys.stderr)


async def _is_stored(settings: Settings, slug: str) -> bool:
    if not database_exists(settings.database_path):
        return False
    async with open_storage(settings) as storage:
        return await storage.competitions.find(slug) is not None


async def _find_info(kaggle: KaggleCli, slug: str) -> CompetitionInfo | None:
    try:
        return await kaggle.find_competition(slug)
    except (NotLoggedIn, RateLimited, NoNetwork):
        raise  # The download would fail with the same sentence.
    except LeaderboardError as error:
        # Whether there is a board is for the download to say.
        print(f"Kaggle's list could not be read: {error}", file=sys.stderr)
        return None


def _format_summary(report: SyncReport) -> str:
    match report.outcome:
        case Outcome.UNCHANGED:
            return f"{report.slug}: nothing changed, {output.plural(report.teams, 'team')}."
        case Outcome.STALE:
            return f"{report.slug}: Kaggle served a board that is not newer than the stored one."
        case Outcome.HELD:
            return (
                f"{report.slug}: the board is held. {report.anomaly}"
                " It is stored if the next board looks wrong for the same reason."
            )
        case Outcome.STORED:
            return (
                f"{report.slug}, {output.format_time(report.taken_at)}:"
                f" {output.plural(report.teams, 'team')}, {report.new:,} new,"
                f" {report.changed:,} changed, {report.gone:,} gone;"
                f" {output.plural(report.benchmarks, 'benchmark')};"
                f" {output.plural(report.announcements, 'announcement')}."
            )


def _format_new_scores(changes: BoardDiff) -> str:
    """Show the best of the teams that are new or scored differently, by rank."""
    rows: list[tuple[object, ...]] = []
    for team_id in changes.new.teams.team_id[changes.moved_itself].tolist():
        change = changes.find_change(team_id)
        if change is None or change.after is None:
            continue
        before, after = change.before, change.after
        if before is not None and before.score == after.score:
            continue
        rows.append(
            (
                after.rank,
                before.rank if before else None,
                after.score_text,
                before.score_text if before else None,
                after.team_name,
            )
        )
    if not rows:
        return ""
    text = output.format_table(("rank", "before", "score", "before", "team"), rows[:_MAX_ROWS])
    more = len(rows) - _MAX_ROWS
    return f"\n{text}\n" + (f"… and {more:,} more\n" if more > 0 else "")
