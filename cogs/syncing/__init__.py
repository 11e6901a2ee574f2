"""The loops that read Kaggle: syncs, ends of competitions, housekeeping."""
