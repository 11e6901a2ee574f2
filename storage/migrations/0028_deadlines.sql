-- Deadlines that Kaggle's list does not tell, as a server's managers have given them.
CREATE TABLE deadlines (
    guild_id       INTEGER NOT NULL,
    competition_id INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('entry', 'merger')),
    at             INTEGER NOT NULL,
    PRIMARY KEY (guild_id, competition_id, kind),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_by_time ON deadlines (at);
CREATE INDEX competitions_by_deadline ON competitions (deadline) WHERE deadline IS NOT NULL;

-- The last reminder of each deadline: one that is moved is told anew.
CREATE TABLE reminders (
    guild_id       INTEGER NOT NULL,
    competition_id INTEGER NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('final', 'entry', 'merger')),
    deadline       INTEGER NOT NULL,
    lead           INTEGER NOT NULL,    -- how long ahead it was told, in seconds
    PRIMARY KEY (guild_id, competition_id, kind),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
