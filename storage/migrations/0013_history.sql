-- The history in its present form: leaderboards/history knows both. Of each log the first snapshot
-- is now a keyframe, and its syncs are put together in parts as time passes.
ALTER TABLE snapshots RENAME TO first_form;

CREATE TABLE snapshots (
    id         INTEGER PRIMARY KEY,
    board_id   INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    taken_at   INTEGER NOT NULL,        -- of the first sync in it
    team_count INTEGER NOT NULL,        -- after the last
    moves      BLOB NOT NULL,           -- places left and taken: all that a rank needs
    details    BLOB NOT NULL,           -- the rows that changed: scores, names, submissions
    UNIQUE (board_id, taken_at)
) STRICT;

-- Whole boards, from which a past one is led on.
CREATE TABLE keyframes (
    board_id INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    taken_at INTEGER NOT NULL,          -- of the sync that brought the board
    board    BLOB NOT NULL,
    PRIMARY KEY (board_id, taken_at)
) STRICT;

INSERT INTO snapshots (board_id, taken_at, team_count, moves, details)
    SELECT board_id, taken_at, team_count,
        moves_of_first_form(moves, rows, taken_at, team_count, begins),
        details_of_first_form(moves, rows, begins)
    FROM (
        SELECT *, taken_at = min(taken_at) OVER (PARTITION BY board_id) AS begins FROM first_form
    ) ORDER BY board_id, taken_at;

INSERT INTO keyframes (board_id, taken_at, board)
    SELECT board_id, min(taken_at), keyframe_of_first_form(moves, rows, team_count)
    FROM first_form GROUP BY board_id;

DROP TABLE first_form;

-- How far the log of a board was put together into days, and folded to hours and to days.
ALTER TABLE boards ADD COLUMN together_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE boards ADD COLUMN hourly_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE boards ADD COLUMN daily_until INTEGER NOT NULL DEFAULT 0;

-- Delivered announcements are cleared away after some time.
CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE delivered_at IS NOT NULL;
