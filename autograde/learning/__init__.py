"""What a learner's notebook calls."""
