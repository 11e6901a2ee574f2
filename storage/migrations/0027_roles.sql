-- Which role a server gives for what; a server without rows gives none.
CREATE TABLE reward_roles (
    guild_id INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    reward   TEXT NOT NULL CHECK (reward IN ('gold', 'silver', 'bronze', 'top1', 'top10', 'first')),
    role_id  INTEGER NOT NULL,
    PRIMARY KEY (guild_id, reward)
) STRICT, WITHOUT ROWID;

-- Who was given which role by the bot: no other is ever taken away.
CREATE TABLE role_grants (
    guild_id INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL,
    role_id  INTEGER NOT NULL,
    -- giving: perhaps not given yet; had: given or taken by somebody else, so not to be changed;
    -- away: the member has left the server.
    state    TEXT NOT NULL CHECK (state IN ('giving', 'given', 'had', 'away')),
    since    INTEGER NOT NULL,          -- when that was last known to be so
    PRIMARY KEY (guild_id, user_id, role_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_grants_by_user ON role_grants (user_id);
