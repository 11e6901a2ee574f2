"""The file of who stands where on a board, one row for each linked member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cogs.rosters.roster_check import ServerMember
from cogs.rosters.roster_file import as_text, write_csv
from leaderboards.board import Board, Entry
from leaderboards.medals import medal_zone
from records.members import StoredLink

_HEADER = (
    "discord_id",
    "discord",
    "display_name",
    "kaggle",
    "verified",
    "rank",
    "teams",
    "score",
    "medal_zone",
    "team",
    "team_members",
    "submissions",
    "last_submission_utc",
)


def build_standings_file(
    links: Sequence[StoredLink],
    members: Mapping[int, ServerMember],
    board: Board,
    *,
    awards_medals: bool,
) -> tuple[bytes, int]:
    """Return the file, best rank first, and how many of the members are on the board.

    Members who are not on it come last, with empty cells; those who have left the server have no
    Discord name.
    """
    wanted = {link.user_name.casefold() for link in links}
    entries = _find_entries(board, wanted)
    team_count = len(board.teams)

    def rank(link: StoredLink) -> float:
        entry = entries.get(link.user_name.casefold())
        return float("inf") if entry is None else entry.rank

    rows = [
        [
            *_member_cells(link, members.get(link.user_id)),
            *_board_cells(entries.get(link.user_name.casefold()), team_count, awards_medals),
        ]
        for link in sorted(links, key=lambda link: (rank(link), link.user_name.casefold()))
    ]
    return write_csv(_HEADER, rows), len(entries)


def _find_entries(board: Board, wanted: set[str]) -> dict[str, Entry]:
    """Return the best team of each user, by casefolded user name."""
    found: dict[str, Entry] = {}
    for index, members in enumerate(board.teams.members):
        for name in members.casefold().split(","):
            if name in wanted:
                found.setdefault(name, board.teams.entry(index))
    return found


def _member_cells(link: StoredLink, member: ServerMember | None) -> list[object]:
    names = (None, None) if member is None else (member.discord_name, member.display_name)
    return [as_text(link.user_id), *names, link.user_name, "yes" if link.verification else "no"]


def _board_cells(entry: Entry | None, team_count: int, awards_medals: bool) -> list[object]:
    if entry is None:
        return [None, team_count, None, None, None, None, None, None]
    zone = medal_zone(entry.rank, team_count) if awards_medals else None
    submitted_at = entry.last_submission_at
    return [
        entry.rank,
        team_count,
        entry.score_text,
        zone,
        entry.team_name,
        " ".join(entry.members),
        entry.submissions,
        _utc(submitted_at),
    ]


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
