"""Competitions, their current boards, and the history log."""
