"""`python -m bot history`: one team's rank and score at every sync that is kept."""

from __future__ import annotations

import argparse
import asyncio

from bot.commands import output
from bot.commands.dependencies import load_settings, open_storage, require_board
from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command, parse_slug
from leaderboards.board import BoardKind
from leaderboards.history import RankAt, TeamHistory
from leaderboards.history.past_continuations import PastContinuation


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "history",
        run,
        summary="show a team's rank and score at every sync that is kept",
        examples=("history titanic 123456", "history titanic 123456 --json"),
    )
    parser.add_argument(
        "slug", type=parse_slug, metavar="SLUG", help="the competition's slug or URL"
    )
    parser.add_argument("team_id", type=int, metavar="TEAM_ID", help="Kaggle's number of the team")
    parser.add_argument("--private", action="store_true", help="on the private board")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a team's history."""
    kind = BoardKind.PRIVATE if arguments.private else BoardKind.PUBLIC
    history, continuation = asyncio.run(_load_history(arguments.slug, kind, arguments.team_id))
    if arguments.json:
        print(
            output.format_json(
                {
                    "slug": arguments.slug,
                    "kind": kind,
                    "team_id": arguments.team_id,
                    "history": [_to_json(moment) for moment in history],
                }
                | ({"merged_into": continuation.into_team_id} if continuation else {})
            )
        )
    else:
        print(
            output.format_table(
                ("time", "rank", "teams", "score", "submissions"),
                [(m.taken_at, m.rank, m.team_count, m.score_text, m.submissions) for m in history],
            )
        )
        if continuation is not None:
            print(f"merged into team {continuation.into_team_id}")
    return 0


async def _load_history(
    slug: str, kind: BoardKind, team_id: int
) -> tuple[TeamHistory, PastContinuation | None]:
    """Load a team's history, and the continuation in which it ended."""
    async with open_storage(load_settings(), existing=True) as storage:
        info = await require_board(storage, slug, kind)
        histories = await storage.history.load_continued_histories(info.board_id, [team_id])
        successors = await storage.history.load_successors(info.board_id, [team_id])
    history = histories[team_id]
    if not history.rank.any():
        raise CommandError(f"No stored {kind} board of {slug} has a team {team_id}.")
    return history, successors.get(team_id)


def _to_json(moment: RankAt) -> dict[str, object]:
    return {
        "taken_at": output.format_time(moment.taken_at),
        "teams": moment.team_count,
        "rank": moment.rank,
        "score": moment.score,
        "score_text": moment.score_text,
        "submissions": moment.submissions,
    }
