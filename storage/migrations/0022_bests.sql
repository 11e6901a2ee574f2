-- The best that a team has been, so that what it reaches for the first time can be told. NULL where
-- it is not known yet: the history says it then.
ALTER TABLE told ADD COLUMN best_rank INTEGER;
ALTER TABLE told ADD COLUMN best_share REAL;    -- of the ranks by the number of teams
ALTER TABLE told ADD COLUMN best_zone TEXT CHECK (best_zone IN ('gold', 'silver', 'bronze'));
