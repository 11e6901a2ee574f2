"""Searches for team mates, and the notes between members who search."""
