"""Calendar: `/deadlines`, what is ahead in the followed competitions."""
