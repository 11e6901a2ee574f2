"""Fetch a Kaggle leaderboard, read it, compare two, know the past. Knows nothing of Discord."""
