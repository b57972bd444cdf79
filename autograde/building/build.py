"""The build: ``course/`` -> ``solutions/`` (executed) -> ``notebooks/`` (by nbgrader). Same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import nbformat
from nbformat import NotebookNode

from autograde import course
from autograde.building.course_text import BuildError, read, without_guesses
from autograde.judging.exercise import Exercise, Written
from autograde.learning import kernel

PARTS = ("asking", "judging", "learning", "building")
"""Folders of this package whose text can change what a built notebook holds."""

KINDS = ("solutions", "notebooks")

BUILT = "built.json"
"""In ``course/``: what each built notebook was made from, and a digest of it as it was written."""

STEADY = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONWARNINGS": "ignore:::numpy",
    "AUTOGRADE_STILL": "1",
}
"""Set while a notebook runs, so that another machine rounds, sorts and draws alike."""


@dataclass(frozen=True)
class Source:
    """One course text and where its notebooks go. ``root`` is the folder that holds ``course/``."""

    root: Path
    unit: str
    name: str

    @property
    def text(self) -> Path:
        return self.notebook.path("text.py")

    @property
    def notebook(self) -> course.Notebook:
        return course.Notebook(self.root / "course" / self.unit / self.name)

    def built(self, kind: str) -> Path:
        """The built notebook; ``kind`` is ``"solutions"`` or ``"notebooks"``."""
        return self.root / kind / self.unit / f"{self.name}.ipynb"


def sources(root: Path, unit: str | None = None) -> list[Source]:
    """Every course text below ``root``, or those of one unit, in order.

    Raises
    ------
    BuildError : there is no such unit, or no course.
    """
    found = [Source(root, n.unit, n.name) for n in course.notebooks(root / "course").values()]
    if not found:
        raise BuildError(f"there is no course below {root}: run this in the folder that holds course/")
    units = sorted({s.unit for s in found})
    if unit is not None and unit not in units:
        raise BuildError(f"there is no unit {unit!r}; the units are {', '.join(units)}")
    return [s for s in found if unit in (None, s.unit)]


def build(root: Path, unit: str | None = None, force: bool = False) -> Iterator[tuple[Source, str]]:
    """Build what has changed; yields each source with what was done (``"built"`` or ``"up to date"``).

    Raises
    ------
    BuildError : with nothing written for the source in question.
    """
    for source in sources(root, unit):
        if not force:
            stamp = _stamps(root).get(source.name, {})
            for kind in KINDS:
                _refuse_edited(source.built(kind), source, stamp.get(kind, ""))
            if stamp.get("inputs") == inputs(source) and all(source.built(kind).exists() for kind in KINDS):
                yield source, "up to date"
                continue
        with tempfile.TemporaryDirectory() as scratch:
            built = make(source, Path(scratch))
            _put(built, root, source)
        _stamp(source)
        yield source, "built"


def make(source: Source, scratch: Path) -> Path:
    """Build one source below ``scratch``, laid out as the project is; returns ``scratch``."""
    exercises = _exercises(source)
    notebook = read(source.text, exercises, source.notebook.guesses)
    folder = scratch / "source" / source.unit
    folder.mkdir(parents=True)
    _assets(source, folder)
    execute(notebook, folder, source)
    _write(notebook, folder / f"{source.name}.ipynb")
    _release(scratch, source)
    released = scratch / "release" / source.unit
    _name_and_write(source, folder / f"{source.name}.ipynb")
    _name_and_write(source, released / f"{source.name}.ipynb", released=True)
    folder.parent.rename(scratch / "solutions")
    released.parent.rename(scratch / "notebooks")
    return scratch


def comparable(path: Path) -> str:
    """A built notebook's text without what may differ between machines: outputs of cells tagged ``timing``."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "timing" in cell["metadata"].get("tags", []) and cell["cell_type"] == "code":
            cell["outputs"] = []
    return json.dumps(notebook, indent=1, sort_keys=True)


def execute(notebook: NotebookNode, folder: Path, source: Source) -> None:
    """Run every cell in ``folder``; outputs are kept in ``notebook``, times are not.

    Raises
    ------
    BuildError : a cell raised, or an output would differ from run to run.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    with tempfile.TemporaryDirectory() as home:
        env = STEADY | {"LSTM_BY_HAND_PROGRESS": str(Path(home) / "progress")}
        try:
            kernel.run(notebook, folder, env, timeout=600, allow_errors=False)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise BuildError(f"{source.text}: a cell does not run:\n{_plain(str(error))}") from None
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _steady(cell, source)


def inputs(source: Source) -> str:
    """A digest of all that a built notebook is made from."""
    here = Path(__file__).parents[1]
    files = [p for p in sorted(source.notebook.folder.rglob("*")) if p.suffix in (".py", ".md")]
    files += [
        here / "__init__.py",
        here / "course.py",
        *(p for part in PARTS for p in sorted((here / part).glob("*.py"))),
    ]
    files += [Path(module.__file__ or "") for module in _references(source)]
    files += sorted((source.root / "course" / "figures").glob("*.py"))
    files += sorted(p for p in (source.notebook.folder.parent / "data").rglob("*") if p.is_file())
    digest = hashlib.sha256()
    for exercise in course.exercises(source.root / "course").values():  # progress() draws all of them
        digest.update(f"{exercise.name} {exercise.points}\0".encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def _references(source: Source) -> list[ModuleType]:
    """The modules of ``lstm_ref`` that a notebook's exercises use, directly or through each other."""
    waiting = [source.notebook.load("exercises.py")] if source.notebook.path("exercises.py").exists() else []
    found: dict[str, ModuleType] = {}
    while waiting:
        for value in vars(waiting.pop()).values():
            module = (
                value if isinstance(value, ModuleType) else sys.modules.get(getattr(value, "__module__", None) or "")
            )
            if module is not None and module.__name__.startswith("lstm_ref") and module.__name__ not in found:
                found[module.__name__] = module
                waiting.append(module)
    return [found[name] for name in sorted(found)]


def _exercises(source: Source) -> Mapping[str, Exercise | Written]:
    try:
        course.exercises(source.root / "course")
    except ValueError as error:
        raise BuildError(f"{source.root / 'course'}: {error}") from None
    return {e.name: e for e in source.notebook.exercises}


def _assets(source: Source, folder: Path) -> None:
    data = source.notebook.folder.parent / "data"
    if data.is_dir():
        shutil.copytree(data, folder / "data")
    if (source.root / "course" / "figures").is_dir():
        code = (
            "import sys, pathlib; from course.figures import draw_all; draw_all(sys.argv[1], pathlib.Path(sys.argv[2]))"
        )
        command = [sys.executable, "-c", code, source.name, str(folder / "figures")]
        done = subprocess.run(
            command, cwd=source.root, env=os.environ | STEADY | {"MPLBACKEND": "Agg"}, capture_output=True, text=True
        )
        if done.returncode:
            raise BuildError(f"{source.text}: its figures could not be drawn:\n{done.stderr.strip()[-2000:]}")
    wanted = set(re.findall(r"\]\((figures/[^)\s]+)", source.text.read_text(encoding="utf-8")))
    for name in sorted(wanted):
        if not (folder / name).exists():
            raise BuildError(f"{source.text}: it shows {name}, which nothing in course/figures draws")


def _steady(cell: NotebookNode, source: Source) -> None:
    cell.outputs = _joined(cell.outputs)
    for output in cell.outputs:
        text = json.dumps(output)
        if re.search(r" at 0x[0-9a-f]{6,}", text):
            raise BuildError(
                f"{source.text}: an output shows a memory address, which no two runs share:\n{cell.source}"
            )
        if output.output_type == "stream" and output.name == "stderr":
            raise BuildError(f"{source.text}: a cell writes to stderr (a warning?):\n{output.text}\n{cell.source}")
    cell.metadata.pop("execution", None)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Neighbouring pieces of one stream as one: how printing is cut up depends on the machine's load."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _release(scratch: Path, source: Source) -> None:
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    from autograde.building import nbgrader_config

    config = Config()
    nbgrader_config.configure(config, scratch)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.db_url = f"sqlite:///{scratch.resolve()}/gradebook.db"
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    config.NbGrader.logfile = ""
    result = NbGraderAPI(config=config).generate_assignment(source.unit, force=True, create=True)
    if not result["success"]:
        raise BuildError(f"{source.text}: nbgrader could not make the release:\n{result['log'][-1500:]}")


def _write(notebook: NotebookNode, path: Path) -> None:
    nbformat.validate(notebook)
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _name_and_write(source: Source, path: Path, released: bool = False) -> None:
    """Write the notebook with its name in its metadata, by which it is known when somebody renames the file."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.lstm_by_hand = {"notebook": source.name}
    if released:
        without_guesses(notebook, source.notebook.guesses)
    _write(notebook, path)


def _stamps(root: Path) -> dict[str, dict[str, str]]:
    try:
        return json.loads((root / "course" / BUILT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _stamp(source: Source) -> None:
    stamps = _stamps(source.root)
    stamps[source.name] = {"inputs": inputs(source)} | {kind: content(source.built(kind)) for kind in KINDS}
    text = json.dumps(stamps, indent=1, sort_keys=True) + "\n"
    (source.root / "course" / BUILT).write_text(text, encoding="utf-8")


def content(path: Path) -> str:
    """A digest of what a notebook file holds, however its JSON is laid out; empty for a file that is no JSON."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return ""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:20]


def _refuse_edited(path: Path, source: Source, written: str) -> None:
    if path.exists() and content(path) != written:
        raise BuildError(
            f"{path} was edited by hand, and a build would overwrite it. Carry the edit back into {source.text}, "
            f"then build with --force; or undo it with: git checkout -- {path}"
        )


def _put(built: Path, root: Path, source: Source) -> None:
    for kind in ("solutions", "notebooks"):
        for file in sorted((built / kind / source.unit).rglob("*")):
            if file.is_dir() or file.name.startswith("."):
                continue
            target = root / kind / source.unit / file.relative_to(built / kind / source.unit)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.read_bytes() != file.read_bytes():
                part = target.with_name(target.name + ".part")
                part.write_bytes(file.read_bytes())
                part.replace(target)


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()[-3000:]
