"""`/competition`: follow, browse, pause and end competitions."""
