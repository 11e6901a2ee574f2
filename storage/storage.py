"""All of storage behind one door."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from storage.boards.board_reader import Boards
from storage.boards.board_writer import BoardWriter
from storage.boards.competition_end import Endings
from storage.boards.competitions import Competitions
from storage.boards.history import History
from storage.boards.history_compaction import Folding
from storage.database import Database
from storage.key_values import Facts
from storage.members.link_verification import Proofs
from storage.members.links import Links
from storage.members.privacy import Privacy
from storage.news.deadlines import Deadlines
from storage.news.digests import Digests
from storage.news.direct_messages import Notes
from storage.news.live_boards import LiveBoards
from storage.news.outbox import Outbox
from storage.news.quiet_hours import Held
from storage.servers.channels import Channels
from storage.servers.guilds import Guilds
from storage.servers.roles import Roles
from storage.servers.seasons import Seasons


@dataclass(frozen=True, slots=True)
class Storage:
    """The open database and what is kept in it, by topic."""

    database: Database
    facts: Facts
    folding: Folding
    competitions: Competitions
    boards: Boards
    board_writer: BoardWriter
    endings: Endings
    guilds: Guilds
    history: History
    channels: Channels
    deadlines: Deadlines
    links: Links
    live_boards: LiveBoards
    notes: Notes
    outbox: Outbox
    held: Held
    digests: Digests
    privacy: Privacy
    proofs: Proofs
    seasons: Seasons
    roles: Roles

    @classmethod
    async def open(cls, path: Path, *, inline: bool = False) -> Self:
        """Open a database file, made or brought up to date where that is needed.

        `inline` is for a process that may wait for SQLite in its event loop, and does one thing
        after the other.
        """
        database = await Database.open(path, inline=inline)
        return cls(
            database=database,
            facts=Facts(database),
            folding=Folding(database),
            competitions=Competitions(database),
            boards=Boards(database),
            board_writer=BoardWriter(database),
            endings=Endings(database),
            guilds=Guilds(database),
            history=History(database),
            channels=Channels(database),
            deadlines=Deadlines(database),
            links=Links(database),
            live_boards=LiveBoards(database),
            notes=Notes(database),
            outbox=Outbox(database),
            held=Held(database),
            digests=Digests(database),
            privacy=Privacy(database),
            proofs=Proofs(database),
            seasons=Seasons(database),
            roles=Roles(database),
        )

    async def close(self) -> None:
        """Wait for running transactions, then close the file."""
        await self.database.close()
