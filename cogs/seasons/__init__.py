"""`/season`: members ranked over several competitions."""
