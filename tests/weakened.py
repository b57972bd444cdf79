"""Policies weakened one by one: for each there must be a test that notices.

``make mutants`` runs it: a copy of the project is made, one line of it weakened, and the tests that should notice are run
there. Prints each policy with what happened; exits with 1 when one was weakened and no test noticed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Weakened:
    """An edit of one file, whose ``before`` stands in it exactly once, and the tests that should fail then."""

    what: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


BY_HAND = (
    Weakened(
        "single precision is tolerated in every exercise",
        "autograde/judging/case.py",
        "if self.exercise.float32 and is_single(answer)",
        "if is_single(answer)",
        ("tests/judging",),
    ),
    Weakened(
        "a collection may hold an item twice",
        "autograde/judging/compare.py",
        "_sorted(answer) == _sorted(right)",
        "set(_sorted(answer)) == set(_sorted(right))",
        ("tests/judging",),
    ),
    Weakened(
        "two mistakes are believed after one problem",
        "autograde/judging/named.py",
        "        if _gives(case, both):",
        "        if case.agrees(case.telling, 0, (case.mistaken(both, case.telling) or [None])[0]):",
        ("tests/judging",),
    ),
    Weakened(
        "a variant of the reference loses the defaults of its functions",
        "autograde/judging/mistakes.py",
        "copy, value.__name__, value.__defaults__, value.__closure__)",
        "copy, value.__name__, None, value.__closure__)",
        ("tests/judging",),
    ),
    Weakened(
        "what is next is looked for from the beginning",
        "autograde/learning/progress_map.py",
        "start = next((k for k, stop in enumerate(self.stops) if self.state.last in stop.points), 0)",
        "start = 0",
        ("tests/learning",),
    ),
    Weakened(
        "a built notebook that is no JSON any more counts as untouched",
        "autograde/building/build.py",
        "if path.exists() and content(path) != written:",
        "if path.exists() and content(path) not in (written, ''):",
        ("tests/building/test_build.py",),
    ),
    Weakened(
        "a notebook is not built again when its data changes",
        "autograde/building/build.py",
        'files += sorted(p for p in (source.notebook.folder.parent / "data").rglob("*") if p.is_file())',
        "files += []",
        ("tests/building/test_build.py",),
    ),
    Weakened(
        "initial weights have another variance",
        "lstm_ref/lstm.py",
        "rng.normal(0, (H + D) ** -0.5,",
        "rng.normal(0, (H + D) ** -1.0,",
        ("tests/lstm_ref",),
    ),
    Weakened(
        "Adam's eps stands inside the root",
        "lstm_ref/optim.py",
        "(np.sqrt(v_hat) + eps)",
        "np.sqrt(v_hat + eps)",
        ("tests/lstm_ref",),
    ),
    Weakened(
        "a sandbox may send more answers than there are problems",
        "autograde/classroom/outcome.py",
        "and len(answers) <= sizes[name]",
        "and name in sizes",
        ("tests/classroom/test_policies.py",),
    ),
    Weakened(
        "an answer counts at the check of another exercise",
        "autograde/classroom/outcome.py",
        "plan.checks.get(index) == name",
        "name in sizes",
        ("tests/classroom/test_policies.py",),
    ),
    Weakened(
        "others of this machine can read records",
        "autograde/classroom/record.py",
        "0o640",
        "0o644",
        ("tests/classroom/test_policies.py",),
    ),
    Weakened(
        "a record is written before its answers",
        "autograde/classroom/record.py",
        """\
        put(self.folder / f"{student}.answers", answers)
        put(self.folder / f"{student}.json", json.dumps(record, indent=1).encode())
""",
        """\
        put(self.folder / f"{student}.json", json.dumps(record, indent=1).encode())
        put(self.folder / f"{student}.answers", answers)
""",
        ("tests/classroom/test_policies.py",),
    ),
    Weakened(
        "a penalty can make points negative",
        "autograde/classroom/commands/export.py",
        "min(submission.late_submission_penalty or 0.0, submission.score)",
        "submission.late_submission_penalty or 0.0",
        ("tests/classroom/test_policies.py",),
    ),
    Weakened(
        "who was not graded has points in an export",
        "autograde/classroom/commands/export.py",
        "if s.student.id in graded",
        "if s.student.id",
        ("tests/classroom/test_policies.py",),
    ),
    Weakened(
        "an attached drawing is kept",
        "autograde/classroom/harmless.py",
        "PICTURES = {",
        'PICTURES = {"image/svg+xml": b"<svg", ',
        ("tests/classroom/test_policies.py", "tests/classroom/test_harmless.py"),
    ),
)


def notices(weak: Weakened, copy: Path) -> bool:
    """Whether a test fails in ``copy``, a copy of the project, when it is weakened; it is mended again afterwards."""
    file = copy / weak.file
    text = file.read_text(encoding="utf-8")
    if text.count(weak.before) != 1:
        raise SystemExit(f"{weak.file} holds this {text.count(weak.before)} times, not once:\n{weak.before}")
    file.write_text(text.replace(weak.before, weak.after), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *weak.tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, text=True
        )
    finally:
        file.write_text(text, encoding="utf-8")
    if done.returncode not in (0, 1):
        raise SystemExit(f"The tests did not run:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.returncode == 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Weaken each policy whose words hold the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="?", default="", help="only policies with this in their words")
    word = parser.parse_args(arguments).word
    unnoticed = 0
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "project"
        skip = shutil.ignore_patterns(".git", ".venv", "class", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, copy, ignore=skip)
        for weak in (w for w in BY_HAND if word in w.what):
            noticed = notices(weak, copy)
            unnoticed += not noticed
            print(f"{'noticed  ' if noticed else 'UNNOTICED'}  {weak.what}", flush=True)
    return min(unnoticed, 1)


if __name__ == "__main__":
    sys.exit(main())
