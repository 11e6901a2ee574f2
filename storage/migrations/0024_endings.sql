-- The deadline that has passed, once Kaggle's list was read again and says the same. From then on
-- the board is no longer synced; next_sync_at says when the private one is next looked for.
ALTER TABLE competitions ADD COLUMN over_at INTEGER;

-- When nothing more was to be read: the private board is stored, or none came.
ALTER TABLE competitions ADD COLUMN archived_at INTEGER;
