"""Members: links, verification, roles, and stored data."""
