"""A downloaded archive parsed into a `Board`."""
