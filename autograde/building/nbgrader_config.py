"""nbgrader's configuration for this course. From the project's root: ``JUPYTER_CONFIG_PATH=autograde nbgrader ...``"""

import os
from pathlib import Path


def configure(c, root: Path) -> None:
    """Set the course's options on ``c``; ``root`` is the folder that holds ``solutions/`` and ``notebooks/``."""
    c.CourseDirectory.course_id = "lstm-by-hand"
    c.CourseDirectory.root = str(root.resolve())
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "notebooks"
    for step in ("submitted", "autograded", "feedback"):
        setattr(c.CourseDirectory, f"{step}_directory", f"autograde/{step}")
    c.CourseDirectory.db_url = os.environ.get("AUTOGRADE_DB", f"sqlite:///{root.resolve()}/autograde/gradebook.db")
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".lstm-by-hand-progress*"]
    c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}
    c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
    c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
    c.ClearSolutions.text_stub = "*Write your answer here.*"
    c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
    c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"
    c.Execute.shutdown_kernel = "immediate"
    c.Execute.timeout = 300


if "get_config" in globals():
    configure(get_config(), Path(__file__).parent.parent)  # noqa: F821
