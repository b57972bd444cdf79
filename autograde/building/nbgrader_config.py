"""nbgrader's configuration for this course. ``build`` uses it, and the folder of each class has a file that does."""

import os
from importlib import import_module
from pathlib import Path

from traitlets.config import Config

from autograde.course import HERE

COURSE = "lstm-by-hand"
"""nbgrader's id of the course."""


def configure(c: Config, course: Path, room: Path | None = None) -> None:
    """Set the options on ``c``.

    course : the folder that holds ``solutions/`` and ``notebooks/``.
    room : the folder of a class; where it is left out, nothing can be graded.
    """
    course = course.resolve()
    room = (room or course).resolve()
    c.CourseDirectory.course_id = COURSE
    c.CourseDirectory.root = str(room)
    c.CourseDirectory.source_directory = str(course / "solutions")
    c.CourseDirectory.release_directory = str(course / "notebooks")
    c.CourseDirectory.db_url = os.environ.get("AUTOGRADE_DB") or f"sqlite:///{room}/gradebook.db"
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".lstm-by-hand-progress*"]
    c.ClearSolutions.code_stub = {"python": HERE}
    c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
    c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
    c.ClearSolutions.text_stub = "*Write your answer here.*"
    c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
    c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"
    c.Execute.shutdown_kernel = "immediate"
    c.Execute.timeout = 300
    c.Autograde.exporter_class = "autograde.classroom.stock.Refused"
    c.AssignLatePenalties.plugin_class = "autograde.classroom.late.Rule"
    c.Rule.folder = str(room)
    if room == course:
        return

    def ship(assignment, **_):
        """Make of what ``nbgrader generate_assignment`` wrote a sealed release, with all that the notebooks import."""
        import_module("autograde.classroom.commands.release").ship(course, room, assignment)

    c.CourseDirectory.release_directory = str(room / "released" / "sealed")
    c.GenerateAssignment.post_convert_hook = ship


if "get_config" in globals():  # read by nbgrader itself: beside a course that has a class, or in it
    here = next(p for p in Path(__file__).resolve().parents if (p / "notebooks").is_dir())
    configure(get_config(), here, here / "class")  # noqa: F821
