"""Links of members to Kaggle users, and what is kept of members."""
