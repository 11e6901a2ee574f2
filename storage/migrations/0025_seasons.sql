-- Competitions that a server has put together, to rank its members over all of them.
CREATE TABLE seasons (
    id         INTEGER PRIMARY KEY,
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    name       TEXT NOT NULL COLLATE NOCASE,
    rule       TEXT NOT NULL CHECK (rule IN ('points', 'rank')),
    created_at INTEGER NOT NULL,
    UNIQUE (guild_id, name)
) STRICT;

-- They stay in it when they are followed no more: their boards are kept.
CREATE TABLE season_competitions (
    season_id      INTEGER NOT NULL REFERENCES seasons (id) ON DELETE CASCADE,
    competition_id INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    PRIMARY KEY (season_id, competition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX season_competitions_by_competition ON season_competitions (competition_id);
