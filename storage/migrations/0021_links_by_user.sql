-- In direct messages a person's links in all servers are looked up.
CREATE INDEX links_by_user ON links (user_id);
