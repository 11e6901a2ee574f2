"""Notes between members who look for team mates: sent, answered, reported to managers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import aiosqlite

from leaderboards.members.rank_group import RankGroup
from records.teammates import (
    MAX_OPEN_NOTES,
    NOTE_LIFETIME,
    MemberExclusion,
    MemberNote,
    NoteOutcome,
    NoteState,
    OpenSearch,
    TeammateNote,
    TeammateNoteReceived,
    TeammatesAgreed,
)
from storage.database import Database
from storage.news.direct_messages import add_direct_message
from storage.teammates.searches import find_names, find_open, find_open_by_id
from storage.timestamps import from_seconds, to_seconds

_COLUMNS = "id, guild_id, competition_id, sender_id, recipient_id, sentence, state, sent_at"
_NOTES = f"SELECT {_COLUMNS} FROM teammate_notes"  # noqa: S608 - own names
_PAIR = (
    f"{_NOTES} WHERE guild_id = ? AND competition_id = ?"
    " AND min(sender_id, recipient_id) = ? AND max(sender_id, recipient_id) = ?"
)


class TeammateNotes:
    """Reads and writes notes, and queues the direct messages about them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(
        self,
        own: OpenSearch,
        search_id: int,
        group: RankGroup | None,
        names: Mapping[int, str],
        now: datetime,
    ) -> NoteOutcome:
        """Send a note to the member of a search, or agree to the one that they have sent.

        `own` is the sender's search, `group` where the sender stands, as the note says it, and
        `names` are the names of both on Discord, by which they know each other if both agree.
        """
        guild_id, sender_id = own.search.guild_id, own.search.user_id
        async with self._database.write() as connection:
            other = await find_open_by_id(connection, guild_id, search_id, now)
            if other is None or other.search.competition_id != own.search.competition_id:
                return NoteOutcome.OTHER_NOT_SEARCHING
            note = await _find_between(connection, own, other)
            if note is not None:
                return await _handle_existing(connection, note, own, other, names=names, now=now)
            # Why the teams cannot merge is not told to somebody with an unverified link, who could
            # learn by trying who searches in which team: the note is sent, and `_agree` refuses.
            refusal = _find_refusal(own, other) if own.verified else None
            if not other.search.takes_notes:
                refusal = NoteOutcome.OTHER_NOT_SEARCHING
            elif await _count_open(connection, guild_id, sender_id, now) >= MAX_OPEN_NOTES:
                refusal = refusal or NoteOutcome.TOO_MANY
            if refusal is None:
                await _insert(connection, own, other, group, now)
        return refusal or NoteOutcome.SENT

    async def agree(
        self, note_id: int, recipient_id: int, names: Mapping[int, str], now: datetime
    ) -> NoteOutcome:
        """Agree to a note; both are then told by direct message who the other is.

        `names` are the names of both on Discord.
        """
        async with self._database.write() as connection:
            note = await _find(connection, note_id, recipient_id)
            if note is None or note.state is not NoteState.OPEN:
                return NoteOutcome.ANSWERED
            key = note.competition_id, now
            own = await find_open(connection, note.guild_id, recipient_id, *key)
            if own is None:
                return NoteOutcome.NOT_SEARCHING
            other = await find_open(connection, note.guild_id, note.sender_id, *key)
            if other is None:
                return NoteOutcome.OTHER_NOT_SEARCHING
            return await _agree(connection, note, own, other, names=names, now=now)

    async def decline_or_report(self, note_id: int, recipient_id: int, state: NoteState) -> bool:
        """Decline or report a note; return False if it was answered already, or is gone.

        Also a note to which the recipient has agreed can be reported.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE teammate_notes SET state = ?1,"
                " sentence = iif(?1 = 'reported', sentence, '')"
                " WHERE id = ?2 AND recipient_id = ?3"
                " AND (state = 'open' OR (state = 'agreed' AND ?1 = 'reported'))",
                (state, note_id, recipient_id),
            )
        return cursor.rowcount > 0

    async def find(self, note_id: int, recipient_id: int) -> TeammateNote | None:
        """Return a note to a member; None if there is none."""
        async with self._database.read() as connection:
            return await _find(connection, note_id, recipient_id)

    async def load_by_member(
        self, guild_id: int, user_id: int, competition_id: int
    ) -> dict[int, TeammateNote]:
        """Return the notes that a member sent or got in a competition, by the other member."""
        rows = await self._database.query(
            f"{_NOTES} WHERE guild_id = ?1 AND competition_id = ?3 AND sender_id = ?2"
            f" UNION ALL {_NOTES} WHERE guild_id = ?1 AND competition_id = ?3"
            " AND recipient_id = ?2",
            (guild_id, user_id, competition_id),
        )
        notes = [_note_from_row(row) for row in rows]
        return {
            note.recipient_id if note.sender_id == user_id else note.sender_id: note
            for note in notes
        }

    async def load_reported(self, guild_id: int) -> list[TeammateNote]:
        """Return the reported notes of a server about which no manager has decided."""
        rows = await self._database.query(
            f"{_NOTES} WHERE guild_id = ? AND state = 'reported' ORDER BY id", (guild_id,)
        )
        return [_note_from_row(row) for row in rows]

    async def dismiss(self, guild_id: int, note_id: int) -> bool:
        """Close a report without excluding the note's sender; return False if it was decided."""
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "UPDATE teammate_notes SET state = 'declined', sentence = ''"
                " WHERE guild_id = ? AND id = ? AND state = 'reported'",
                (guild_id, note_id),
            )
        return cursor.rowcount > 0

    async def exclude_sender(self, guild_id: int, note_id: int, now: datetime) -> int | None:
        """Exclude the sender of a reported note; return their id, None if it was decided."""
        async with self._database.write() as connection:
            for (user_id,) in await connection.execute_fetchall(
                "SELECT sender_id FROM teammate_notes"
                " WHERE guild_id = ? AND id = ? AND state = 'reported'",
                (guild_id, note_id),
            ):
                await connection.execute(
                    "INSERT INTO teammate_exclusions (guild_id, user_id, excluded_at)"
                    " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (guild_id, user_id, to_seconds(now)),
                )
                await connection.execute(
                    "UPDATE teammate_notes SET state = 'declined', sentence = ''"
                    " WHERE guild_id = ? AND sender_id = ? AND state IN ('open', 'reported')",
                    (guild_id, user_id),
                )
                return int(user_id)
        return None

    async def load_excluded(self, guild_id: int) -> list[int]:
        """Return the members who are excluded from the team search of a server."""
        rows = await self._database.query(
            "SELECT user_id FROM teammate_exclusions WHERE guild_id = ? ORDER BY excluded_at",
            (guild_id,),
        )
        return [user_id for (user_id,) in rows]

    async def delete_archived(self) -> bool:
        """Delete the notes of archived competitions, but not those that managers are to see.

        Return whether there were any.
        """
        async with self._database.write() as connection:
            cursor = await connection.execute(
                "DELETE FROM teammate_notes WHERE state <> 'reported' AND competition_id IN"
                " (SELECT id FROM competitions WHERE archived_at IS NOT NULL)"
            )
        return cursor.rowcount > 0

    async def readmit(self, guild_id: int, user_id: int) -> None:
        """Allow an excluded member to look for team mates again."""
        await self._database.change(
            "DELETE FROM teammate_exclusions WHERE guild_id = ? AND user_id = ?",
            (guild_id, user_id),
        )


async def load_member_notes(connection: aiosqlite.Connection, user_id: int) -> list[MemberNote]:
    """Return the notes that a member sent or got in all servers, in the caller's transaction."""
    rows = await connection.execute_fetchall(
        "SELECT n.guild_id, c.slug, n.sender_id = ?1, n.sentence, n.state, n.sent_at,"
        " iif(n.sender_id = ?1, n.recipient_id, n.sender_id)"
        " FROM teammate_notes n JOIN competitions c ON c.id = n.competition_id"
        " WHERE ?1 IN (n.sender_id, n.recipient_id) ORDER BY n.id",
        (user_id,),
    )
    return [
        MemberNote(
            guild_id=guild_id,
            slug=slug,
            sent=bool(sent),
            # A reported note is as a declined one to its sender, whose sentence is deleted.
            sentence=(sentence or None) if sent and state != NoteState.REPORTED else None,
            state=NoteState.DECLINED if state == NoteState.REPORTED else NoteState(state),
            sent_at=from_seconds(sent_at),
            other_id=other_id if state == NoteState.AGREED else None,
        )
        for guild_id, slug, sent, sentence, state, sent_at, other_id in rows
    ]


async def load_member_exclusions(
    connection: aiosqlite.Connection, user_id: int
) -> list[MemberExclusion]:
    """Return the servers whose managers have excluded a member, in the caller's transaction."""
    rows = await connection.execute_fetchall(
        "SELECT guild_id, excluded_at FROM teammate_exclusions WHERE user_id = ?", (user_id,)
    )
    return [MemberExclusion(guild_id, from_seconds(at)) for guild_id, at in rows]


async def delete_member_notes(connection: aiosqlite.Connection, user_id: int) -> None:
    """Delete the notes to or from a member, and the waiting direct messages about them.

    Notes of the member that others declined or reported stay: without them, the member could ask
    the same people again.
    """
    await connection.execute(
        "DELETE FROM direct_messages WHERE json_extract(message, '$.note_id') IN"
        " (SELECT id FROM teammate_notes WHERE ? IN (sender_id, recipient_id))",
        (user_id,),
    )
    await connection.execute(
        "DELETE FROM teammate_notes WHERE ?1 IN (sender_id, recipient_id)"
        " AND NOT (sender_id = ?1 AND state IN ('declined', 'reported'))",
        (user_id,),
    )


def _find_refusal(own: OpenSearch, other: OpenSearch) -> NoteOutcome | None:
    """Return why two teams cannot merge; None if they can."""
    if own.team_id == other.team_id:
        return NoteOutcome.SAME_TEAM
    limit = own.max_team_size
    if limit is not None and own.team_size + other.team_size > limit:
        return NoteOutcome.TEAMS_TOO_LARGE
    return None


async def _handle_existing(
    connection: aiosqlite.Connection,
    note: TeammateNote,
    own: OpenSearch,
    other: OpenSearch,
    *,
    names: Mapping[int, str],
    now: datetime,
) -> NoteOutcome:
    """Agree to the note of the other one; no second note is sent."""
    if note.state is not NoteState.OPEN:
        return NoteOutcome.ANSWERED
    if note.sender_id == own.search.user_id:
        return NoteOutcome.WAITING
    return await _agree(connection, note, own, other, names=names, now=now)


async def _agree(
    connection: aiosqlite.Connection,
    note: TeammateNote,
    own: OpenSearch,
    other: OpenSearch,
    *,
    names: Mapping[int, str],
    now: datetime,
) -> NoteOutcome:
    refusal = _find_refusal(own, other)
    if refusal is not None:
        return refusal
    await connection.execute("UPDATE teammate_notes SET state = 'agreed' WHERE id = ?", (note.id,))
    slug, name = await find_names(connection, note.guild_id, note.competition_id)
    for reader, mate in ((own, other), (other, own)):
        user_id = mate.search.user_id
        agreed = TeammatesAgreed(
            note.id,
            slug,
            name,
            user_id,
            names.get(user_id, ""),
            mate.user_name,
            mate.verified,
        )
        await add_direct_message(connection, note.guild_id, reader.search.user_id, agreed, now)
    return NoteOutcome.AGREED


async def _insert(
    connection: aiosqlite.Connection,
    own: OpenSearch,
    other: OpenSearch,
    group: RankGroup | None,
    now: datetime,
) -> None:
    sender = own.search
    cursor = await connection.execute(
        "INSERT INTO teammate_notes (guild_id, competition_id, sender_id, recipient_id, sentence,"
        " state, sent_at) VALUES (?, ?, ?, ?, ?, 'open', ?)",
        (
            sender.guild_id,
            sender.competition_id,
            sender.user_id,
            other.search.user_id,
            sender.profile.sentence,
            to_seconds(now),
        ),
    )
    slug, name = await find_names(connection, sender.guild_id, sender.competition_id)
    received = TeammateNoteReceived(cursor.lastrowid or 0, slug, name, sender.profile, group, now)
    await add_direct_message(connection, sender.guild_id, other.search.user_id, received, now)


async def _find(
    connection: aiosqlite.Connection, note_id: int, recipient_id: int
) -> TeammateNote | None:
    for row in await connection.execute_fetchall(
        f"{_NOTES} WHERE id = ? AND recipient_id = ?", (note_id, recipient_id)
    ):
        return _note_from_row(row)
    return None


async def _find_between(
    connection: aiosqlite.Connection, own: OpenSearch, other: OpenSearch
) -> TeammateNote | None:
    users = sorted((own.search.user_id, other.search.user_id))
    for row in await connection.execute_fetchall(
        _PAIR, (own.search.guild_id, own.search.competition_id, *users)
    ):
        return _note_from_row(row)
    return None


async def _count_open(
    connection: aiosqlite.Connection, guild_id: int, sender_id: int, now: datetime
) -> int:
    ((count,),) = await connection.execute_fetchall(
        "SELECT count(*) FROM teammate_notes"
        " WHERE guild_id = ? AND sender_id = ? AND state = 'open' AND sent_at > ?",
        (guild_id, sender_id, to_seconds(now - NOTE_LIFETIME)),
    )
    return int(count)


def _note_from_row(row: Sequence[Any]) -> TeammateNote:
    id_, guild_id, competition_id, sender_id, recipient_id, sentence, state, sent_at = row
    return TeammateNote(
        id=id_,
        guild_id=guild_id,
        competition_id=competition_id,
        sender_id=sender_id,
        recipient_id=recipient_id,
        sentence=sentence,
        state=NoteState(state),
        sent_at=from_seconds(sent_at),
    )
