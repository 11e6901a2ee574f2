"""The error that ends a command."""


class CommandError(Exception):
    """An expected failure; `str()` of it is a sentence for the command line."""
