"""Scheduled Events for deadlines."""
