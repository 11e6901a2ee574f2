"""The screens of `/roles`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import plain
from cogs.framework.layout import card
from leaderboards.medals import MedalZone
from leaderboards.role_criteria import RoleCriterion

NAMES: Mapping[RoleCriterion, str] = {
    RoleCriterion.FIRST: "Number one among the members",
    RoleCriterion.GOLD: "In the gold zone",
    RoleCriterion.SILVER: "In the silver zone",
    RoleCriterion.BRONZE: "In the bronze zone",
    RoleCriterion.TOP1: "Top 1 %",
    RoleCriterion.TOP10: "Top 10 %",
}
_SIGNS: Mapping[RoleCriterion, str] = {
    RoleCriterion.FIRST: "👑",
    RoleCriterion.GOLD: fmt.MEDALS[MedalZone.GOLD],
    RoleCriterion.SILVER: fmt.MEDALS[MedalZone.SILVER],
    RoleCriterion.BRONZE: fmt.MEDALS[MedalZone.BRONZE],
    RoleCriterion.TOP1: "💎",
    RoleCriterion.TOP10: "🔟",
}


def set_view(reward: RoleCriterion, role_id: int, earned: int) -> ui.LayoutView:
    """Build that a role is given from now on."""
    return card(
        f"### {_SIGNS[reward]} {NAMES[reward]}: <@&{role_id}>\n"
        f"{fmt.plural(earned, 'linked member')} {_have(earned)} earned it now. I give and take it"
        " with each sync, for any competition that this server follows, until it is over; I never"
        " take a role that somebody else gave."
    )


def list_view(
    rewards: Mapping[RoleCriterion, int], holders: Mapping[int, int], problems: Mapping[int, str]
) -> ui.LayoutView:
    """Build which role is given for what, to how many members, and what is in the way."""
    if not rewards:
        return card(
            "### No roles are given for ranks\n"
            "`/roles set` gives one to members in a medal zone, in the top 10 % or 1 %, or to the"
            " best placed of this server. I need *Manage Roles*, and my role above theirs."
        )
    lines = [
        f"{_SIGNS[reward]} **{NAMES[reward]}** <@&{role_id}> ·"
        f" {fmt.plural(holders.get(role_id, 0), 'member')}"
        for reward, role_id in rewards.items()
    ]
    return card("### Roles for ranks\n" + "\n".join(lines), *problem_lines(problems))


def problem_lines(problems: Mapping[int, str]) -> Sequence[str]:
    """Say which roles cannot be given, and why."""
    return [f"⚠️ <@&{role_id}>: {problem}" for role_id, problem in problems.items()]


def refused(text: str) -> str:
    """Write what Discord answered, which is not our own sentence."""
    return f"Discord refuses to change it ({plain(text, 100)})."


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
