-- Messages that show a board and are edited with it. The outbox makes them, each once.
CREATE TABLE live_boards (
    guild_id       INTEGER NOT NULL,
    competition_id INTEGER NOT NULL,
    channel_id     INTEGER NOT NULL,
    outbox_id      INTEGER,             -- the row that makes the message; it may be gone later
    message_id     INTEGER,             -- NULL until the message was edited for the first time
    shown          TEXT,                -- what it shows, as a fingerprint
    error          TEXT,                -- why the last edit failed; NULL after a good one
    PRIMARY KEY (guild_id, competition_id),
    FOREIGN KEY (guild_id, competition_id)
        REFERENCES follows (guild_id, competition_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX live_boards_of_competition ON live_boards (competition_id);
