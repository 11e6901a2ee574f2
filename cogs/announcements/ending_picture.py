"""The picture below the word of a competition's end."""

from __future__ import annotations

from cogs.framework.services import Services
from leaderboards.medals import awards_medals
from leaderboards.news.ended import EndedMessage
from plots.specs import Shaken, ShakeUp


async def shake_up_of(
    services: Services, competition_id: int, message: EndedMessage
) -> ShakeUp | None:
    """Show what the private board did to the public one; None where there is no private one."""
    if not message.private:
        return None
    storage = services.storage
    competition = await storage.competitions.by_id(competition_id)
    return ShakeUp(
        board=message.slug,
        teams=tuple(await storage.endings.ranks(competition_id)),
        members=tuple(
            Shaken(team.team_name, team.public_rank, team.rank)
            for team in message.finishers
            if team.public_rank is not None and team.rank is not None
        ),
        medals=competition is not None and awards_medals(competition.category),
    )
