-- What was delivered or set aside is cleared away after some time.
DROP INDEX outbox_delivered;
CREATE INDEX outbox_settled ON outbox (coalesce(delivered_at, set_aside_at))
    WHERE coalesce(delivered_at, set_aside_at) IS NOT NULL;
