"""Final results of a competition: its end, the shake-up, and later corrections."""
