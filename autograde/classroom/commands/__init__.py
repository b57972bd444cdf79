"""A teacher's commands, a module each."""
