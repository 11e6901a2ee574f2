-- A note whose sending began may have reached its member, whatever is known of the answer.
ALTER TABLE notes ADD COLUMN attempted INTEGER NOT NULL DEFAULT 0 CHECK (attempted IN (0, 1));
