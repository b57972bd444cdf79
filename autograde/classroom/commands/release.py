"""``autograde release``: a unit for students, as a folder and a zip, with a package that checks and holds no answers."""

from __future__ import annotations

import argparse
import copy
import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from autograde import course
from autograde.asking.ask import plain, smallest
from autograde.asking.wire import pack
from autograde.classroom import desk
from autograde.classroom.desk import Desk
from autograde.classroom.record import put
from autograde.classroom.room import CannotDo, Room
from autograde.classroom.unit import Unit
from autograde.classroom.versions import asked_for
from autograde.judging import reference
from autograde.judging.compare import parts
from autograde.judging.exercise import Exercise, Mistake, Problem, Written
from autograde.judging.mistakes import variant

TEXT = """\
Make what students get of a unit: a folder and a zip with the notebooks, figures and data, and beside them the package that
the notebooks import, so that nothing has to be installed but Jupyter, NumPy, SymPy and Matplotlib.

sealed  (the default) for a class: no reference, no model solution, no answer in words. Checks work without a network: they
        compare with values that were recorded, right ones, those on the way to them and those of each named mistake, and
        give the hints.
--open  for self-study: with lstm_ref and all of autograde. Model solutions are shown after a pass.

What a sealed release does not promise: who reads the recorded files finds right values for the recorded problems, and can
fool the check at home. That earns nothing: `autograde grade` draws fresh problems for each submission.

`nbgrader release_assignment`, run in the folder of the class, puts the sealed folder into an exchange; `nbgrader
generate_assignment` (formgrader's Generate) makes it anew.

examples:
  autograde release 1-chain-rule                 class/released/sealed/1-chain-rule/ and 1-chain-rule.zip
  autograde release 1-chain-rule --open --to ~/outbox
"""

SEALED = ("asking", "judging", "learning")
"""The folders of this package that a sealed release has, beside ``__init__.py``."""
STAND_INS = {"course.py": "course.py", "main.py": "__main__.py"}
"""What it has in place of others: file of ``sealed/`` -> where it goes."""
VALUES = 600
"""How many values on the way to the results of a problem are recorded."""
PACKAGE = Path(__file__).parents[2]


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    desk.options(parser, run)
    parser.add_argument("unit", help="such as 1-chain-rule")
    parser.add_argument("--open", action="store_true", help="with the reference and the whole course, for self-study")
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="default: released/sealed or released/open of the class"
    )


def run(options: argparse.Namespace) -> int:
    """Make the release; returns the exit code."""
    unit = Desk.open(options).unit
    kind = "open" if options.open else "sealed"
    parent = (options.to or unit.room.path("released", kind)).expanduser()
    folder = parent / unit.name
    title = README.splitlines()[0].format(unit=unit.name)
    if folder.exists() and title not in _first_line(folder / "README.md"):
        raise CannotDo(f"{folder} is there already and was not made by this command: choose another with --to")
    files = opened(unit) if options.open else sealed(unit)
    archive = _written(unit.name, files, parent)
    print(f"{folder}\n{archive}\n{kind}: {len(files)} files, {archive.stat().st_size / 2**20:.1f} MB")
    return 0


def ship(root: Path, room: Path, name: str) -> None:
    """Make the sealed release of a unit where `nbgrader release_assignment` of the class in ``room`` looks for it."""
    unit = Unit.read(root, name, Room(room))
    _written(name, sealed(unit), unit.room.path("released", "sealed"))


def _written(name: str, files: Mapping[str, bytes], parent: Path) -> Path:
    """Write the files into a folder and a zip below ``parent``; the zip's path."""
    folder, archive = parent / name, parent / f"{name}.zip"
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        put(folder / path, data)
        (folder / path).chmod(0o644)
    put(archive, zipped(name, files))
    archive.chmod(0o644)
    return archive


def _first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n", 1)[0] if path.is_file() else ""


def sealed(unit: Unit) -> dict[str, bytes]:
    """The files of a sealed release by their path in its folder."""

    files = _texts(unit, HOME_SEALED) | {"autograde/__init__.py": (PACKAGE / "__init__.py").read_bytes()}
    for path in (p for folder in SEALED for p in sorted((PACKAGE / folder).glob("*.py"))):
        files[f"autograde/{path.relative_to(PACKAGE).as_posix()}"] = path.read_bytes()
    stand_ins = PACKAGE / "classroom" / "sealed"
    files |= {f"autograde/{target}": (stand_ins / name).read_bytes() for name, target in STAND_INS.items()}
    contents: dict[str, dict[str, Any]] = {}
    for name in unit.release:
        notebook = course.notebooks()[name]
        contents[name] = {
            "title": notebook.title,
            "exercises": [e.name for e in notebook.exercises],
            "guesses": [asdict(g) for g in notebook.guesses],
            "recall": [asdict(r) for r in notebook.recall],
        }
        files |= {f"autograde/recorded/{e.name}.wire": recorded(e) for e in notebook.exercises}
    own = {name for about in contents.values() for name in about["exercises"]}
    wanted = {name for notebook in unit.release.values() for name in asked_for(notebook)} - own
    texts = {name: course.version(name) for name in sorted(wanted)}
    files["autograde/recorded/versions.json"] = json.dumps(texts, indent=1).encode()
    files["autograde/recorded/contents.json"] = json.dumps(contents, indent=1).encode()
    return files


def opened(unit: Unit) -> dict[str, bytes]:
    """The files of an open release by their path in its folder."""
    files = _texts(unit, HOME_OPEN)
    root = PACKAGE.parent
    found = [*sorted(PACKAGE.rglob("*.py")), *sorted((root / "lstm_ref").rglob("*.py"))]
    found += sorted((PACKAGE / "classroom" / "templates").iterdir())
    found += [
        p for p in sorted(course.FOLDER.glob("[0-9]*/[0-9]*/*")) if p.name in ("text.py", "exercises.py", "mistakes.md")
    ]
    return files | {p.relative_to(root).as_posix(): p.read_bytes() for p in found}


def _texts(unit: Unit, home: str) -> dict[str, bytes]:
    """What both kinds have: notebooks, figures, data, a page to begin with."""
    source = unit.root / "notebooks" / unit.name
    paths = (p for p in sorted(source.rglob("*")) if p.is_file() and not p.is_symlink())
    kept = {p.relative_to(source): p for p in paths}
    files = {
        name.as_posix(): path.read_bytes() for name, path in kept.items() if not any(x[0] == "." for x in name.parts)
    }
    names = "\n".join(f"- {name}.ipynb" for name in unit.release)
    return files | {"README.md": README.format(unit=unit.name, notebooks=names, home=home).encode()}


def recorded(exercise: Exercise | Written) -> bytes:
    """An exercise as ``sealed.course`` reads it: what is asked and what was answered, but not how."""
    if isinstance(exercise, Written):
        return pack({"kind": "written", "points": exercise.points})
    problems = exercise.problems()
    mistakes = [
        {"name": m.name, "seen": m.seen, "look": m.look, "values": _mistaken(exercise, m, problems)}
        for m in exercise.mistakes
    ]
    return pack(
        {
            "kind": exercise.kind,
            "points": exercise.points,
            "outputs": tuple(exercise.outputs),
            "hints": tuple(exercise.hints),
            "draws": exercise.draws,
            "rtol": exercise.rtol,
            "float32": exercise.float32,
            "fields": exercise.fields,
            "probes": exercise.probe_names(),
            "problems": pack(problems),
            "right": _values(exercise, exercise.reference, problems),
            "mistakes": mistakes,
            "ways": _ways(exercise, problems),
        }
    )


def _mistaken(exercise: Exercise, mistake: Mistake, problems: list[Problem]) -> list | None:
    try:
        return _values(exercise, variant(exercise.reference, (mistake,)), problems)
    except Exception:  # the mistake's code does not run on every problem: it has no values to be known by
        return None


def _values(exercise: Exercise, function: Any, problems: list[Problem]) -> list[list]:
    with np.errstate(all="ignore"):
        return [[plain(v) for v in parts(function(**copy.deepcopy(p)), exercise.outputs)] for p in problems]


def _ways(exercise: Exercise, problems: list[Problem]) -> list[tuple]:
    """What the reference's steps, and parts of them, give on the problem that shows the way: at most ``VALUES`` of each."""
    if exercise.kind != "function":
        return []
    n, found = smallest(problems), []
    for finely in (False, True):
        run = reference.of(exercise).run(problems[n], limit=VALUES, finely=finely)
        found.append([v.value for v in run.values] if run is not None else [])
    return [(n, *found)]


def zipped(unit: str, files: Mapping[str, bytes]) -> bytes:
    """The files in a zip, below a folder called ``unit``; the same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{unit}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, data)
    return out.getvalue()


README = """\
# {unit} · LSTM by Hand

In this folder:

    python -m pip install jupyterlab numpy sympy matplotlib
    python -m jupyter lab

You need Python 3.11 or later. Work through the notebooks in order:

{notebooks}

Leave their names and the folder `autograde` as they are: the notebooks use it.

{home}"""

HOME_SEALED = """\
Run `check(...)` after each answer: it says whether the answer is right, and often which mistake gives your numbers.
`hint("...")` helps, `progress()` shows where you are. All of it works without a network.

Hand in the notebooks, saved. They are graded with other numbers than those your checks ask about, so what counts is that
your code computes the answer.
"""

HOME_OPEN = """\
Run `check(...)` after each answer: it says whether the answer is right, and often which mistake gives your numbers.
`hint("...")` helps, `progress()` shows where you are. After a pass you are shown one way to write it.
`lstm_ref` is the reference: small, and written to be read.
"""
