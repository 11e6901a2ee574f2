"""What changed from the stored board to a new one, and whether it can be believed."""
