"""What is shown of a link: where it stands on the boards, and what would prove it."""

from __future__ import annotations

from cogs.framework.services import Services
from cogs.members.links_screen import Claim, LinkScreen

_MOST_BOARDS = 10


async def link_screen(
    services: Services, guild_id: int, user_id: int, user_name: str, *, own: bool
) -> LinkScreen:
    """Look up how a link, or the wish for one, stands; its owner alone gets a code."""
    storage, now = services.storage, services.now()
    link = await storage.links.find_link_by_user_name(guild_id, user_name)
    claim = Claim(link.user_id, link.verification) if link and link.user_id != user_id else None
    verification = link.verification if link is not None and claim is None else None
    code = None
    if own and verification is None:
        code = await storage.verifications.issue_code(guild_id, user_id, user_name, now)
    follows = await storage.guilds.load_follows(guild_id)
    slugs = {follow.competition.id: follow.competition.slug for follow in follows}
    boards = await storage.boards.boards_of_user(user_name, list(slugs))
    return LinkScreen(
        user_id=user_id,
        user_name=link.user_name if link is not None and claim is None else user_name,
        own=own,
        verification=verification,
        code=code,
        claim=claim,
        required=(await storage.guilds.load_settings(guild_id)).require_verified,
        boards=[(slugs[info.competition_id], info, team) for info, team in boards[:_MOST_BOARDS]],
    )
