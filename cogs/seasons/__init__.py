"""Seasons and the hall of fame: members over several competitions, `/season` and `/hall`."""
