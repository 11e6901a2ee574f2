"""Syncs, ends of competitions and outages of Kaggle; and housekeeping."""
