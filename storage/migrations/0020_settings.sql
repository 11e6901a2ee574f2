-- Hours and days of a server are those of its own time zone, by its name in the tz database.
ALTER TABLE guilds ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- Between these hours nothing is announced; what happened is summed up afterwards. NULL: never.
ALTER TABLE guilds ADD COLUMN quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 23);
ALTER TABLE guilds ADD COLUMN quiet_to INTEGER CHECK (quiet_to BETWEEN 0 AND 23);

-- Digests come at this hour; the weekly one on this day, 0 being Monday. NULL: none.
ALTER TABLE guilds ADD COLUMN digest_hour INTEGER NOT NULL DEFAULT 9
    CHECK (digest_hour BETWEEN 0 AND 23);
ALTER TABLE guilds ADD COLUMN daily_digest INTEGER NOT NULL DEFAULT 0
    CHECK (daily_digest IN (0, 1));
ALTER TABLE guilds ADD COLUMN weekly_digest_day INTEGER
    CHECK (weekly_digest_day BETWEEN 0 AND 6);

-- How long before a deadline it is told: seven days, a day, an hour.
ALTER TABLE guilds ADD COLUMN remind_week INTEGER NOT NULL DEFAULT 1 CHECK (remind_week IN (0, 1));
ALTER TABLE guilds ADD COLUMN remind_day INTEGER NOT NULL DEFAULT 1 CHECK (remind_day IN (0, 1));
ALTER TABLE guilds ADD COLUMN remind_hour INTEGER NOT NULL DEFAULT 1 CHECK (remind_hour IN (0, 1));

-- Whether only proven links count.
ALTER TABLE guilds ADD COLUMN require_verified INTEGER NOT NULL DEFAULT 0
    CHECK (require_verified IN (0, 1));

-- What a channel is told. Without a row: everything.
CREATE TABLE channels (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,
    mode       TEXT NOT NULL CHECK (mode IN ('everything', 'big', 'digest')),
    PRIMARY KEY (guild_id, channel_id)
) STRICT, WITHOUT ROWID;
