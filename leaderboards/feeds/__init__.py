"""Which new things of Kaggle a channel wants to be told of."""
