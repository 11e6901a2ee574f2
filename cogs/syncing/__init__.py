"""Everything that reads Kaggle on a timer: syncs, ends of competitions; and housekeeping."""
