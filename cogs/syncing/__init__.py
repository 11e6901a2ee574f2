"""Syncs, ends of competitions and lockouts by Kaggle; and housekeeping."""
