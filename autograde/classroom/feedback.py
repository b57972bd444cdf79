"""To be written."""


def add(commands):
    """Nothing yet."""
