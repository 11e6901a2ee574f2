"""News: rules, messages, merging, redaction, schedules."""
