"""What ends a command early."""


class CommandError(Exception):
    """An expected end; `str()` of it is a sentence for the person at the command line."""
