-- The places of a board in pieces of a hundred: a sync that shifts nearly everybody writes a few
-- rows instead of one for each team.
CREATE TABLE pieces (
    board_id   INTEGER NOT NULL,
    first_rank INTEGER NOT NULL,
    teams      TEXT NOT NULL,       -- the ids of its teams as JSON, best first
    UNIQUE (board_id, first_rank)
) STRICT;

INSERT INTO pieces (board_id, first_rank, teams)
    SELECT board_id, min(rank), json_group_array(team_id)
    FROM (
        SELECT *, (row_number() OVER (PARTITION BY board_id ORDER BY rank) - 1) / 100 AS number
        FROM places ORDER BY board_id, rank
    ) GROUP BY board_id, number;

DROP TRIGGER boards_deleted;
DROP TABLE places;
ALTER TABLE pieces RENAME TO places;

CREATE TRIGGER boards_deleted AFTER DELETE ON boards BEGIN
    DELETE FROM teams WHERE board_id = old.id;
    DELETE FROM places WHERE board_id = old.id;
    DELETE FROM ranks WHERE board_id = old.id;
    DELETE FROM members WHERE board_id = old.id;
    DELETE FROM marks WHERE board_id = old.id;
END;
