"""Answers that nobody planned for, a module per notebook.

``RIGHT``: exercise -> name of a style -> a right answer in another style than the reference's; a check that fails it has
raised a false alarm.
``EQUIVALENT``: (exercise, start of a mutant's name as ``mutants.py`` prints it) -> why no problem can tell that mutant from
the reference.
"""

from importlib import import_module
from pkgutil import iter_modules

MODULES = [import_module(f"{__name__}.{m.name}") for m in iter_modules(__path__)]
RIGHT = {name: styles for m in MODULES for name, styles in m.RIGHT.items()}
EQUIVALENT = {mutant: why for m in MODULES for mutant, why in getattr(m, "EQUIVALENT", {}).items()}
