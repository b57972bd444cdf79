"""Where the nodes of a parsed text stand in it, so that they can be replaced."""

from __future__ import annotations

import ast

Node = ast.expr | ast.stmt
Span = tuple[int, int, str]
"""What is replaced in a text: start, stop and the new text, counted in characters."""


class Places:
    """Where the nodes of a parsed text stand in it, counted in characters."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        self._text = text
        self._lines = lines
        self._starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]

    def start(self, node: Node) -> int:
        return self._at(node.lineno, node.col_offset)

    def stop(self, node: Node) -> int:
        return self._at(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def _at(self, line: int, column: int) -> int:
        text = self._lines[line - 1]
        return self._starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode()))

    def replaced(self, node: Node, text: str) -> Span:
        """The span that puts ``text`` in place of a node."""
        return self.start(node), self.stop(node), text
