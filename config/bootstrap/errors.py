"""The one exception that the command line shows as a plain message."""


class BootstrapError(Exception):
    """A step of the set-up cannot go on; the text says what is wrong and what to do about it."""
