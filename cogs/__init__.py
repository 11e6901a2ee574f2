"""Slash commands, screens and loops: one room for each feature.

Cogs tell each other what happened by events of the client (`bot.dispatch`):

| event | what happened |
|---|---|
| `board_synced(competition_id)` | a sync of one competition ended |
| `sync_round_finished` | all due competitions were synced |
| `news_queued` | the outbox or the direct messages have something new |
| `settings_changed`, `roles_changed`, `links_changed` | in one server |
| `competition_followed`, `competition_archived` | by a server; for all servers |
| `live_board_delivered(row, message_id)` | the message of a live board was sent |
"""

EXTENSIONS: tuple[str, ...] = (
    "cogs.announcements.announcer",
    "cogs.announcements.due_jobs",
    "cogs.syncing.sync_loop",
    "cogs.boards.live_boards",
    "cogs.boards.leaderboard",
    "cogs.ranks.rank",
    "cogs.ranks.history",
    "cogs.boards.scores",
    "cogs.members.links",
    "cogs.members.verification",
    "cogs.announcements.direct_messages",
    "cogs.members.roles",
    "cogs.competitions.competitions",
    "cogs.seasons.seasons",
    "cogs.server.settings",
    "cogs.server.status",
    "cogs.members.privacy",
    "cogs.server.guild_lifecycle",
    "cogs.syncing.housekeeping",
    "cogs.server.help",
)
