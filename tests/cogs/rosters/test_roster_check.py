"""Which member a row of a roster names."""

from __future__ import annotations

import pytest

from cogs.rosters.roster_check import Doubt, RowResult, ServerMember, check_roster
from cogs.rosters.roster_file import RosterRow

ADA, BOB, CAROL = 10**17 + 1, 10**17 + 2, 10**17 + 3
ACCOUNTS = [
    ServerMember(ADA, "ada", "carol", ("Ada L",)),
    ServerMember(BOB, "bob", "Sam", ("Robert",)),
    ServerMember(CAROL, "carol", "Carol", ("Sam",)),
]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("ada", [ADA]),
        (f"<@{BOB}>", [BOB]),
        ("ROBERT", [BOB]),
        ("@ada l", [ADA]),
        ("Carol", [CAROL]),
        ("sam", [BOB, CAROL]),
        ("nobody", []),
        (str(ADA - 1), []),
    ],
)
def test_user_name_of_one_member_goes_before_other_names_of_others(
    typed: str, named: list[int]
) -> None:
    (checked,) = check_roster([RosterRow(2, typed, "kaggler")], ACCOUNTS, [], {})
    assert [member.id for member in checked.found_members] == named
    expected = {0: RowResult.UNKNOWN, 1: RowResult.LINK, 2: RowResult.DOUBTFUL}
    assert checked.result is expected[len(named)]
    assert checked.doubt is (Doubt.SHARED_NAME if len(named) > 1 else None)


@pytest.mark.parametrize(
    ("member", "user_name", "doubt"),
    [
        ("", "kaggler", Doubt.DISCORD_NAME_MISSING),
        ("@", "kaggler", Doubt.DISCORD_NAME_MISSING),
        ("1.23E+17", "kaggler", Doubt.ROUNDED_ID),
        ("ada", "", Doubt.USER_NAME_MISSING),
        ("ada", "no name", Doubt.INVALID_USER_NAME),
    ],
)
def test_row_with_an_empty_or_unusable_cell_is_doubtful(
    member: str, user_name: str, doubt: Doubt
) -> None:
    (checked,) = check_roster([RosterRow(2, member, user_name)], ACCOUNTS, [], {})
    assert (checked.result, checked.doubt) == (RowResult.DOUBTFUL, doubt)
