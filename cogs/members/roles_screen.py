"""The screens of `/roles`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import RED, Item, card
from leaderboards.medals import MedalZone
from leaderboards.members.role_criteria import RoleCriterion

CRITERION_NAMES: Mapping[RoleCriterion, str] = {
    RoleCriterion.FIRST: "Number one among the members",
    RoleCriterion.GOLD: "In the gold zone",
    RoleCriterion.SILVER: "In the silver zone",
    RoleCriterion.BRONZE: "In the bronze zone",
    RoleCriterion.TOP_ONE_PERCENT: "Top 1 %",
    RoleCriterion.TOP_TEN_PERCENT: "Top 10 %",
}
_EMOJI: Mapping[RoleCriterion, str] = {
    RoleCriterion.FIRST: "👑",
    RoleCriterion.GOLD: fmt.MEDALS[MedalZone.GOLD],
    RoleCriterion.SILVER: fmt.MEDALS[MedalZone.SILVER],
    RoleCriterion.BRONZE: fmt.MEDALS[MedalZone.BRONZE],
    RoleCriterion.TOP_ONE_PERCENT: "💎",
    RoleCriterion.TOP_TEN_PERCENT: "🔟",
}

UNCHANGED_TEXT = "Nothing was changed."
ROLE_REPLACED_TEXT = "Somebody has chosen another role meanwhile. Nothing was changed."
ROLE_DELETED_TEXT = "That role was deleted."
EVERYBODY_TEXT = "Everybody has that role. Pick another one."
INTEGRATION_TEXT = "That role belongs to a bot or an integration, so it cannot be assigned by hand."
NO_PERMISSION_TEXT = (
    "I need the permission *Manage Roles*: please give it to me in the server settings."
)
ABOVE_BOT_TEXT = (
    "That role is above mine. Drag mine above it in the server settings, under *Roles*."
)
MANAGER_WITHOUT_PERMISSION_TEXT = (
    "You need the permission *Manage Roles* yourself to choose a role."
)
ELEVATED_TEXT = (
    "That role lets people moderate or manage the server. I don't assign such roles for a rank:"
    " choose one without these permissions."
)

ROLE_AUDIT_TEXT = "Earned on Kaggle's leaderboards"
"""The reason in the server's audit log."""

UNVERIFIED_WARNING_TEXT = (
    "Links don't have to be verified here: anyone who claims a leader's Kaggle name with `/link`"
    " gets the role."
)
ANY_COMPETITION_TEXT = (
    "One competition is enough for a role, so each may have its own number one. After a competition"
    " ends, only the medals of its final board count."
)


def above_manager_text(role_id: int) -> str:
    """Return that a manager could not give a role themselves, and what to do."""
    return (
        f"<@&{role_id}> is your highest role, or above it: choose a lower one, or ask somebody"
        " whose role is higher."
    )


def no_role_text(criterion: RoleCriterion) -> str:
    """Return that a criterion has no role."""
    name = CRITERION_NAMES[criterion]
    return f"The criterion **{name}** has no role. `/roles list` shows which have one."


def removed_meanwhile_text(criterion: RoleCriterion) -> str:
    """Return that a criterion has no role any more."""
    return f"The criterion **{CRITERION_NAMES[criterion]}** has no role any more."


def set_view(
    criterion: RoleCriterion,
    role_id: int,
    members: int,
    others: Sequence[RoleCriterion],
    offer: Sequence[Item],
) -> ui.LayoutView:
    """Build the confirmation that a role is given from now on.

    `others` are the other criteria for which it is given. `offer` has the button that requires
    verification; it is empty where that is required already.
    """
    text = (
        f"### {_EMOJI[criterion]} {CRITERION_NAMES[criterion]}: <@&{role_id}>\n"
        f"Earned right now by {fmt.plural(members, 'linked member')}. I update this role with each"
        " sync, for every competition that this server follows. After a competition ends, only the"
        " medals of its final board count. I never remove a role that somebody else assigned."
    )
    shared = shared_role_text(role_id, others)
    if not offer:
        return card(text, shared, "-# Only verified links count here.")
    return card(text, shared, f"⚠️ {UNVERIFIED_WARNING_TEXT}", buttons=[offer])


def shared_role_text(role_id: int, others: Sequence[RoleCriterion]) -> str:
    """Return for which other criteria a role is given; empty for none."""
    if not others:
        return ""
    names = fmt.join_words(f"*{CRITERION_NAMES[other]}*" for other in others)
    return f"⚠️ <@&{role_id}> is already given for {names}: members get it for either."


def removal_view(
    criterion: RoleCriterion,
    old_id: int,
    new_id: int | None,
    members: int,
    buttons: Sequence[Item],
) -> ui.LayoutView:
    """Build the question before a role is removed from the members who got it, or replaced.

    `members` is how many lose it.
    """
    name = CRITERION_NAMES[criterion]
    if new_id is None:
        title = f"### 🏅 Stop assigning <@&{old_id}>?"
        change = f"The criterion **{name}** will have no role."
    else:
        title = f"### 🏅 Replace <@&{old_id}> with <@&{new_id}>?"
        change = f"The criterion **{name}** will have the role <@&{new_id}>."
    if members:
        lost = (
            f"I will remove <@&{old_id}> from **{fmt.plural(members, 'member')}** to whom I gave"
            " it. Roles that somebody else assigned stay."
        )
    else:
        lost = f"No member loses <@&{old_id}> by that."
    return card(title, f"{change}\n{lost}", colour=RED, buttons=[buttons])


def removed_view(criterion: RoleCriterion) -> ui.LayoutView:
    """Build the confirmation that a role is no longer assigned."""
    name = CRITERION_NAMES[criterion]
    return card(
        f"The criterion **{name}** has no role any more. I remove the role from members to whom I"
        " gave it, unless they earn it by another criterion."
    )


def list_view(
    roles: Mapping[RoleCriterion, int],
    holders: Mapping[RoleCriterion, int],
    problems: Mapping[int, str],
    *,
    require_verified: bool,
) -> ui.LayoutView:
    """Build the list of roles with their criterion, number of members who got them, and problem.

    `holders` counts, of the members who got a role, those who meet the criterion.
    """
    if not roles:
        return card(
            "### No roles for ranks yet\n"
            "`/roles set` assigns one to members in a medal zone, in the top 10 % or 1 %, or to the"
            " best member of this server. I need *Manage Roles*, and my own role must be above it."
        )
    lines = [
        f"{_EMOJI[criterion]} **{CRITERION_NAMES[criterion]}** <@&{role_id}> · held by"
        f" {fmt.plural(holders.get(criterion, 0), 'member')}"
        for criterion, role_id in roles.items()
    ]
    notes = [f"-# {ANY_COMPETITION_TEXT}"]
    if not require_verified:
        notes.append(f"-# {UNVERIFIED_WARNING_TEXT}")
    return card("### Roles for ranks\n" + "\n".join(lines), *role_problem_lines(problems), *notes)


def unverified_links_view(unverified: int, total: int, buttons: Sequence[Item]) -> ui.LayoutView:
    """Build the question before links that are not verified no longer count."""
    return card(
        "### 🔗 Count only verified links?",
        f"Not verified: **{fmt.number(unverified)} of {fmt.plural(total, 'link')}**.\n"
        "Until their members verify them with `/link`, boards and season standings don't show these"
        " members, nothing is announced about them, and I remove the roles that I gave them."
        " No link is deleted.",
        colour=RED,
        buttons=[buttons],
    )


def role_problem_lines(problems: Mapping[int, str]) -> Sequence[str]:
    """Format the roles that cannot be given, with the reason."""
    return [f"⚠️ <@&{role_id}>: {problem}" for role_id, problem in problems.items()]


def role_refusal_text(error: str) -> str:
    """Return that Discord refused to change a role, with its own error text."""
    return f"Discord refused to change it ({escape(error, 100)})."
