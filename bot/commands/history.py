"""`python -m bot history`: one team's rank and score at every sync that is kept."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass

from bot.commands import output
from bot.commands.dependencies import load_settings, open_storage, require_board
from bot.commands.errors import CommandError
from bot.commands.parser import Commands, add_command, parse_slug
from leaderboards.board import BoardKind, Entry
from leaderboards.errors import InvalidInput
from leaderboards.history import RankPoint, TeamHistory
from leaderboards.kaggle_ids import parse_user_name
from records.competitions import BoardInfo
from storage.storage import Storage


@dataclass(frozen=True, slots=True)
class FoundHistory:
    """The history of the team that was asked for."""

    history: TeamHistory
    team_name: str | None
    """Its present name, if it was found by the user name of a member; else None."""
    merged_into: int | None
    """The id of the team into which it merged; None if it did not."""


def add_to(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "history",
        run,
        summary="show a team's rank and score at every sync that is kept",
        examples=("history titanic alexisbcook", "history titanic 123456 --json"),
    )
    parser.add_argument(
        "slug", type=parse_slug, metavar="SLUG", help="the competition's slug or address"
    )
    parser.add_argument(
        "team",
        type=_parse_team,
        metavar="TEAM_ID|USER",
        help="Kaggle's number of the team, or the user name of a member (@123 if it is a number)",
    )
    parser.add_argument("--private", action="store_true", help="on the private board")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print a team's history."""
    kind = BoardKind.PRIVATE if arguments.private else BoardKind.PUBLIC
    found = asyncio.run(_load_history(arguments.slug, kind, arguments.team))
    if arguments.json:
        print(
            output.format_json(
                {
                    "slug": arguments.slug,
                    "kind": kind,
                    "team_id": found.history.team_id,
                    "history": [_to_json(moment) for moment in found.history],
                }
                | ({"merged_into": found.merged_into} if found.merged_into else {})
            )
        )
    else:
        if found.team_name is not None:
            print(f"team {found.history.team_id}: {output.format_cell(found.team_name)}")
        print(
            output.format_table(
                ("time", "rank", "teams", "score", "submissions"),
                [
                    (m.taken_at, m.rank, m.team_count, m.score_text, m.submissions)
                    for m in found.history
                ],
            )
        )
        if found.merged_into is not None:
            print(f"merged into team {found.merged_into}")
    return 0


def _parse_team(text: str) -> int | str:
    """Parse a team's id, or a Kaggle user name."""
    if text.isdecimal():
        return int(text)
    try:
        return parse_user_name(text)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(str(error).removesuffix(".")) from None


async def _load_history(slug: str, kind: BoardKind, team: int | str) -> FoundHistory:
    async with open_storage(load_settings(), existing=True) as storage:
        info = await require_board(storage, slug, kind)
        name = None
        if isinstance(team, str):
            member = await _require_team(storage, info, slug, team)
            team, name = member.team_id, member.team_name
        histories = await storage.history.load_continued_histories(info.board_id, [team])
        successors = await storage.history.load_successors(info.board_id, [team])
    history, continuation = histories[team], successors.get(team)
    if not history.rank.any():
        raise CommandError(f"No stored {kind} board of {slug} has a team {team}.")
    return FoundHistory(history, name, continuation.into_team_id if continuation else None)


async def _require_team(storage: Storage, info: BoardInfo, slug: str, user_name: str) -> Entry:
    """Return the team of a user; raise `CommandError` if the user is not on the board."""
    teams = await storage.boards.find_teams_by_user_names(info.board_id, [user_name])
    if teams:
        return teams[user_name.casefold()]
    former = await storage.boards.find_former_member([user_name], [info.competition_id], info.kind)
    if former is None:
        raise CommandError(f"No team on the {info.kind} board of {slug} has a member {user_name}.")
    raise CommandError(
        f"{former.user_name} is not on the {info.kind} board of {slug} any more: #{former.rank}"
        f" until {output.format_time(former.seen_at)}."
    )


def _to_json(moment: RankPoint) -> dict[str, object]:
    return {
        "taken_at": output.format_time(moment.taken_at),
        "teams": moment.team_count,
        "rank": moment.rank,
        "score": moment.score,
        "score_text": moment.score_text,
        "submissions": moment.submissions,
    }
