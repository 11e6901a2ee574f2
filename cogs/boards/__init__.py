"""Leaderboards: `/leaderboard`, `/scores`, and live boards."""
