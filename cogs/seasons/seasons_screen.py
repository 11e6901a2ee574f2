"""The screens of `/season`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import BLUE, CHARACTERS, GOLD, Item, Picture, card
from cogs.framework.pages import Page, select_page
from leaderboards.seasons.standings import Result, Rule, SeasonStanding
from plots.specs import MAX_ROWS, SeasonPlot, SeasonRow
from records.competitions import Competition
from records.guilds import Season

_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}

_RULE_TEXTS = {
    Rule.POINTS: "Kaggle's ranking points, without their decay",
    Rule.MEAN_SHARE_BEHIND: "mean share of teams behind",
}
_UNITS = {Rule.POINTS: "points", Rule.MEAN_SHARE_BEHIND: "mean share of teams behind"}
"""What the picture adds up."""
_MAX_RESULTS = 4
"""Results named of each member."""
_MAX_UNFOLLOWED = 5
"""Competitions named that are no longer followed."""
_NAME_WIDTH = 60
"""Columns of a season's name in a sentence."""

NO_SEASON_TEXT = "This server has no season yet. A manager can create one with `/season create`."
SEASON_GONE_TEXT = "That season no longer exists. `/season list` shows all."
COMPETITION_GONE_TEXT = "That competition is no longer in the season."
UNNAMED_TEXT = "A season needs a name with characters that can be shown, such as Spring 2026."


def no_standings_text(season: Season) -> str:
    """Return why a season ranks nobody yet."""
    name = escape(season.name)
    if not season.competitions:
        return f"**{name}** has no competitions yet. A manager can add one with `/season add`."
    return f"No member with a link that counts is on any board of **{name}** yet: use `/link`."


def too_many_seasons_text(limit: int) -> str:
    """Return that a server has as many seasons as it can have."""
    return f"A server can have {limit} seasons. Delete one first with `/season delete`."


def too_many_competitions_text(limit: int) -> str:
    """Return that a season has as many competitions as it can have."""
    return f"A season can have {limit} competitions. Remove one first with `/season remove`."


def created_text(season: str) -> str:
    """Return that a season was created, and what comes next."""
    return f"✅ Created **{_season_name(season)}**. Add competitions with `/season add`."


def name_taken_text(season: str) -> str:
    """Return that another season has that name."""
    return f"There already is a season **{_season_name(season)}**."


def unknown_season_text(season: str) -> str:
    """Return that no season has that name."""
    return f"There is no season **{_season_name(season)}**. `/season list` shows all."


def delete_question(season: Season) -> str:
    """Return the question whether to delete a season, with what is lost."""
    return (
        f"### Delete the season {_season_name(season.name)}?\n"
        f"Its standings are deleted for good. It contains {_names(season)}. Competitions that this"
        " server follows are still followed."
    )


def remove_question(season: Season, competition: Competition) -> str:
    """Return the question whether to remove a competition from a season, with what is lost."""
    link = fmt.competition_link(competition.slug, competition.name)
    return (
        f"### Remove {link} from the season {_season_name(season.name)}?\n"
        "What members have reached in it no longer counts in the standings. Only a competition that"
        " this server follows can be added again."
    )


def deleted_text(season: str) -> str:
    """Return that a season was deleted, and what stays."""
    return f"**{_season_name(season)}** is deleted. What this server follows is still followed."


def added_text(competition: str, season: str) -> str:
    """Return that a competition, whose name is escaped, was added to a season."""
    return f"✅ Added **{competition}** to **{_season_name(season)}**."


def already_added_text(competition: str, season: str) -> str:
    """Return that a season already contains a competition, whose name is escaped."""
    return f"**{competition}** is already in **{_season_name(season)}**."


def removed_text(competition: str, season: str) -> str:
    """Return that a competition, whose name is escaped, was removed from a season."""
    return f"Removed **{competition}** from **{_season_name(season)}**."


def not_in_season_text(typed: str, season: str) -> str:
    """Return that a season contains no competition of the name that was typed."""
    return f"**{escape(typed)}** is not in **{_season_name(season)}**."


def picture_text(season: str) -> str:
    """Return the description of the picture of a season."""
    return f"Standings of {season}, by competition"


def _season_name(season: str) -> str:
    return escape(season, _NAME_WIDTH)


def standings_view(
    season: Season,
    standings: Sequence[SeasonStanding],
    number: int,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
    pictures: Sequence[Picture] = (),
    *,
    unfollowed: Sequence[Competition],
) -> ui.LayoutView:
    """Build a page of the standings of a season.

    `unfollowed` are its competitions that the server no longer follows.
    """
    open_count = sum(competition.archived_at is None for competition in season.competitions)
    facts = [
        fmt.plural(len(season.competitions), "competition"),
        f"{fmt.number(open_count)} not final yet ⏳" if open_count else "",
        _RULE_TEXTS[season.rule],
    ]
    head = f"## 🏆 {escape(season.name)}\n-# {fmt.join_dotted(facts)}"
    if unfollowed:
        head += f"\n-# {_unfollowed_text(unfollowed)}"
    lines = [_line(season, standing) for standing in standings]
    page = select_page(lines, number, max_characters=CHARACTERS - len(head) - 200, length=len)
    return card(
        head,
        "\n".join(page.items),
        page.number_line(),
        colour=GOLD,
        pictures=pictures,
        buttons=build_buttons(page),
    )


def _unfollowed_text(competitions: Sequence[Competition]) -> str:
    """Return that competitions of a season are not read for this server any more."""
    names = [fmt.competition_name(one.slug, one.name) for one in competitions]
    return (
        f"No longer followed here: {fmt.join_some(names, _MAX_UNFOLLOWED)}. `/competition add`"
        " follows one again, so that its final board comes."
    )


def build_season_plot(season: Season, standings: Sequence[SeasonStanding]) -> SeasonPlot:
    """Build the plot of a season.

    Under the rule of the mean share, each competition's part of the mean is in per cent.
    """
    slugs = [competition.slug for competition in season.competitions]
    scale = 1 if season.rule is Rule.POINTS else 100 / max(len(slugs), 1)
    rows = []
    for standing in standings[:MAX_ROWS]:
        value_by_slug = {result.place.slug: scale * result.value for result in standing.results}
        values = tuple(value_by_slug.get(slug, 0.0) for slug in slugs)
        rows.append(SeasonRow(_user_name(standing), values))
    names = tuple(competition.name for competition in season.competitions)
    return SeasonPlot(season.name, names, tuple(rows), _UNITS[season.rule])


def list_view(
    seasons: Sequence[Season],
    number: int,
    build_buttons: Callable[[Page[str]], list[list[Item]]],
) -> ui.LayoutView:
    """Build a page of a server's seasons."""
    if not seasons:
        return card(
            "### No season yet\nA season ranks this server's members over several competitions."
            " A manager can create one with `/season create`."
        )
    lines = [
        f"**{escape(season.name)}** · {_RULE_TEXTS[season.rule]}\n-# {_names(season)}"
        for season in seasons
    ]
    head = f"### 🏆 {fmt.plural(len(seasons), 'season')}"
    page = select_page(lines, number, max_characters=CHARACTERS - 200, length=len)
    body = "\n".join(page.items)
    return card(head, body, page.number_line(), colour=BLUE, buttons=build_buttons(page))


def _names(season: Season) -> str:
    names = [fmt.competition_name(one.slug, one.name) for one in season.competitions]
    return ", ".join(names) or "no competition yet"


def _line(season: Season, standing: SeasonStanding) -> str:
    medal = _MEDALS.get(standing.rank, f"**{standing.rank}.**")
    names = {one.slug: one.name for one in season.competitions}
    who = f"{fmt.member(standing.user_id)} ({escape(_user_name(standing))})"
    results = [_result(season.rule, one, names) for one in standing.results[:_MAX_RESULTS]]
    rest = len(standing.results) - len(results)
    more = f"and {fmt.number(rest)} more" if rest else ""
    made_of = fmt.join_dotted([*results, more])
    return f"{medal} {who} · **{_total(season.rule, standing.total)}**\n-# {made_of}"


def _user_name(standing: SeasonStanding) -> str:
    """Return how a member is named beside the mention, and in the picture, which has no mentions.

    With several user names that is the one of the best result.
    """
    return standing.results[0].place.user_name


def _total(rule: Rule, total: float) -> str:
    return f"{fmt.number(round(total))} points" if rule is Rule.POINTS else f"{100 * total:.1f} %"


def _result(rule: Rule, result: Result, names: fmt.Names) -> str:
    """Return a rank, what its value depends on, and its value."""
    place = result.place
    rank = f"{fmt.competition_name(place.slug, names.get(place.slug))} {fmt.rank(place.rank)}"
    if rule is Rule.POINTS:
        value = fmt.number(round(result.value))
        if place.team_size > 1:
            rank += f", team of {place.team_size}"
    else:
        value = f"{100 * result.value:.1f} %"
    return f"{rank} → {value}{'' if place.final else ' ⏳'}"
