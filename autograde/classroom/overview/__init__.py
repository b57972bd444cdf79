"""The whole class on one page: who is where, what is hard, what goes wrong, who might have worked together."""
