from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from leaderboards.board import BoardKind, split_members
from leaderboards.medals import MedalZone
from leaderboards.news.follower import Follower, Link
from leaderboards.news.messages import EndedMessage, ShakeUpTeam
from leaderboards.results import competition_end as ending
from leaderboards.results.competition_end import (
    MAX_FINISHERS,
    CompetitionEnd,
    pause_before_next_check,
)
from tests.leaderboards.boards import START, board, entry

DEADLINE = START + timedelta(hours=1)
PUBLIC = board(*(entry(n, n, f"{1 - n / 100:.2f}") for n in range(1, 21)))
PRIVATE_ORDER = [20, *range(1, 20)]
PRIVATE = replace(
    board(*(entry(rank, n, f"{0.9 - rank / 100:.2f}") for rank, n in enumerate(PRIVATE_ORDER, 1))),
    kind=BoardKind.PRIVATE,
)
END = CompetitionEnd("titanic", DEADLINE, PUBLIC, PRIVATE, medals=True)


def follower(*numbers: int, late: bool = False) -> Follower:
    """Return a server in which these users are linked, each by ten times their number."""
    return Follower(
        guild_id=1,
        channel_id=5,
        announce=True,
        smallest_rise=0,
        smallest_fall=50,
        mention=False,
        leader_team_id=1,
        leader_announced_at=None,
        links=tuple(Link(10 * n, f"USER{n}", wants_ping=False, team_id=None) for n in numbers),
        baselines={},
        followed_at=DEADLINE + timedelta(days=1) if late else START,
    )


def decide_message(end: CompetitionEnd, server: Follower) -> EndedMessage:
    (message,) = end.decide(server).messages
    assert isinstance(message, EndedMessage)
    return message


def test_end_names_the_teams_of_a_server_with_medals_and_shake_up() -> None:
    message = decide_message(END, follower(3, 20, 99))
    assert [(f.rank, f.public_rank, f.user_ids, f.medal) for f in message.finishers] == [
        (1, 20, (200,), MedalZone.GOLD),
        (4, 3, (30,), MedalZone.SILVER),
    ]
    assert (message.winner.team_name, message.winner.user_ids) == ("team 20", (200,))
    assert (message.team_count, message.private) == (20, True)
    assert message.mean_places == 38 / 20
    assert message.mean_shake_up == 38 / 400
    assert message.rose == (ShakeUpTeam("team 20", 20, 1),)
    assert message.fell[0] == ShakeUpTeam("team 1", 1, 2)


def test_end_has_no_medals_where_none_are_awarded() -> None:
    assert decide_message(replace(END, medals=False), follower(20)).finishers[0].medal is None


def test_public_board_is_final_without_a_private_one() -> None:
    message = decide_message(replace(END, private=None), follower(3))
    (third,) = message.finishers
    assert (third.rank, third.public_rank, message.private) == (3, None, False)
    assert (message.mean_shake_up, message.rose) == (0, ())
    assert message.public_at == PUBLIC.taken_at


def test_team_missing_on_the_final_board_comes_last() -> None:
    removed = replace(PRIVATE, teams=PRIVATE.teams.take(PRIVATE.teams.rank[1:] - 1))
    message = decide_message(replace(END, private=removed), follower(20, 19))
    assert [(f.rank, f.public_rank) for f in message.finishers] == [(20, 19), (None, 20)]


def test_end_counts_teams_that_do_not_fit() -> None:
    message = decide_message(END, follower(*range(1, 21)))
    assert (len(message.finishers), message.more) == (MAX_FINISHERS, 20 - MAX_FINISHERS)


def test_members_are_indexed_once_for_all_servers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts: list[str] = []

    def split(joined: str) -> tuple[str, ...]:
        texts.append(joined)
        return split_members(joined)

    monkeypatch.setattr(ending, "split_members", split)
    end = replace(END)
    servers = [decide_message(end, follower(n, 21 - n)) for n in range(1, 11)]
    assert [{f.team_id for f in message.finishers} for message in servers] == [
        {n, 21 - n} for n in range(1, 11)
    ]
    assert len(texts) == len(PUBLIC.teams) + len(PRIVATE.teams)


def test_member_who_changed_teams_finishes_with_both() -> None:
    names = {f"user{n}": (f"user{n}",) for n in range(1, 21)} | {"user3": (), "user5": ("user3",)}
    merged = replace(
        PRIVATE,
        teams=replace(
            PRIVATE.teams,
            members=np.array([",".join(names[m]) for m in PRIVATE.teams.members], dtype=object),
        ),
    )
    message = decide_message(replace(END, private=merged), follower(3))
    assert [(f.team_id, f.rank, f.user_ids) for f in message.finishers] == [
        (3, 4, ()),
        (5, 6, (30,)),
    ]


def test_server_that_followed_after_the_end_gets_no_message() -> None:
    decision = END.decide(follower(3, late=True))
    assert (decision.messages, decision.baselines, decision.leader_team_id) == ((), (), 1)


def test_member_is_extracted_and_redacted() -> None:
    message = decide_message(END, follower(3, 20))
    own = message.extract(200)
    assert isinstance(own, EndedMessage)
    assert [team.team_id for team in own.finishers] == [20]
    assert own.team_ids() == {20}
    assert message.extract(77) is None
    left = message.redact(200)
    assert isinstance(left, EndedMessage)
    assert [team.user_ids for team in left.finishers] == [(30,)]
    assert left.winner.user_ids == ()
    assert "200" not in repr(left.finishers)


def test_pauses_between_checks_grow() -> None:
    short = timedelta(minutes=5)
    pauses = [
        pause_before_next_check(DEADLINE, DEADLINE + timedelta(hours=hours), short)
        for hours in (0, 1, 4, 24, 24 * 20)
    ]
    assert [pause.total_seconds() / 60 for pause in pauses] == [5, 15, 60, 360, 360]
