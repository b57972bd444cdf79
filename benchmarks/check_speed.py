"""How long a learner waits: the import, and a check with all that is said, in kernels that have just started.

Wrong answers of three kinds: every named mistake, a mechanical edit that has no name, and answers in other styles with one
to three slips. Prints a table, writes it to ``benchmarks/check_speed.md``, and fails when a limit is broken.
"""

import _blas  # isort: skip  before NumPy
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from autograde import course
from autograde.asking.ask import Answer, ask, plain
from autograde.judging import grammar, reference
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge
from autograde.judging.mistakes import EditError, rebuild, variant

ROOT = Path(__file__).parent.parent
TESTS = str(ROOT / "tests")
IMPORT = "import time, numpy; t = time.perf_counter(); from autograde import check; print(time.perf_counter() - t)"
FIRST = """
import sys, time
sys.path.insert(0, {tests!r})
from judging.spoiled import cell
from autograde import course
from autograde.asking.ask import ask
source, name = {source!r}, {name!r}
function = cell(source, name)
start = time.perf_counter()
from autograde.judging.judge import judge
exercise = course.find(name)
problems = exercise.problems()
judge(exercise, problems, ask("function", exercise.outputs, function, problems))
print(time.perf_counter() - start)
"""
MEDIAN, MOST, WORST = 0.030, 0.300, 0.500
"""Limits in seconds: for the median, for 95 of 100, and for the slowest, the first check of a kernel among them."""


def printed(code: str) -> float:
    """The number that a fresh interpreter prints."""
    return float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT))


def seconds(exercise: Exercise, function: Callable) -> float | None:
    """How long drawing the problems, asking and judging take; None where the answer raises."""
    start = time.perf_counter()
    problems = exercise.problems()
    if exercise.kind == "function":
        answers = ask("function", exercise.outputs, function, problems)
    else:
        try:
            answers = [Answer(plain(function(**p), exercise.outputs)) for p in problems]
        except Exception:
            return None
    judge(exercise, problems, answers)
    return time.perf_counter() - start if all(a.raised is None for a in answers) else None


def wrong(exercise: Exercise, rng: random.Random) -> Iterator[Callable]:
    """The exercise's named mistakes, and a few mechanical edits."""
    for mistake in exercise.mistakes:
        try:
            yield variant(exercise.reference, (mistake,))
        except EditError:
            continue
    its = reference.of(exercise)
    edits = [e for e in grammar.edits(its) if e.mistake is None]
    for edit in rng.sample(edits, min(3, len(edits))):
        text = reference.edited(reference.source(edit.function), edit.spans)
        try:
            code = compile(text or "", "<edited>", "exec")
        except SyntaxError:
            continue  # an edit that leaves no Python
        yield rebuild(exercise.reference, {edit.function: code})


def main(names: list[str]) -> int:
    """Measure and print, of all exercises or of those named; returns the exit code."""
    sys.path.insert(0, TESTS)
    from judging.spoiled import cell, drawn

    chosen = [e for e in course.exercises().values() if isinstance(e, Exercise) and (not names or e.name in names)]
    rng = random.Random(0)
    times: dict[str, list[float]] = {}
    with np.errstate(all="ignore"):
        for exercise in chosen:
            found = [t for f in wrong(exercise, rng) if (t := seconds(exercise, f)) is not None]
            times[exercise.name] = found
    spoiled = [s for n, count in enumerate((1, 2, 3)) for s, _ in zip(drawn(count, n), range(20), strict=False)]
    for s in spoiled:
        if (took := seconds(s.exercise, cell(s.source, s.exercise.name))) is not None:
            times.setdefault(s.exercise.name, []).append(took)
    first = [printed(FIRST.format(tests=TESTS, source=s.source, name=s.exercise.name)) for s in spoiled[::6]]
    every = sorted(t for found in times.values() for t in found)
    median, most = statistics.median(every), every[int(0.95 * len(every))]
    worst = max(every[-1], *first)
    slowest = sorted(times.items(), key=lambda item: -max(item[1], default=0))[:10]
    milliseconds = [
        1000 * t for t in (statistics.median(printed(IMPORT) for _ in range(7)), median, most, every[-1], max(first))
    ]
    lines = [
        f"`from autograde import check`, on top of NumPy: {milliseconds[0]:.0f} ms (median of 7 fresh interpreters). NumPy runs on {_blas.kernel()}.",
        "",
        f"A check of a wrong answer with all that is said of it, {len(every)} answers to {len(times)} exercises: "
        "median {:.0f} ms, 95 of 100 under {:.0f} ms, worst {:.0f} ms.".format(*milliseconds[1:4]),
        f"The first check of a kernel, {len(first)} answers with one to three slips: worst {milliseconds[4]:.0f} ms.",
        "",
        "| exercise | answers | median ms | worst ms |",
        "| --- | --- | --- | --- |",
        *(f"| {n} | {len(f)} | {1000 * statistics.median(f):.0f} | {1000 * max(f):.0f} |" for n, f in slowest),
    ]
    text = "\n".join(lines) + "\n"
    if not names:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    return int(median > MEDIAN or most > MOST or worst > WORST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
