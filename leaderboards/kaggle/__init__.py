"""The way to Kaggle: the CLI in processes of its own, and its errors."""
