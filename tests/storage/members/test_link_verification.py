import sqlite3
from datetime import timedelta

import pytest

from leaderboards.board import Board
from leaderboards.members.verification_codes import LIFETIME, VerificationMethod, format_code
from records.direct_messages import DirectMessageContent, LinkDisplaced, LinkVerified
from records.members import VerificationCode
from storage.errors import NameTaken
from storage.members.link_verification import VerificationOutcome
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.plans import Statements
from tests.storage.examples import LATER, NOW, commit, follow

HOME, ELSEWHERE = 1, 2
ADA, BOB, EVE = 10, 11, 12


async def issue(
    storage: Storage, user_id: int = ADA, name: str = "ada", guild_id: int = HOME
) -> VerificationCode:
    return await storage.verifications.issue_code(guild_id, user_id, name, NOW)


async def find_verification(
    storage: Storage, user_id: int, guild_id: int = HOME
) -> VerificationMethod | None:
    link = await storage.links.find_counted_link(guild_id, user_id)
    return link.verification if link else None


async def load_direct_messages(storage: Storage) -> list[tuple[int, int, DirectMessageContent]]:
    return [
        (message.guild_id, message.user_id, message.content)
        for message in await storage.direct_messages.load_waiting(NOW, 99)
    ]


def team_board(name: str, *members: str, hours: int = 0) -> Board:
    return board(entry(1, 1, team_name=name, members=members), entry(2, 2), hours=hours)


async def test_code_stays_until_it_expires_or_the_name_changes(
    storage: Storage,
) -> None:
    first = await issue(storage)
    assert await storage.verifications.issue_code(HOME, ADA, "ADA", LATER) == first
    assert (await issue(storage, guild_id=ELSEWHERE)).code != first.code
    assert (await issue(storage, BOB)).code != first.code
    assert await storage.verifications.find_code(HOME, ADA, first.expires_at) is None
    assert (
        await storage.verifications.issue_code(HOME, ADA, "ada", NOW + LIFETIME)
    ).code != first.code
    other = await issue(storage, name="lovelace")
    assert await storage.verifications.find_code(HOME, ADA, NOW) == other
    await storage.links.unlink(HOME, ADA)
    assert await storage.verifications.find_code(HOME, ADA, NOW) is None


async def test_board_verifies_a_link_once_in_its_transaction(storage: Storage) -> None:
    await follow(storage, HOME)
    await follow(storage, ELSEWHERE)
    await storage.links.link(HOME, ADA, "ada", linked_by=99, now=NOW)
    await storage.links.set_wants_ping(HOME, ADA, wants_ping=True)
    code, elsewhere = await issue(storage), await issue(storage, guild_id=ELSEWHERE)
    await commit(storage, team_board("Team Ada", "ADA", "mate"))
    assert await find_verification(storage, ADA) is None
    await commit(
        storage, team_board(f"Ada @everyone {format_code(code.code).lower()}", "ADA", hours=1)
    )
    link = await storage.links.find_counted_link(HOME, ADA)
    assert link is not None
    assert (link.verification, link.verified_at, link.wants_ping) == (
        VerificationMethod.TEAM,
        NOW,
        True,
    )
    assert await load_direct_messages(storage) == [(HOME, ADA, LinkVerified("ada"))]
    assert await storage.links.find_counted_link(ELSEWHERE, ADA) is None
    assert await storage.verifications.find_code(HOME, ADA, NOW) is None
    assert await storage.verifications.find_code(ELSEWHERE, ADA, NOW) == elsewhere
    await commit(storage, team_board("Ada", "ADA", hours=2))
    assert await find_verification(storage, ADA) is VerificationMethod.TEAM
    assert len(await load_direct_messages(storage)) == 1
    assert (
        await storage.verifications.verify_by_notebook(code, NOW, notify=True)
        is VerificationOutcome.TOO_LATE
    )


async def test_board_is_not_searched_for_members_without_a_code(
    storage: Storage, tables: sqlite3.Connection
) -> None:
    statements = Statements()
    with statements.recording():
        await follow(storage, HOME)
        await commit(storage, team_board("Team Ada", "ada"))
    (sql,) = [one for one in statements.take_new() if "FROM verification_codes c" in one]
    plan = [step for *_, step in tables.execute(f"EXPLAIN QUERY PLAN {sql}", (1,))]
    assert plan[0] == "SCAN c"
    assert any(step.endswith("(board_id=? AND user_name=?)") for step in plan)


async def test_team_member_verifies_only_their_own_name(storage: Storage) -> None:
    await follow(storage, HOME)
    codes = [
        (await issue(storage, user_id, name)).code
        for user_id, name in ((ADA, "ada"), (BOB, "bob"), (EVE, "eve"))
    ]
    await commit(storage, team_board(" ".join(codes), "ada", "bob"))
    assert await find_verification(storage, ADA) is VerificationMethod.TEAM
    assert await find_verification(storage, BOB) is VerificationMethod.TEAM
    assert await storage.links.find_counted_link(HOME, EVE) is None


async def test_expired_code_or_paused_competition_verifies_nothing(
    storage: Storage,
) -> None:
    await follow(storage, HOME)
    early = await storage.verifications.issue_code(HOME, ADA, "ada", NOW - LIFETIME)
    late = await storage.verifications.issue_code(
        HOME, BOB, "bob", NOW - LIFETIME + timedelta(seconds=1)
    )
    await storage.guilds.pause(HOME, "titanic")
    await commit(storage, team_board(early.code + late.code, "ada", "bob"))
    assert await load_direct_messages(storage) == []
    await storage.guilds.resume(HOME, "titanic")
    await storage.board_writer.record_unchanged("titanic", NOW)
    assert await load_direct_messages(storage) == [(HOME, BOB, LinkVerified("bob"))]


async def test_stored_boards_verify_on_request(storage: Storage) -> None:
    code = await issue(storage)
    await follow(storage, ELSEWHERE)
    await commit(storage, team_board(code.code, "ada"))
    assert await storage.verifications.verify_by_team(code, NOW, notify=False) is None
    await follow(storage, HOME)
    assert (
        await storage.verifications.verify_by_team(code, NOW, notify=False)
        is VerificationOutcome.VERIFIED
    )
    assert (
        await storage.verifications.verify_by_team(code, NOW, notify=False)
        is VerificationOutcome.TOO_LATE
    )
    assert await load_direct_messages(storage) == []


async def test_verification_replaces_unverified_and_weaker_links(storage: Storage) -> None:
    await storage.links.link(HOME, BOB, "ada", linked_by=BOB, now=NOW)
    await storage.links.link(HOME, ADA, "other", linked_by=ADA, now=NOW)
    await storage.links.link(ELSEWHERE, BOB, "ada", linked_by=BOB, now=NOW)
    code = await issue(storage)
    await follow(storage, HOME)
    await commit(storage, team_board(code.code, "ada", "eve"))
    assert await storage.links.find_counted_link(HOME, BOB) is None
    assert await storage.links.find_counted_link(ELSEWHERE, BOB) is not None
    assert await load_direct_messages(storage) == [
        (HOME, BOB, LinkDisplaced("ada")),
        (HOME, ADA, LinkVerified("ada")),
    ]
    with pytest.raises(NameTaken) as taken:
        await storage.links.link(HOME, BOB, "ada", linked_by=BOB, now=NOW)
    assert taken.value.verification is VerificationMethod.TEAM

    # A team mate can do that as well; a notebook only its author.
    code = await issue(storage, EVE)
    await commit(storage, team_board(code.code, "ada", "eve", hours=1))
    assert await find_verification(storage, EVE) is None
    assert (
        await storage.verifications.verify_by_notebook(code, NOW, notify=True)
        is VerificationOutcome.VERIFIED
    )
    assert await find_verification(storage, EVE) is VerificationMethod.NOTEBOOK
    assert await load_direct_messages(storage) == [
        (HOME, BOB, LinkDisplaced("ada")),
        (HOME, ADA, LinkDisplaced("ada")),
        (HOME, EVE, LinkVerified("ada")),
    ]
    code = await issue(storage, BOB)
    assert (
        await storage.verifications.verify_by_notebook(code, NOW, notify=True)
        is VerificationOutcome.TAKEN
    )


async def test_verification_belongs_to_one_name(storage: Storage) -> None:
    await storage.verifications.verify_by_notebook(await issue(storage), NOW, notify=False)
    await storage.links.link(HOME, ADA, "ADA", linked_by=99, now=LATER)
    assert await find_verification(storage, ADA) is VerificationMethod.NOTEBOOK
    await storage.links.link(HOME, ADA, "lovelace", linked_by=ADA, now=LATER)
    assert await find_verification(storage, ADA) is None


async def test_unverified_links_count_unless_verification_is_required(storage: Storage) -> None:
    for guild_id in (HOME, ELSEWHERE):
        await storage.links.link(guild_id, BOB, "bob", linked_by=BOB, now=NOW)
    await storage.verifications.verify_by_notebook(await issue(storage), NOW, notify=False)
    assert [link.user_id for link in await storage.links.load_counted_links(HOME)] == [ADA, BOB]
    await storage.guilds.change_settings(HOME, require_verified=True)
    assert [link.user_id for link in await storage.links.load_counted_links(HOME)] == [ADA]
    assert [link.user_id for link in await storage.links.load_counted_links(ELSEWHERE)] == [BOB]
    assert await storage.links.find_counted_link(HOME, BOB) is None
    assert [link.guild_id for link in await storage.links.load_counted_links_by_user(BOB)] == [
        ELSEWHERE
    ]
    assert await storage.links.find_link(HOME, BOB) is not None
    await storage.guilds.change_settings(HOME, require_verified=False)
    assert [link.user_id for link in await storage.links.load_counted_links(HOME)] == [ADA, BOB]


async def test_code_checks_become_less_frequent(storage: Storage) -> None:
    await issue(storage)
    await issue(storage, BOB, "bob", ELSEWHERE)
    await storage.guilds.mark_left(ELSEWHERE, NOW)
    checks, now = [], NOW
    for _ in range(26 * 60):
        now += timedelta(minutes=1)
        for code in await storage.verifications.load_due_codes(now, 5):
            await storage.verifications.record_check(code, now)
            checks.append(now - NOW)
    assert checks[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15)]
    assert 20 < len(checks) < 35
    assert checks[-1] < LIFETIME


async def test_direct_message_is_kept_for_thirty_days(storage: Storage) -> None:
    await storage.verifications.verify_by_notebook(await issue(storage), NOW, notify=True)
    (message,) = await storage.direct_messages.load_waiting(NOW, 5)
    assert await storage.direct_messages.load_waiting_in_server(HOME, ADA, 10) == []
    await storage.direct_messages.show_in_server(message)
    assert await storage.direct_messages.load_waiting(NOW, 5) == []
    assert await storage.direct_messages.load_waiting_in_server(HOME, ADA, 10) == [message]
    assert await storage.direct_messages.load_waiting_in_server(ELSEWHERE, ADA, 10) == []
    await storage.direct_messages.load_waiting(NOW + timedelta(days=31), 5)
    assert await storage.direct_messages.load_waiting_in_server(HOME, ADA, 10) == []
