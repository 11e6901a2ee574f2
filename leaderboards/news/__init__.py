"""What is news: rules, messages, merging, redaction, schedules."""
