"""Leaderboards in Discord: `/leaderboard`, `/scores`, and live boards."""
