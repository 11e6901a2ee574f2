"""How Podium looks and what is safe to show: the only way of text and boards into Discord."""
