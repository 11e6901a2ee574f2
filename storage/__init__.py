"""SQLite through aiosqlite: the only place with SQL."""
