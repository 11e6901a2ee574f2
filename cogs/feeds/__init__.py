"""Feeds: new competitions on Kaggle, and topics and notebooks of the followed ones."""
