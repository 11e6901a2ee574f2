"""What members see, and what runs on a timer; one topic a file."""

EXTENSIONS: tuple[str, ...] = (
    "cogs.announcer",
    "cogs.hours",
    "cogs.sync",
    "cogs.deadlines",
    "cogs.live_boards",
    "cogs.ending",
    "cogs.leaderboard",
    "cogs.rank",
    "cogs.links",
    "cogs.proofs",
    "cogs.notes",
    "cogs.role_keeper",
    "cogs.roles",
    "cogs.competitions",
    "cogs.announcements",
    "cogs.settings",
    "cogs.status",
    "cogs.privacy",
    "cogs.servers",
    "cogs.help",
)
