"""`/roster`: links from a file, and a file of who stands where."""
