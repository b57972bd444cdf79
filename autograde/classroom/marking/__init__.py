"""Marking in a browser: question by question, across students."""
