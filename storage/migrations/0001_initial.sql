-- Which migrations this database has seen.
CREATE TABLE migrations (
    number     INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

-- Facts about this database itself and about the Discord application it serves.
CREATE TABLE facts (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- A competition is shared by all servers that follow it. Times are Unix seconds, UTC.
CREATE TABLE competitions (
    id                INTEGER PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    category          TEXT,             -- as Kaggle's list names it; NULL: not known
    deadline          INTEGER,
    reward            TEXT,
    synced_at         INTEGER,          -- the last good sync, whether or not anything had changed
    failures          INTEGER NOT NULL DEFAULT 0,
    error             TEXT,             -- the last failure in words; NULL after a good sync
    error_at          INTEGER,
    next_sync_at      INTEGER NOT NULL DEFAULT 0,
    doubt             TEXT,             -- why the last board is held; NULL: none is
    details_due_at    INTEGER NOT NULL DEFAULT 0 -- when Kaggle's list is next asked about it
) STRICT;
CREATE INDEX competitions_due ON competitions (next_sync_at);

-- A competition has one public board, and after its end a private one.
CREATE TABLE boards (
    id             INTEGER PRIMARY KEY,
    competition_id INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    kind           TEXT NOT NULL CHECK (kind IN ('public', 'private')),
    score_order    TEXT CHECK (score_order IN ('higher', 'lower')),
    ranks_derived  INTEGER NOT NULL CHECK (ranks_derived IN (0, 1)),
    taken_at       INTEGER NOT NULL,    -- Kaggle's time of the file
    stored_at      INTEGER NOT NULL,    -- when the sync that brought it ended
    digest         BLOB NOT NULL,       -- of what was read: the same is not read again
    team_count     INTEGER NOT NULL,
    UNIQUE (competition_id, kind)
) STRICT;

-- The current boards, a row a team.
CREATE TABLE standings (
    board_id           INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    team_id            INTEGER NOT NULL,
    rank               INTEGER NOT NULL CHECK (rank > 0),
    team_name          TEXT NOT NULL,
    score              REAL NOT NULL,
    score_text         TEXT NOT NULL,
    submissions        INTEGER,
    last_submission_at INTEGER,
    PRIMARY KEY (board_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX standings_by_rank ON standings (board_id, rank);

CREATE TABLE members (
    board_id  INTEGER NOT NULL,
    team_id   INTEGER NOT NULL,
    position  INTEGER NOT NULL,         -- Kaggle's order within the team
    user_name TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (board_id, team_id, position),
    FOREIGN KEY (board_id, team_id) REFERENCES standings (board_id, team_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user_name ON members (board_id, user_name);

-- Entries of hosts. They have a place on the board, but no rank.
CREATE TABLE benchmarks (
    board_id           INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    position           INTEGER NOT NULL, -- best first
    teams_above        INTEGER NOT NULL,
    team_id            INTEGER NOT NULL,
    team_name          TEXT NOT NULL,
    score              REAL NOT NULL,
    score_text         TEXT NOT NULL,
    submissions        INTEGER,
    last_submission_at INTEGER,
    members            TEXT NOT NULL,
    PRIMARY KEY (board_id, position)
) STRICT, WITHOUT ROWID;

-- The history: per snapshot what moved by itself; leaderboards/history.py knows the encoding.
CREATE TABLE snapshots (
    id         INTEGER PRIMARY KEY,
    board_id   INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    taken_at   INTEGER NOT NULL,
    team_count INTEGER NOT NULL,
    moves      BLOB NOT NULL,           -- places left and taken: all that a rank needs
    rows       BLOB NOT NULL,           -- the rows that changed: scores, names, submissions
    UNIQUE (board_id, taken_at)
) STRICT;

-- What each Discord server has set. A row stands here from the first setting on.
CREATE TABLE guilds (
    guild_id       INTEGER PRIMARY KEY,
    announce       INTEGER NOT NULL DEFAULT 1 CHECK (announce IN (0, 1)),
    channel_id     INTEGER,             -- where to announce unless a competition says otherwise
    smallest_rise  INTEGER NOT NULL DEFAULT 0 CHECK (smallest_rise >= 0),
    smallest_fall  INTEGER NOT NULL DEFAULT 50 CHECK (smallest_fall >= 1),
    mention        INTEGER NOT NULL DEFAULT 0 CHECK (mention IN (0, 1)),
    left_at        INTEGER              -- when the bot was removed; all is forgotten some time after
) STRICT;
CREATE INDEX guilds_left ON guilds (left_at) WHERE left_at IS NOT NULL;

CREATE TABLE follows (
    guild_id        INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    competition_id  INTEGER NOT NULL REFERENCES competitions (id) ON DELETE CASCADE,
    channel_id      INTEGER,
    paused          INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    followed_by     INTEGER NOT NULL,
    followed_at     INTEGER NOT NULL,
    leader_team_id  INTEGER,            -- the number one that this server knows of
    leader_told_at  INTEGER,
    silent          INTEGER NOT NULL DEFAULT 0 CHECK (silent IN (0, 1)), -- the next sync is no news
    PRIMARY KEY (guild_id, competition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_by_competition ON follows (competition_id);

-- What is synced and announced: not paused, and the bot is still in the server.
CREATE VIEW active_follows AS
    SELECT follows.* FROM follows JOIN guilds USING (guild_id)
    WHERE NOT follows.paused AND guilds.left_at IS NULL;

CREATE TABLE links (
    guild_id  INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id   INTEGER NOT NULL,
    user_name TEXT NOT NULL COLLATE NOCASE,
    mention   INTEGER NOT NULL DEFAULT 0 CHECK (mention IN (0, 1)), -- the member's own choice
    linked_by INTEGER NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, user_id),
    UNIQUE (guild_id, user_name)
) STRICT, WITHOUT ROWID;

-- What a server was last told of a team: the point from which news counts.
CREATE TABLE told (
    guild_id       INTEGER NOT NULL,
    competition_id INTEGER NOT NULL,
    team_id        INTEGER NOT NULL,
    rank           INTEGER NOT NULL,
    best_score     REAL NOT NULL,
    zone           TEXT CHECK (zone IN ('gold', 'silver', 'bronze')),
    zone_told_at   INTEGER,
    PRIMARY KEY (guild_id, competition_id, team_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Messages that are decided but perhaps not sent. Written with the board they tell of.
CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id       INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id     INTEGER NOT NULL,
    competition_id INTEGER REFERENCES competitions (id) ON DELETE SET NULL,
    nonce          TEXT NOT NULL UNIQUE CHECK (length(nonce) <= 25),
    message        TEXT NOT NULL,       -- what to tell, as JSON; cogs/ui renders it
    created_at     INTEGER NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    attempted_at   INTEGER,
    error          TEXT,
    delivered_at   INTEGER,
    message_id     INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (channel_id, id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_of_guild ON outbox (guild_id, delivered_at);
CREATE INDEX outbox_of_competition ON outbox (competition_id);
