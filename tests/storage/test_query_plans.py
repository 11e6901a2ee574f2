"""No query that runs often may read a whole table."""

import re
from datetime import timedelta

import aiosqlite

from leaderboards.rewards import Reward
from leaderboards.seasons import Rule
from storage.roles import Grant, State
from storage.storage import Storage
from tests.leaderboards.boards import board, entry
from tests.storage.examples import LATER, NOW, commit, follow, nothing_to_tell

WITHOUT_A_TABLE = ("json_each", "SCAN asked VIRTUAL TABLE", "CONSTANT ROW", "(subquery")
ONLY_WHAT_WAITS = (
    "USING INDEX outbox_waiting",
    "SCAN notes",
    "SCAN codes",
    "SCAN held",
    "SCAN ahead",
)
ONE_ROW_A_SERVER = ("SCAN guilds", "guilds_with_digests")
A_WHOLE_BOARD = re.compile(r"SEARCH (m|s|members|teams|ranks|places) USING .*\(board_id=\?\)")
MEANT = re.compile(r"DELETE FROM (boards|ranks)|FROM standings WHERE board_id = \d+$")
"""Statements that are about all of a board."""


async def use_everything(storage: Storage) -> None:
    first = board(entry(1, 1), entry(2, 2), benchmarks=((1, entry(0, 9)),))
    second = board(entry(1, 2, members=("user1",)), hours=1)
    competition = await follow(storage, 1, channel_id=50)
    await storage.links.link(1, 10, "user1", linked_by=10, now=NOW)
    for new in (first, second):
        board_id = await commit(storage, new)
    await storage.board_writer.held("titanic")
    await storage.board_writer.hold("titanic", "doubt", NOW)
    await storage.board_writer.unchanged("titanic", NOW)

    await storage.boards.info(competition.id)
    await storage.boards.page(board_id, 1, 20)
    await storage.boards.team(board_id, 1)
    await storage.boards.at_ranks(board_id, [1, 2])
    await storage.boards.of_users(board_id, ["user1"])
    await storage.boards.boards_of_user("user1", [competition.id])
    await storage.boards.user_names_like("user", [competition.id], 25)
    info = await storage.boards.info(competition.id)
    assert info is not None
    await storage.history.moves(info, NOW)
    await storage.history.of_teams(board_id, [1, 2])
    await storage.history.board_at(info, "titanic", NOW)
    await storage.history.begins_at(board_id)

    await storage.competitions.get("titanic")
    await storage.competitions.by_id(competition.id)
    await storage.competitions.due(NOW)
    await storage.boards.that_counts(competition.id)
    await storage.seasons.create(1, "Spring", Rule.POINTS, NOW)
    (season,) = await storage.seasons.of_guild(1)
    await storage.seasons.add(season.id, competition.id)
    (season,) = await storage.seasons.of_guild(1)
    await storage.seasons.places(1, season)
    await storage.seasons.remove(season.id, competition.id)
    await storage.seasons.delete(season.id)
    await storage.endings.passed(NOW)
    await storage.endings.ranks(competition.id)
    await storage.endings.due(NOW)
    await storage.endings.over(competition.id, NOW)
    await storage.endings.archive(competition.id, board_id, nothing_to_tell, NOW)
    await storage.endings.wake(competition.id, NOW)
    await storage.competitions.failed(competition.id, "error", NOW, LATER)
    await storage.competitions.scheduled(competition.id, LATER)
    await storage.competitions.remove_unfollowed("titanic")

    await storage.links.of_member(1, 10)
    await storage.links.claim_of_member(1, 10)
    await storage.links.claim_of_user_name(1, "user1")
    await storage.links.of_guild(1)
    await storage.links.of_user(10)
    await storage.links.set_mention(1, 10, mention=True)

    code = await storage.proofs.issue(1, 10, "user1", NOW)
    await storage.proofs.code(1, 10, NOW)
    await storage.proofs.on_boards(code, NOW, note=False)
    await storage.proofs.in_notebook(code, NOW, note=True)
    await storage.notes.to_send(NOW, 5)
    await storage.notes.to_show(1, 10)

    await storage.roles.set(1, Reward.FIRST, 70)
    await storage.roles.rewards(1)
    await storage.roles.guild_ids()
    await storage.roles.places(1)
    await storage.roles.keep(Grant(1, 10, 70, State.GIVEN, NOW))
    for grant in await storage.roles.grants(1):
        await storage.roles.forget(grant)
    await storage.roles.role_gone(1, 70)
    await storage.roles.remove(1, Reward.FIRST)

    await storage.guilds.settings(1)
    await storage.guilds.change(1, mention=True)
    await storage.guilds.follows(1)
    await storage.guilds.follow_of(1, "titanic")
    await storage.guilds.pause(1, "titanic")
    await storage.guilds.resume(1, "titanic")

    (channel_id,) = await storage.outbox.channels()
    row = await storage.outbox.next(channel_id)
    assert row is not None
    await storage.outbox.next(50)
    await storage.outbox.depth()
    await storage.guilds.change(1, daily_digest=True)
    await storage.digests.due(NOW)
    await storage.guilds.change(1, digest_hour=11)
    await storage.digests.due(NOW)
    await storage.held.release(NOW)
    await storage.deadlines.remind(NOW)
    await storage.deadlines.ahead(1, NOW, timedelta(days=7))
    await storage.live_boards.of_competition(competition.id)
    await storage.live_boards.of_follow(1, competition.id)
    await storage.outbox.depth_of(1)
    await storage.outbox.last_errors(1)
    await storage.outbox.given_up(1, NOW)
    await storage.outbox.attempting(row, NOW, 5)
    await storage.outbox.failed(row.id, "error", refused=True)
    await storage.outbox.set_aside(row.id, "error", NOW)
    await storage.outbox.delivered(row.id, 1, NOW)

    await storage.facts.set("key", "value")
    await storage.facts.get("key")
    await storage.links.unlink(1, 10)
    await storage.guilds.unfollow(1, "titanic")
    await storage.guilds.remove(1)


async def test_hot_queries_find_their_rows_by_an_index(storage: Storage) -> None:
    statements: set[str] = set()
    connections: list[aiosqlite.Connection] = [
        storage.database._writer,
        *storage.database._readers,
    ]
    for connection in connections:
        await connection.set_trace_callback(statements.add)
    await use_everything(storage)
    scans = []
    queries = {s for s in statements if s.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))}
    assert len(queries) > 50
    async with storage.database.write() as connection:
        for query in queries:
            plan = await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {query}")
            scans += [
                f"{step}: {query}"
                for *_, step in plan
                if (A_WHOLE_BOARD.fullmatch(step) and not MEANT.search(query))
                or (
                    step.startswith("SCAN")
                    and not any(
                        part in step
                        for part in (*WITHOUT_A_TABLE, *ONLY_WHAT_WAITS, *ONE_ROW_A_SERVER)
                    )
                )
            ]
    assert scans == []
