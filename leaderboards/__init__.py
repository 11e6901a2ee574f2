"""Kaggle leaderboards: download, parsing, comparison and history. Independent of Discord."""
