"""The classroom: lint, run, judge, record. ``autograde grade UNIT`` drives it."""
