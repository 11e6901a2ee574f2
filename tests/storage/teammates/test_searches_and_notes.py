"""Searches for team mates and the notes between them, as they are stored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leaderboards.members.rank_group import RankGroup
from records.direct_messages import DirectMessage
from records.teammates import (
    MAX_OPEN_NOTES,
    NOTE_LIFETIME,
    NoteOutcome,
    NoteState,
    SearchEnd,
    TeammateNoteReceived,
    TeammateProfile,
    TeammatesAgreed,
    TeammateSearchEnded,
)
from storage.errors import SearchRefused
from storage.key_values import RESTORED_AT
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import NOW, commit, count, execute, follow

GUILD, ELSEWHERE = 1, 2
ANN, BOB, CID, DAN = 10, 11, 12, 13
NAMES = {ANN: "ann_d", BOB: "bob_d"}
PROFILE = TeammateProfile("I have a good notebook", "English", "Europe/Berlin")


async def link(storage: Storage, user_id: int, user_name: str, guild_id: int = GUILD) -> None:
    await storage.links.link(guild_id, user_id, user_name, user_id, NOW)


async def prepare(storage: Storage, *guild_ids: int) -> int:
    """Store a board of four teams with the members of a server; return the competition's id."""
    teams = [
        entry(1, 1, members=("ann",)),
        entry(2, 2, members=("bob", "bill")),
        entry(3, 3, members=("cid", "cora", "carl")),
        entry(4, 4, members=("dan",)),
    ]
    await commit(storage, board(*teams))
    for guild_id in guild_ids or (GUILD,):
        competition = await follow(storage, guild_id)
        for user_id, name in ((ANN, "ann"), (BOB, "bob"), (CID, "cid"), (DAN, "dan")):
            await link(storage, user_id, name, guild_id)
    return competition.id


async def search(storage: Storage, competition_id: int, *user_ids: int, guild: int = GUILD) -> None:
    for user_id in user_ids:
        await storage.teammate_searches.save(guild, user_id, competition_id, PROFILE, NOW)


async def searching(storage: Storage, competition_id: int, guild_id: int = GUILD) -> list[int]:
    found = await storage.teammate_searches.load_open(guild_id, competition_id, NOW)
    return [one.search.user_id for one in found]


async def send(storage: Storage, competition_id: int, sender: int, to: int) -> NoteOutcome:
    own = await storage.teammate_searches.find(GUILD, sender, competition_id, NOW)
    other = await storage.teammate_searches.find(GUILD, to, competition_id, NOW)
    assert own is not None
    search_id = 0 if other is None else other.search.id
    return await storage.teammate_notes.send(own, search_id, RankGroup(1, 4), NAMES, NOW)


async def waiting(storage: Storage) -> list[DirectMessage]:
    return await storage.direct_messages.load_waiting(NOW, 100)


async def test_search_shows_the_team_as_it_is_now(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, BOB)
    (found,) = await storage.teammate_searches.load_open(GUILD, id_, NOW)
    assert (found.search.profile, found.rank, found.team_size) == (PROFILE, 2, 2)
    await search(storage, id_, BOB)
    teams = [entry(1, 2, members=("bob",)), entry(2, 1, members=("ann",))]
    await commit(storage, board(*teams, hours=1))
    (found,) = await storage.teammate_searches.load_open(GUILD, id_, NOW)
    assert (found.rank, found.team_size) == (1, 1)


@pytest.mark.parametrize(
    ("change", "values", "reason"),
    [
        ("UPDATE competitions SET merger_deadline = ?", [NOW], SearchEnd.MERGERS_CLOSED),
        ("UPDATE competitions SET deadline = ?", [NOW], SearchEnd.MERGERS_CLOSED),
        ("UPDATE competitions SET ended_at = ?", [NOW], SearchEnd.MERGERS_CLOSED),
        (
            "INSERT INTO deadlines (at, guild_id, competition_id, kind) VALUES (?, 1, 1, 'merger')",
            [NOW],
            SearchEnd.MERGERS_CLOSED,
        ),
        ("UPDATE competitions SET team_size = 2", [], SearchEnd.TEAM_FULL),
        ("DELETE FROM members WHERE user_name = 'bob'", [], SearchEnd.NOT_ON_BOARD),
        ("UPDATE guilds SET require_verified = 1", [], SearchEnd.NOT_ON_BOARD),
        ("INSERT INTO teammate_exclusions VALUES (1, 11, 0)", [], SearchEnd.EXCLUDED),
    ],
)
async def test_search_ends_by_itself_and_its_member_is_told_why(
    storage: Storage, change: str, values: list[object], reason: SearchEnd
) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, BOB)
    assert await storage.teammate_searches.end_closed(NOW) == 0
    await execute(storage, change, *(int(NOW.timestamp()) for _ in values))
    assert await searching(storage, id_) == []
    with pytest.raises(SearchRefused) as refused:
        await search(storage, id_, BOB)
    assert refused.value.reason is reason
    assert await storage.teammate_searches.end_closed(NOW) == 1
    assert await count(storage, "teammate_searches") == 0
    (message,) = await waiting(storage)
    assert message.user_id == BOB
    assert message.content == TeammateSearchEnded("titanic", None, reason)


async def test_search_ends_with_the_link_and_with_the_follow(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB)
    await storage.links.unlink(GUILD, BOB)
    assert await searching(storage, id_) == [ANN]
    await storage.guilds.unfollow(GUILD, "titanic", NOW)
    assert await count(storage, "teammate_searches") == 0


async def test_two_servers_are_apart(storage: Storage) -> None:
    id_ = await prepare(storage, GUILD, ELSEWHERE)
    await search(storage, id_, ANN)
    await search(storage, id_, BOB, guild=ELSEWHERE)
    assert await searching(storage, id_) == [ANN]
    assert await searching(storage, id_, ELSEWHERE) == [BOB]
    (own,) = await storage.teammate_searches.load_open(GUILD, id_, NOW)
    (theirs,) = await storage.teammate_searches.load_open(ELSEWHERE, id_, NOW)
    outcome = await storage.teammate_notes.send(own, theirs.search.id, None, NAMES, NOW)
    assert outcome is NoteOutcome.OTHER_NOT_SEARCHING


async def test_note_names_nobody_until_both_agree(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB)
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.SENT
    (message,) = await waiting(storage)
    assert message.user_id == BOB
    group = RankGroup(1, 4)
    assert message.content == TeammateNoteReceived(1, "titanic", None, PROFILE, group, NOW)
    assert await storage.teammate_notes.agree(1, ANN, NAMES, NOW) is NoteOutcome.ANSWERED, (
        "not hers"
    )
    assert await storage.teammate_notes.agree(1, BOB, NAMES, NOW) is NoteOutcome.AGREED
    told = {one.user_id: one.content for one in await waiting(storage)}
    assert told == {
        ANN: TeammatesAgreed(1, "titanic", None, BOB, "bob_d", "bob", other_verified=False),
        BOB: TeammatesAgreed(1, "titanic", None, ANN, "ann_d", "ann", other_verified=False),
    }, "and the note is not told any more"
    assert await storage.teammate_notes.agree(1, BOB, NAMES, NOW) is NoteOutcome.ANSWERED


async def test_note_back_is_an_agreement(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB)
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.SENT
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.WAITING
    assert await send(storage, id_, BOB, ANN) is NoteOutcome.AGREED
    assert await send(storage, id_, BOB, ANN) is NoteOutcome.ANSWERED


@pytest.mark.parametrize("state", [NoteState.DECLINED, NoteState.REPORTED])
async def test_declined_pair_cannot_ask_again_even_after_a_new_search(
    storage: Storage, state: NoteState
) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB)
    await send(storage, id_, ANN, BOB)
    assert not await storage.teammate_notes.decline_or_report(1, ANN, state)
    assert await storage.teammate_notes.decline_or_report(1, BOB, state)
    assert not await storage.teammate_notes.decline_or_report(1, BOB, state)
    for user_id in (ANN, BOB):
        assert await storage.teammate_searches.end(GUILD, user_id, id_)
    await search(storage, id_, ANN, BOB)
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.ANSWERED
    assert await send(storage, id_, BOB, ANN) is NoteOutcome.ANSWERED


@pytest.mark.parametrize("state", [NoteState.DECLINED, NoteState.REPORTED])
async def test_who_is_forgotten_cannot_ask_again_who_refused(
    storage: Storage, state: NoteState
) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB, DAN)
    await send(storage, id_, ANN, BOB)
    await send(storage, id_, ANN, DAN)
    await storage.teammate_notes.decline_or_report(1, BOB, state)
    await storage.privacy.delete_member_data(ANN)
    assert await count(storage, "teammate_notes") == 1
    reported = await storage.teammate_notes.load_reported(GUILD)
    assert bool(reported) == (state is NoteState.REPORTED), "managers can still decide"
    await link(storage, ANN, "ann")
    await search(storage, id_, ANN)
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.ANSWERED
    assert await send(storage, id_, ANN, DAN) is NoteOutcome.SENT
    await storage.privacy.delete_member_data(BOB)
    assert await storage.teammate_notes.load_by_member(GUILD, BOB, id_) == {}, "it is Bob's own"


async def test_sentence_of_a_note_is_kept_only_until_it_is_declined(storage: Storage) -> None:
    id_ = await prepare(storage)
    notes = storage.teammate_notes
    await search(storage, id_, ANN, BOB, CID, DAN)
    for other in (BOB, CID, DAN):
        await send(storage, id_, ANN, other)
    await notes.decline_or_report(1, BOB, NoteState.DECLINED)
    await notes.decline_or_report(2, CID, NoteState.REPORTED)
    await notes.decline_or_report(3, DAN, NoteState.REPORTED)
    known = await notes.load_by_member(GUILD, ANN, id_)
    sentence = PROFILE.sentence
    assert [known[one].sentence for one in (BOB, CID, DAN)] == ["", sentence, sentence]
    assert await notes.dismiss(GUILD, 2)
    assert await notes.exclude_sender(GUILD, 3, NOW) == ANN
    known = await notes.load_by_member(GUILD, ANN, id_)
    assert {note.sentence for note in known.values()} == {""}


async def test_teams_that_cannot_merge_are_told_before_a_note_of_a_verified_sender(
    storage: Storage,
) -> None:
    id_ = await prepare(storage)
    await execute(storage, "UPDATE competitions SET team_size = 4")
    await execute(storage, "UPDATE links SET verification = 'notebook' WHERE user_name = 'bob'")
    await link(storage, DAN, "bill")
    await search(storage, id_, ANN, BOB, CID, DAN)
    assert await send(storage, id_, BOB, CID) is NoteOutcome.TEAMS_TOO_LARGE
    assert await send(storage, id_, BOB, DAN) is NoteOutcome.SAME_TEAM
    assert await send(storage, id_, BOB, ANN) is NoteOutcome.SENT


async def test_who_only_claims_a_name_learns_nothing_of_the_others_team(storage: Storage) -> None:
    id_ = await prepare(storage)
    await execute(storage, "UPDATE competitions SET team_size = 4")
    await link(storage, DAN, "bill")
    await search(storage, id_, BOB, CID, DAN)
    assert await send(storage, id_, DAN, BOB) is NoteOutcome.SENT
    assert await send(storage, id_, DAN, CID) is NoteOutcome.SENT
    assert await storage.teammate_notes.agree(1, BOB, NAMES, NOW) is NoteOutcome.SAME_TEAM
    assert await storage.teammate_notes.agree(2, CID, NAMES, NOW) is NoteOutcome.TEAMS_TOO_LARGE
    assert [one.user_id for one in await waiting(storage)] == [BOB, CID], "only the notes"


async def test_notes_to_who_takes_none_are_refused(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB)
    assert await storage.teammate_searches.set_takes_notes(GUILD, BOB, id_, False)
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.OTHER_NOT_SEARCHING
    assert await send(storage, id_, BOB, ANN) is NoteOutcome.SENT
    assert await send(storage, id_, ANN, BOB) is NoteOutcome.AGREED


async def test_five_notes_may_be_open(storage: Storage) -> None:
    id_ = await prepare(storage)
    others = range(20, 20 + MAX_OPEN_NOTES + 1)
    teams = [entry(rank, rank, members=(f"u{rank}",)) for rank in others]
    await commit(storage, board(*teams, entry(1, 1, members=("ann",)), hours=1))
    for other in others:
        await link(storage, other, f"u{other}")
    await search(storage, id_, ANN, *others)
    *first, last = [await send(storage, id_, ANN, other) for other in others]
    assert {*first} == {NoteOutcome.SENT}
    assert last is NoteOutcome.TOO_MANY
    await storage.teammate_notes.decline_or_report(1, others[0], NoteState.DECLINED)
    assert await send(storage, id_, ANN, others[-1]) is NoteOutcome.SENT
    long_ago = int((NOW - NOTE_LIFETIME - timedelta(hours=1)).timestamp())
    await execute(storage, "UPDATE teammate_notes SET sent_at = ? WHERE id > 2", long_ago)
    assert await storage.teammate_notes.agree(3, others[2], NAMES, NOW) is NoteOutcome.AGREED


async def test_agreement_needs_both_to_search_still(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB)
    await send(storage, id_, ANN, BOB)
    await storage.teammate_searches.end(GUILD, ANN, id_)
    assert await storage.teammate_notes.agree(1, BOB, NAMES, NOW) is NoteOutcome.OTHER_NOT_SEARCHING
    await search(storage, id_, ANN)
    await storage.teammate_searches.end_searches_of_absent(GUILD, [BOB])
    assert await storage.teammate_notes.agree(1, BOB, NAMES, NOW) is NoteOutcome.NOT_SEARCHING


async def test_managers_exclude_and_readmit_who_was_reported(storage: Storage) -> None:
    id_ = await prepare(storage)
    notes = storage.teammate_notes
    await search(storage, id_, ANN, BOB, DAN)
    for other in (BOB, DAN):
        await send(storage, id_, ANN, other)
    await notes.decline_or_report(1, BOB, NoteState.REPORTED)
    (reported,) = await notes.load_reported(GUILD)
    assert (reported.sender_id, reported.sentence) == (ANN, PROFILE.sentence)
    assert await notes.load_reported(ELSEWHERE) == []
    assert await notes.exclude_sender(ELSEWHERE, 1, NOW) is None
    assert not await notes.dismiss(ELSEWHERE, 1)
    assert await notes.exclude_sender(GUILD, 1, NOW) == ANN
    assert await notes.exclude_sender(GUILD, 1, NOW) is None
    assert not await notes.dismiss(GUILD, 1)
    assert await notes.load_reported(GUILD) == []
    assert await notes.load_excluded(GUILD) == [ANN]
    assert await searching(storage, id_) == [DAN, BOB]
    assert await notes.agree(2, DAN, NAMES, NOW) is NoteOutcome.ANSWERED
    await notes.readmit(GUILD, ANN)
    await search(storage, id_, ANN)
    assert await searching(storage, id_) == [DAN, BOB, ANN]


async def test_notes_of_archived_competitions_are_deleted(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, ANN, BOB, DAN)
    await send(storage, id_, ANN, BOB)
    await send(storage, id_, ANN, DAN)
    await storage.teammate_notes.decline_or_report(2, DAN, NoteState.REPORTED)
    assert not await storage.teammate_notes.delete_archived()
    await execute(storage, "UPDATE competitions SET archived_at = 1")
    assert await storage.teammate_notes.delete_archived()
    assert not await storage.teammate_notes.delete_archived()
    assert await count(storage, "teammate_notes") == 1


async def test_end_right_after_a_restore_is_not_told_again(storage: Storage) -> None:
    id_ = await prepare(storage)
    await search(storage, id_, BOB)
    await execute(storage, "UPDATE competitions SET ended_at = 1")
    restored_at = str(int((NOW - timedelta(minutes=5)).timestamp()))
    await storage.key_values.set(RESTORED_AT, restored_at)
    assert await storage.teammate_searches.end_closed(NOW) == 1
    assert await waiting(storage) == []


async def prepare_new_name(storage: Storage, guild_id: int) -> int:
    """Store the board under its new name, too, which a server follows; return that one's id."""
    teams = [entry(1, 1, members=("ann",)), entry(2, 2, members=("bob",))]
    await commit(storage, replace(board(*teams), slug="titanic-2"))
    competition = await follow(storage, guild_id, "titanic-2")
    for user_id, name in ((ANN, "ann"), (BOB, "bob")):
        await link(storage, user_id, name, guild_id)
    return competition.id


async def test_searches_and_notes_move_with_a_renamed_competition(storage: Storage) -> None:
    old, new = await prepare(storage), await prepare_new_name(storage, ELSEWHERE)
    await search(storage, new, ANN, BOB, guild=ELSEWHERE)
    own = await storage.teammate_searches.find(ELSEWHERE, ANN, new, NOW)
    other = await storage.teammate_searches.find(ELSEWHERE, BOB, new, NOW)
    assert own is not None
    assert other is not None
    outcome = await storage.teammate_notes.send(own, other.search.id, None, NAMES, NOW)
    assert outcome is NoteOutcome.SENT
    assert await storage.competition_renames.rename(old, "titanic-2", NOW) == old
    assert set(await searching(storage, old, ELSEWHERE)) == {ANN, BOB}
    assert list(await storage.teammate_notes.load_by_member(ELSEWHERE, BOB, old)) == [ANN]


async def test_searches_under_both_names_of_a_renamed_competition_are_kept_once(
    storage: Storage,
) -> None:
    old, new = await prepare(storage), await prepare_new_name(storage, GUILD)
    await search(storage, old, ANN)
    await search(storage, new, ANN, BOB)
    assert await storage.competition_renames.rename(old, "titanic-2", NOW) == old
    assert set(await searching(storage, old)) == {ANN, BOB}
    assert await count(storage, "teammate_searches") == 2


async def test_note_that_waits_tells_the_new_name_of_a_competition(storage: Storage) -> None:
    old = await prepare(storage)
    await search(storage, old, ANN, BOB)
    own = await storage.teammate_searches.find(GUILD, ANN, old, NOW)
    other = await storage.teammate_searches.find(GUILD, BOB, old, NOW)
    assert own is not None
    assert other is not None
    await storage.teammate_notes.send(own, other.search.id, None, NAMES, NOW)
    await storage.competition_renames.rename(old, "titanic-2", NOW)
    (message,) = await storage.direct_messages.load_waiting(NOW, 10)
    assert isinstance(message.content, TeammateNoteReceived)
    assert message.content.slug == "titanic-2"
