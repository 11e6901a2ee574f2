"""Kaggle through its CLI: processes, output and errors."""
