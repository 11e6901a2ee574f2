"""What becomes of a rank without a submission, and what a score would be worth."""
