"""All that may stand beside a stranger's code. It knows no answer."""
