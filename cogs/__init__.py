"""Slash commands, screens and loops: one room for each feature.

Cogs tell each other what happened by events of the client (`bot.dispatch`):

| event | what happened |
|---|---|
| `board_synced(competition_id)` | the board of a competition was read, or the competition renamed |
| `sync_round_finished` | a round of syncs ended, perhaps with failures |
| `messages_queued` | the outbox or the direct messages have something new to send |
| `settings_changed`, `roles_changed` | a manager changed settings or roles of a server |
| `links_changed(guild_id)` | the links that count in a server changed |
| `competition_followed` | a server follows one more competition, or changed its channel |
| `competition_feed_saved` | a feed of new competitions was added, or its words changed |
| `post_feed_saved` | a feed of topics or notebooks was added, or its number of votes changed |
| `competition_named(guild_id)` | a server gave a competition another name, or its title back |
| `final_board_stored(competition_id)` | a competition has a final board, new or changed |
| `delivered_in_announcement_channel(channel_id)` | a message was sent to an announcement channel |
| `live_board_delivered(row, message_id)` | the message of a live board was sent |
| `thread_message_delivered(row, message_id)` | a competition's thread has its first message |
| `thread_left` | a thread that its competition has left has its last message |
| `live_board_replaced` | a live board was moved or removed while its message was being edited |
| `former_live_boards_removed` | messages of live boards that were moved or removed were deleted |
| `thread_opened(guild_id)` | the thread of a competition was opened |
| `thread_reopened(guild_id, thread_id)` | an archived thread was opened to change its live board |
"""

EXTENSIONS: tuple[str, ...] = (
    "cogs.announcements.announcer",
    "cogs.announcements.competition_threads",
    "cogs.announcements.former_threads",
    "cogs.announcements.publisher",
    "cogs.announcements.scheduled_announcements",
    "cogs.syncing.sync_loop",
    "cogs.boards.live_boards",
    "cogs.boards.former_live_boards",
    "cogs.boards.leaderboard",
    "cogs.ranks.rank",
    "cogs.ranks.history",
    "cogs.forecasts.forecast",
    "cogs.boards.scores",
    "cogs.replays.replays",
    "cogs.forecasts.whatif",
    "cogs.members.links",
    "cogs.members.verification",
    "cogs.members.directory",
    "cogs.announcements.direct_messages",
    "cogs.members.roles",
    "cogs.competitions.competitions",
    "cogs.feeds.feeds",
    "cogs.rosters.rosters",
    "cogs.seasons.hall",
    "cogs.seasons.seasons",
    "cogs.overview.overview",
    "cogs.calendar.deadlines",
    "cogs.calendar.scheduled_events",
    "cogs.teammates.teammates",
    "cogs.watches.watches",
    "cogs.settings.settings",
    "cogs.server.status",
    "cogs.members.privacy",
    "cogs.server.guild_lifecycle",
    "cogs.syncing.housekeeping",
    "cogs.server.help",
)
