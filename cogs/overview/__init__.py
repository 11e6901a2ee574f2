"""Overview: `/overview`, all members on all running competitions, and their medals."""
