"""`python -m bot health`: whether the running bot is healthy, for a container or a monitor."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from bot.commands.dependencies import load_settings, open_storage
from bot.commands.errors import CommandError
from bot.commands.output import format_time, print_result
from bot.commands.parser import Commands, add_command
from leaderboards import run_id
from records.health import SILENT_AFTER, HealthReport
from storage.key_values import HEALTH


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    add_command(
        commands,
        "health",
        run,
        summary="tell whether the running bot is healthy, without calling Kaggle or Discord",
        details="The exit code is 0 if rounds of syncs still end, Discord is connected and\n"
        "announcements are sent, else 1. Boards that Kaggle refuses do not count.\n"
        "It reads what the bot records in its database each minute:\n"
        "run it on the machine, or in the container, in which the bot runs.",
        examples=("health",),
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each part of the bot."""
    del arguments
    report = asyncio.run(_load_report())
    _require_running(report, datetime.now(UTC))
    results = [
        ("syncs", report.find_round_problem(), _describe_rounds(report)),
        ("gateway", report.find_gateway_problem(), _describe_gateway(report)),
        ("outbox", report.find_outbox_problem(), _describe_outbox(report)),
    ]
    for subject, problem, description in results:
        print_result(subject, problem or description, failed=problem is not None)
    return int(any(problem for _, problem, _ in results))


async def _load_report() -> HealthReport:
    async with open_storage(load_settings(), existing=True) as storage:
        text = await storage.key_values.get(HEALTH)
    if text is None:
        raise CommandError("The bot has recorded nothing yet: it was never started.")
    return HealthReport.from_json(text)


def _require_running(report: HealthReport, now: datetime) -> None:
    last = f"what it recorded last is from {format_time(report.recorded_at)}"
    if not run_id.is_running(report.run_id):
        raise CommandError(f"The bot does not run: {last}.")
    if now - report.recorded_at > SILENT_AFTER:
        raise CommandError(f"The bot hangs, or cannot write its database: {last}.")


def _describe_rounds(report: HealthReport) -> str:
    if report.last_round_at is None:
        return f"started at {format_time(report.started_at)}, no round of syncs has ended yet"
    return f"the last round of syncs ended at {format_time(report.last_round_at)}"


def _describe_gateway(report: HealthReport) -> str:
    if report.disconnected_at is None:
        return "connected to Discord"
    return f"connecting to Discord since {format_time(report.disconnected_at)}"


def _describe_outbox(report: HealthReport) -> str:
    if report.oldest_waiting_at is None:
        return "no announcement waits"
    return f"the oldest announcement has waited since {format_time(report.oldest_waiting_at)}"
