"""What `nbgrader autograde` says in the folder of a class: it runs submissions as you, and believes what they print."""

from typing import Any, NoReturn

from nbconvert.exporters import NotebookExporter

SAID = (
    "`nbgrader autograde` runs what strangers wrote as you, with all that you may do, and its points can be forged. "
    "Nothing was run or changed. Grade with: autograde grade UNIT"
)


class Refused(NotebookExporter):
    """Stands in for the exporter of `nbgrader autograde`, which makes it before it touches anything."""

    def __init__(self, *_: Any, **__: Any) -> NoReturn:
        raise SystemExit(SAID)
