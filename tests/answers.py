"""Answers that nobody planned for, from each notebook's `answers.py`.

``RIGHT``: exercise -> name of a style -> a right answer in another style than the reference's; a check that fails it has
raised a false alarm.
``EQUIVALENT``: (exercise, start of a mutant's name as ``mutants.py`` prints it) -> why no problem can tell that mutant from
the reference.
"""

from autograde import course

MODULES = [n.load("answers.py") for n in course.notebooks().values() if n.path("answers.py").exists()]
RIGHT = {name: styles for m in MODULES for name, styles in m.RIGHT.items()}
EQUIVALENT = {mutant: why for m in MODULES for mutant, why in getattr(m, "EQUIVALENT", {}).items()}
