-- News of quiet hours, until they end and all of it becomes one message of the outbox.
CREATE TABLE held (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id       INTEGER NOT NULL,
    competition_id INTEGER NOT NULL,
    message        TEXT NOT NULL,       -- as in the outbox
    created_at     INTEGER NOT NULL,
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX held_by_follow ON held (guild_id, competition_id);

-- The last digest of each kind that a server was given, or that was left out because it came to
-- nothing or too late.
CREATE TABLE digests (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('daily', 'weekly')),
    schedule   TEXT NOT NULL,           -- when it was due: another one begins anew
    local_date TEXT NOT NULL,           -- the day of the server that it was for
    written_at INTEGER,                 -- up to when it told; NULL before the first
    PRIMARY KEY (guild_id, kind)
) STRICT, WITHOUT ROWID;

-- Which servers want digests is asked often, and most want none.
CREATE INDEX guilds_with_digests ON guilds (guild_id)
    WHERE daily_digest OR weekly_digest_day IS NOT NULL;
