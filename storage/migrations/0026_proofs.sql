-- How a member proved that the name is theirs; NULL: they only say so.
ALTER TABLE links ADD COLUMN proof TEXT CHECK (proof IN ('team', 'notebook'));
ALTER TABLE links ADD COLUMN proven_at INTEGER;

-- The links that count in a server: in boards, news, roles and wherever members are ranked.
CREATE VIEW counted_links AS
    SELECT links.* FROM links JOIN guilds USING (guild_id)
    WHERE links.proof IS NOT NULL OR NOT guilds.require_verified;

-- Codes that are to turn up on Kaggle: whoever can put one there has the name. One a member.
CREATE TABLE codes (
    guild_id  INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id   INTEGER NOT NULL,
    user_name TEXT NOT NULL COLLATE NOCASE,
    code      TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    looked_at INTEGER NOT NULL,         -- when the user's notebooks were last looked through
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

-- What happened to a member's link while they were away; told in private, then removed.
CREATE TABLE notes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    event      TEXT NOT NULL CHECK (event IN ('proven', 'displaced')),
    user_name  TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    in_server  INTEGER NOT NULL DEFAULT 0 CHECK (in_server IN (0, 1)) -- takes no direct messages
) STRICT;
CREATE INDEX notes_by_member ON notes (guild_id, user_id);
