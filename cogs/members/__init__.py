"""Members: links, verification, roles, and what is kept of them."""
