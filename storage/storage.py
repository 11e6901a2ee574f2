"""The database and its readers and writers, by subject."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from storage.boards.board_reader import Boards
from storage.boards.board_writer import BoardWriter
from storage.boards.competition_end import CompetitionEnds
from storage.boards.competition_rename import CompetitionRenames
from storage.boards.competitions import Competitions
from storage.boards.history import History
from storage.boards.history_compaction import HistoryCompaction
from storage.calendar.scheduled_events import ScheduledEvents
from storage.database import Database
from storage.feeds.competition_feeds import CompetitionFeeds
from storage.feeds.feed_messages import FeedMessages
from storage.feeds.post_feeds import PostFeeds
from storage.feeds.posts import Posts
from storage.key_values import KeyValues
from storage.members.link_verification import LinkVerifications
from storage.members.links import Links
from storage.members.member_ranks import MemberRanks
from storage.members.privacy import Privacy
from storage.members.watches import Watches
from storage.news.competition_threads import CompetitionThreads
from storage.news.deadlines import Deadlines
from storage.news.deferred_news import DeferredNews
from storage.news.digests import Digests
from storage.news.direct_messages import DirectMessages
from storage.news.former_live_boards import FormerLiveBoards
from storage.news.former_threads import FormerThreads
from storage.news.live_boards import LiveBoards
from storage.news.outbox import Outbox
from storage.news.publications import Publications
from storage.servers.channels import Channels
from storage.servers.guilds import Guilds
from storage.servers.roles import Roles
from storage.servers.seasons import Seasons
from storage.teammates.notes import TeammateNotes
from storage.teammates.searches import TeammateSearches


@dataclass(frozen=True, slots=True)
class Storage:
    """An open database and its readers and writers, by subject."""

    database: Database
    key_values: KeyValues
    history_compaction: HistoryCompaction
    competitions: Competitions
    boards: Boards
    board_writer: BoardWriter
    competition_ends: CompetitionEnds
    competition_feeds: CompetitionFeeds
    competition_renames: CompetitionRenames
    feed_messages: FeedMessages
    post_feeds: PostFeeds
    posts: Posts
    guilds: Guilds
    history: History
    channels: Channels
    deadlines: Deadlines
    links: Links
    member_ranks: MemberRanks
    live_boards: LiveBoards
    former_live_boards: FormerLiveBoards
    former_threads: FormerThreads
    direct_messages: DirectMessages
    competition_threads: CompetitionThreads
    outbox: Outbox
    publications: Publications
    deferred_news: DeferredNews
    digests: Digests
    privacy: Privacy
    verifications: LinkVerifications
    seasons: Seasons
    scheduled_events: ScheduledEvents
    roles: Roles
    teammate_searches: TeammateSearches
    teammate_notes: TeammateNotes
    watches: Watches

    @classmethod
    async def open(
        cls, path: Path, *, blocking: bool = False, create: bool = True, upgrade: bool = False
    ) -> Self:
        """Open a database file, as `Database.open` does."""
        database = await Database.open(path, blocking=blocking, create=create, upgrade=upgrade)
        return cls(
            database=database,
            key_values=KeyValues(database),
            history_compaction=HistoryCompaction(database),
            competitions=Competitions(database),
            boards=Boards(database),
            board_writer=BoardWriter(database),
            competition_ends=CompetitionEnds(database),
            competition_feeds=CompetitionFeeds(database),
            competition_renames=CompetitionRenames(database),
            feed_messages=FeedMessages(database),
            post_feeds=PostFeeds(database),
            posts=Posts(database),
            guilds=Guilds(database),
            history=History(database),
            channels=Channels(database),
            deadlines=Deadlines(database),
            links=Links(database),
            member_ranks=MemberRanks(database),
            live_boards=LiveBoards(database),
            former_live_boards=FormerLiveBoards(database),
            former_threads=FormerThreads(database),
            direct_messages=DirectMessages(database),
            competition_threads=CompetitionThreads(database),
            outbox=Outbox(database),
            publications=Publications(database),
            deferred_news=DeferredNews(database),
            digests=Digests(database),
            privacy=Privacy(database),
            verifications=LinkVerifications(database),
            seasons=Seasons(database),
            scheduled_events=ScheduledEvents(database),
            roles=Roles(database),
            teammate_searches=TeammateSearches(database),
            teammate_notes=TeammateNotes(database),
            watches=Watches(database),
        )

    async def close(self) -> None:
        """Wait for running transactions, then close the database."""
        await self.database.close()
