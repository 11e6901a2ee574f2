-- Ranks in pieces of a hundred, from team to rank as from rank to team: nearly every sync changes
-- most of them. Within a piece of places no rank is missing, so that it tells each one's rank.
CREATE TEMPORARY TABLE ranked AS
    SELECT board_id, team_id, rank,
        rank - row_number() OVER (PARTITION BY board_id ORDER BY rank) AS missing
    FROM ranks;

DROP VIEW standings;
DROP TABLE ranks;
DELETE FROM places;

INSERT INTO places (board_id, first_rank, teams)
    SELECT board_id, rank, teams FROM (
        SELECT board_id, rank, json_group_array(team_id) OVER piece AS teams,
            row_number() OVER run AS number
        FROM ranked
        WINDOW run AS (PARTITION BY board_id, missing ORDER BY rank),
            piece AS (run ROWS BETWEEN CURRENT ROW AND 99 FOLLOWING)
    ) WHERE number % 100 = 1;

CREATE TABLE ranks (
    board_id      INTEGER NOT NULL,
    first_team_id INTEGER NOT NULL,
    teams         TEXT NOT NULL,    -- the ids of a hundred teams as JSON, ascending
    ranks         TEXT NOT NULL,    -- the ranks of these, in the same order
    UNIQUE (board_id, first_team_id)
) STRICT;

INSERT INTO ranks (board_id, first_team_id, teams, ranks)
    SELECT board_id, team_id, teams, ranks FROM (
        SELECT board_id, team_id, json_group_array(team_id) OVER piece AS teams,
            json_group_array(rank) OVER piece AS ranks, row_number() OVER board AS number
        FROM ranked
        WINDOW board AS (PARTITION BY board_id ORDER BY team_id),
            piece AS (board ROWS BETWEEN CURRENT ROW AND 99 FOLLOWING)
    ) WHERE number % 100 = 1;

DROP TABLE ranked;

-- For those who look for teams.
CREATE VIEW standings AS
    SELECT t.board_id,
        (
            -- A view is trusted with json_each alone, not with json_extract or ->>.
            SELECT rank.value FROM ranks r
                JOIN json_each(r.ranks,
                    (SELECT fullkey FROM json_each(r.teams) WHERE value = t.team_id)) rank
            WHERE r.board_id = t.board_id AND r.first_team_id <= t.team_id
            ORDER BY r.first_team_id DESC LIMIT 1
        ) AS rank,
        t.team_id, t.team_name, t.score, t.score_text, t.submissions, t.last_submission_at,
        t.members
    FROM teams t;

-- For those who look for ranks.
CREATE VIEW placed AS
    SELECT p.board_id, p.first_rank, p.first_rank + place.key AS rank, t.team_id, t.team_name,
        t.score, t.score_text, t.submissions, t.last_submission_at, t.members
    FROM places p JOIN json_each(p.teams) place
        JOIN teams t ON t.board_id = p.board_id AND t.team_id = place.value;
