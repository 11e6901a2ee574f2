-- One newcomer shifts every rank below. So ranks stand apart from what else is known of a team, in
-- rows so narrow that a sync writes them all anew, and as rows both ways: which team has a rank,
-- and which rank has a team.
CREATE TABLE teams (
    board_id           INTEGER NOT NULL,
    team_id            INTEGER NOT NULL,
    team_name          TEXT NOT NULL,
    score              REAL NOT NULL,
    score_text         TEXT NOT NULL,
    submissions        INTEGER,
    last_submission_at INTEGER,
    members            TEXT NOT NULL,   -- user names as Kaggle joins them: a,b,c
    PRIMARY KEY (board_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE places (
    board_id INTEGER NOT NULL,
    rank     INTEGER NOT NULL,
    team_id  INTEGER NOT NULL,
    PRIMARY KEY (board_id, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE ranks (
    board_id INTEGER NOT NULL,
    team_id  INTEGER NOT NULL,
    rank     INTEGER NOT NULL,
    PRIMARY KEY (board_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    board_id  INTEGER NOT NULL,
    user_name TEXT NOT NULL COLLATE NOCASE,
    team_id   INTEGER NOT NULL,
    PRIMARY KEY (board_id, user_name, team_id)
) STRICT, WITHOUT ROWID;

-- What leaderboards/marks.py makes of the current rows, so that a sync reads only those that differ.
CREATE TABLE marks (
    board_id INTEGER PRIMARY KEY,
    rows     BLOB NOT NULL
) STRICT;

INSERT INTO teams
    SELECT board_id, team_id, team_name, score, score_text, submissions, last_submission_at,
        ifnull((
            SELECT group_concat(user_name, ',') FROM (
                SELECT user_name FROM members m
                WHERE m.board_id = s.board_id AND m.team_id = s.team_id ORDER BY position
            )
        ), '')
    FROM standings s;
INSERT INTO places SELECT board_id, rank, team_id FROM standings ORDER BY board_id, rank;
INSERT INTO ranks SELECT board_id, team_id, rank FROM standings;
INSERT OR IGNORE INTO users SELECT board_id, user_name, team_id FROM members;

DROP TABLE members;
DROP TABLE standings;
ALTER TABLE users RENAME TO members;

-- The current boards for whoever looks into the database, and for whoever looks for a team.
CREATE VIEW standings AS
    SELECT board_id, rank, team_id, team_name, score, score_text, submissions, last_submission_at,
        members
    FROM teams JOIN ranks USING (board_id, team_id);

-- In place of foreign keys, which would be looked up for each of a hundred thousand rows.
CREATE TRIGGER boards_deleted AFTER DELETE ON boards BEGIN
    DELETE FROM teams WHERE board_id = old.id;
    DELETE FROM places WHERE board_id = old.id;
    DELETE FROM ranks WHERE board_id = old.id;
    DELETE FROM members WHERE board_id = old.id;
    DELETE FROM marks WHERE board_id = old.id;
END;

-- What ANALYZE would find where boards are large, so that the planner never goes through a whole
-- board for a few of its teams; the last line makes it known to who is connected.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('teams', 'teams', '1000000 10000 1'),
    ('places', 'places', '1000000 10000 1'),
    ('ranks', 'ranks', '1000000 10000 1'),
    ('members', 'members', '1000000 10000 1 1');
ANALYZE sqlite_schema;
