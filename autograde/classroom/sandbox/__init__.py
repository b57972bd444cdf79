"""Where a stranger's notebook runs."""
