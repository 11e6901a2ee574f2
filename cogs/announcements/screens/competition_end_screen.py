"""The announcements that a competition has ended, and that its final board changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from discord import ui

from cogs.framework import format as fmt
from cogs.framework.escape import escape
from cogs.framework.layout import (
    CHARACTERS,
    Item,
    Picture,
    best_zone_colour,
    card,
    join_lines,
)
from leaderboards.news.messages import (
    CorrectedTeam,
    EndedMessage,
    FinalBoardMessage,
    Finisher,
    ShakeUpTeam,
)

_COMPARED_TEXT = f"{fmt.UP}{fmt.DOWN} against the public rank"
_CORRECTED_TEXT = f"{fmt.UP}{fmt.DOWN} against the final rank before"


def ended_view(
    row_id: int, message: EndedMessage, names: fmt.Names, pictures: Sequence[Picture] = ()
) -> ui.LayoutView:
    """Build the announcement: the winner, this server's teams, and the shake-up."""
    head = (
        f"## 🏁 {fmt.competition_link(message.slug, names.get(message.slug))} has ended\n"
        f"👑 **{escape(message.winner.team_name)}**{_members(message.winner)} won with"
        f" **{escape(message.winner.score_text)}** among"
        f" {fmt.plural(message.team_count, 'team')}."
    )
    if message.replaces_public:
        head += (
            "\nKaggle has only now shown the private board: these ranks replace those of the public"
            " one, which I announced as final."
        )
    shake = "\n".join(_shake_up_lines(message))
    foot = f"-# {_board_label(message)} · {_where_to_see(message.slug)}"
    max_characters = CHARACTERS - len(head) - len(shake) - len(foot) - 200
    parts: list[str | Item] = [head, ui.Separator(), _own_teams(message, max_characters)]
    if shake:
        parts += [ui.Separator(), shake]
    return card(
        *parts,
        foot,
        colour=best_zone_colour([team.medal for team in message.finishers]),
        pictures=pictures,
        id=row_id,
    )


def final_board_view(row_id: int, message: FinalBoardMessage, names: fmt.Names) -> ui.LayoutView:
    """Build the announcement that Kaggle changed the final board, with this server's teams."""
    changed = [
        f"{fmt.plural(message.removed, 'team')} removed" if message.removed else "",
        f"{fmt.plural(message.added, 'team')} added" if message.added else "",
        f"{fmt.plural(message.team_count, 'team')} on it now",
    ]
    link = fmt.competition_link(message.slug, names.get(message.slug))
    head = f"## 🏁 The final board of {link} changed\n{fmt.join_dotted(changed)}"
    if message.winner is not None:
        winner = message.winner
        head += f"\n👑 **{escape(winner.team_name)}**{_members(winner)} is the winner now."
    ended = f"final private board · ended {fmt.when(message.ended_at)}"
    compared = _CORRECTED_TEXT if message.teams else ""
    foot = f"-# {fmt.join_dotted([compared, ended, _where_to_see(message.slug)])}"
    lines = list(map(_corrected_line, message.teams))
    body, left_out = join_lines(lines, CHARACTERS - len(head) - len(foot) - 200)
    more = left_out + message.more
    rest = f"\n-# and {fmt.plural(more, 'more team')}" if more else ""
    own: list[str | Item] = [ui.Separator(), f"{body}{rest}"] if lines else []
    won = [team.medal for team in message.teams]
    return card(head, *own, foot, colour=best_zone_colour(won), id=row_id)


def end_picture_text(teams: int, board: str) -> str:
    """Return the description of the picture below the announcement of an end."""
    return f"Public and private ranks of {fmt.plural(teams, 'team')}, in {board}"


def _corrected_line(team: CorrectedTeam) -> str:
    who = fmt.members_or_team(team.user_ids, team.team_name)
    medals = (
        f"{team.medal or 'no medal'} instead of {team.medal_before or 'no medal'}"
        if team.medal_before != team.medal
        else ""
    )
    if team.rank is None:
        was = fmt.join_dotted([f"was {fmt.rank(team.rank_before or 0)}", medals])
        if len(team.user_ids) > 1:
            return f"{who} are no longer on the final board ({was})"
        return f"{who} is no longer on the final board ({was})"
    medal = f"{fmt.MEDALS[team.medal]} " if team.medal else ""
    line = f"{medal}**{fmt.rank(team.rank)}**{_rank_change(team.rank_before, team.rank)} {who}"
    if team.rank_before is None:
        return f"{line}: on the final board now" + (f", {medals}" if medals else "")
    reasons = []
    if team.removed_above:
        reasons.append(_removed_above(team.removed_above))
    if medals:
        reasons.append(medals)
    return f"{line}\n-# {': '.join(reasons)}" if reasons else line


def _removed_above(count: int) -> str:
    if count == 1:
        return "1 team above this team was removed"
    return f"{fmt.number(count)} teams above this team were removed"


def _own_teams(message: EndedMessage, max_characters: int) -> str:
    if not message.finishers:
        return "No member with a link that counts was on this board."
    won = Counter(team.medal for team in message.finishers if team.medal is not None)
    medals = fmt.medal_counts(won)
    body, left_out = join_lines(map(_line, message.finishers), max_characters)
    more = left_out + message.more
    rest = f"\n-# and {fmt.plural(more, 'more team')}" if more else ""
    compared = f"\n-# {_COMPARED_TEXT}" if message.private else ""
    return f"**Members**{medals and f'  ·  {medals}'}{compared}\n{body}{rest}"


def _line(team: Finisher) -> str:
    who = fmt.members_or_team(team.user_ids, team.team_name)
    if team.rank is None:
        public = fmt.rank(team.public_rank or 0)
        if len(team.user_ids) > 1:
            return f"{who} are not on the final board (public {public})"
        return f"{who} is not on the final board (public {public})"
    medal = f"{fmt.MEDALS[team.medal]} " if team.medal else ""
    moved = _rank_change(team.public_rank, team.rank)
    return f"{medal}**{fmt.rank(team.rank)}**{moved} {who} · {escape(team.score_text)}"


def _rank_change(before: int | None, rank: int) -> str:
    return "" if before is None else f" {fmt.change_or_unchanged(before, rank)}"


def _members(team: Finisher) -> str:
    members = fmt.join_words(map(fmt.member, team.user_ids))
    return f" ({members})" if members else ""


def _shake_up_lines(message: EndedMessage) -> Iterable[str]:
    if not message.private:
        return
    places = fmt.plural(round(message.mean_places), "place")
    yield f"**Shake-up** {100 * message.mean_shake_up:.1f} %: a team moved {places} on average"
    yield from map(_shake_up_line, (*message.rose, *message.fell))


def _shake_up_line(team: ShakeUpTeam) -> str:
    change = fmt.change(team.public_rank, team.rank)
    ranks = f"{fmt.rank(team.public_rank)} → {fmt.rank(team.rank)}"
    return f"{change} {escape(team.team_name, 24)} · {ranks}"


def _where_to_see(slug: str) -> str:
    # Without the option, the command shows a competition that still runs.
    return f"`/leaderboard competition:{slug}` shows it"


def _board_label(message: EndedMessage) -> str:
    if message.private:
        return f"final private board · ended {fmt.when(message.ended_at)}"
    return (
        f"Kaggle shows no private board: the public one of {fmt.date_and_time(message.public_at)}"
        f" is final · ended {fmt.when(message.ended_at)} · if Kaggle shows a private one later, I"
        " will announce it"
    )
