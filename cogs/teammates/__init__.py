"""`/team`: members look for team mates, and learn who the other is once both agree."""
