-- What Discord refuses for good is set aside, so that the next ones of its channel go on.
ALTER TABLE outbox ADD COLUMN set_aside_at INTEGER; -- error says why

-- How often in a row it failed in a way that may be its own fault.
ALTER TABLE outbox ADD COLUMN doubtful_tries INTEGER NOT NULL DEFAULT 0;

-- Every message that an attempt can have made is newer than this one: by Discord's clock, since
-- the machine's may be wrong. NULL: all of the channel is newer.
ALTER TABLE outbox ADD COLUMN after_id INTEGER;
UPDATE outbox SET after_id = (
    SELECT max(told.message_id) FROM outbox AS told WHERE told.channel_id = outbox.channel_id
) WHERE delivered_at IS NULL AND attempted_at IS NOT NULL;

DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (channel_id, id)
    WHERE delivered_at IS NULL AND set_aside_at IS NULL;
CREATE INDEX outbox_newest ON outbox (message_id) WHERE message_id IS NOT NULL;

-- A row's number marks its message. Components that have no number of their own get one from
-- Discord, from 1 on and at most 40 a message: no row may have one of those.
INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox', 0
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'outbox');
UPDATE sqlite_sequence SET seq = max(seq, 1000) WHERE name = 'outbox';
