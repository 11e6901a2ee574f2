"""A downloaded zip file parsed into a `Board`."""
