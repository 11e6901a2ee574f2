"""Deadlines that are ahead: `/deadlines` with its calendar file, and Scheduled Events for them."""
