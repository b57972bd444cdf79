"""How long a learner waits: the import, and a check with its diagnosis, for every exercise and every named mistake.

Prints a table and writes it to ``benchmarks/check_speed.md``.
"""

import itertools
import statistics
import subprocess
import sys
import time
from pathlib import Path

from autograde import course
from autograde.asking.ask import Answer, ask, plain
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge
from autograde.judging.mistakes import variant

IMPORT = "import time, numpy; t = time.perf_counter(); from autograde import check; print(time.perf_counter() - t)"


def imports(runs: int = 7) -> float:
    """Seconds that ``from autograde import check`` takes when NumPy is there, the median of fresh interpreters."""
    return statistics.median(float(subprocess.check_output([sys.executable, "-c", IMPORT])) for _ in range(runs))


def one_check(exercise: Exercise, function) -> float:
    """Seconds for drawing the problems, asking and judging."""
    start = time.perf_counter()
    problems = exercise.problems()
    if exercise.kind == "function":
        answers = ask("function", exercise.outputs, function, problems)
    else:
        answers = [Answer(plain(function(**p), exercise.outputs)) for p in problems]
    judge(exercise, problems, answers)
    return time.perf_counter() - start


def unnamed(exercise: Exercise):
    """An answer that no mistake explains, so that every pair is tried."""

    def function(*args, **kwargs):
        value = exercise.reference(*args, **kwargs)
        scaled = [v * 1.37 + 0.01 if hasattr(v, "dtype") or isinstance(v, float) else v for v in parts(value)]
        return tuple(scaled) if exercise.outputs else scaled[0]

    def parts(value):
        if not exercise.outputs:
            return [value]
        return [getattr(value, n) for n in exercise.outputs] if hasattr(value, exercise.outputs[0]) else list(value)

    return function


def main() -> None:
    rows, everything = [], []
    for exercise in course.exercises().values():
        if not isinstance(exercise, Exercise):
            continue
        wrong = [variant(exercise.reference, (m,)) for m in exercise.mistakes] + [unnamed(exercise)]
        wrong += [variant(exercise.reference, p) for p in itertools.islice(_pairs(exercise), 5)]
        variant.__globals__["_variant"].cache_clear()
        times = []
        for function in wrong:
            try:
                times.append(one_check(exercise, function))
            except Exception:
                continue
        everything += times
        rows.append((exercise.name, len(exercise.mistakes), statistics.median(times), max(times)))
    rows.sort(key=lambda r: -r[3])
    lines = [
        f"`from autograde import check`, on top of NumPy: {imports() * 1000:.0f} ms (median of 7 fresh interpreters).",
        "",
        f"A check of a wrong answer, with its diagnosis, over {len(rows)} exercises and {len(everything)} wrong answers "
        f"(every named mistake, five pairs, one that nothing explains): median {statistics.median(everything) * 1000:.1f} ms, "
        f"worst {max(everything) * 1000:.0f} ms.",
        "",
        "The ten slowest exercises (the first check of a kernel, nothing cached):",
        "",
        "| exercise | mistakes | median ms | worst ms |",
        "| --- | --- | --- | --- |",
        *(f"| {n} | {k} | {m * 1000:.1f} | {w * 1000:.0f} |" for n, k, m, w in rows[:10]),
    ]
    text = "\n".join(lines) + "\n"
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)


def _pairs(exercise: Exercise):
    for pair in itertools.combinations(exercise.mistakes, 2):
        try:
            variant(exercise.reference, pair)
        except ValueError:
            continue
        yield pair


if __name__ == "__main__":
    main()
