"""The outbox, and what fills it: news, digests, deadlines, live boards."""
