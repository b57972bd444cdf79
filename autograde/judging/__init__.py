"""Compares, follows and names. It runs no stranger's code."""
