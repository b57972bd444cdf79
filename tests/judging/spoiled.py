"""Answers spoiled on purpose: sources with one, two or three slips in them, and whether what is said of them is true.

``python tests/judging/spoiled.py 200 1`` prints rates and false statements for 200 answers with one slip.
"""

from __future__ import annotations

import ast
import collections
import itertools
import linecache
import random
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

sys.path.insert(0, __file__.rsplit("/", 2)[0])

from judging.styles import STYLES
from mutants import _edits, _names

from autograde import course
from autograde.asking.ask import Answer, ask
from autograde.judging import reference, relations
from autograde.judging.case import Case
from autograde.judging.exercise import VISIBLE, Exercise, Mistake
from autograde.judging.judge import judge
from autograde.judging.slips import WORDS
from autograde.judging.values import Index, telling

ELSEWHERE = 77
"""The seed of other problems, on which a name or a relation has to hold, too."""
_count = itertools.count()


@dataclass(frozen=True)
class Slip:
    """One edit of a source: a span in it, the new text, and the lines that it stands on."""

    start: int
    stop: int
    text: str
    lines: frozenset[int]
    statement: int


def slips(source: str) -> list[Slip]:
    """Every slip that ``mutants`` knows of, by its place in the text."""
    lines = source.split("\n")
    starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
    found: dict[tuple[int, int, str], Slip] = {}
    for function in (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)):
        names = _names(function)
        for statement in (n for n in ast.walk(function) if isinstance(n, ast.stmt) and not hasattr(n, "body")):
            for node in ast.walk(statement):
                if not isinstance(node, ast.expr | ast.stmt):
                    continue
                for other in _edits(node, names):
                    text = ast.unparse(other) if isinstance(other, ast.stmt) else f"({ast.unparse(other)})"
                    start = starts[node.lineno - 1] + node.col_offset
                    stop = starts[node.end_lineno - 1] + node.end_col_offset
                    on = frozenset(range(node.lineno, node.end_lineno + 1))
                    found.setdefault((start, stop, text), Slip(start, stop, text, on, statement.lineno))
    return list(found.values())


@dataclass(frozen=True)
class Spoiled:
    """An exercise's answer, its source with slips in it, and where these are."""

    exercise: Exercise
    right: str
    source: str
    slips: tuple[Slip, ...]

    @property
    def lines(self) -> set[int]:
        """All lines of the statements with slips in them."""
        statements = [n for n in ast.walk(ast.parse(self.right)) if isinstance(n, ast.stmt) and not hasattr(n, "body")]
        spans = [range(n.lineno, (n.end_lineno or 0) + 1) for n in statements]
        return {line for span in spans for slip in self.slips if slip.lines & set(span) for line in span}

    def answers(self, source: str | None = None, seed: int = VISIBLE) -> list[Answer]:
        function = cell(source or self.source, self.exercise.name)
        return ask("function", self.exercise.outputs, function, self.exercise.problems(seed))


def cell(source: str, name: str) -> Any:
    """The function of this name, defined as in a notebook's cell."""
    where = f"<cell {next(_count)} {name}>"
    linecache.cache[where] = (len(source), None, source.splitlines(True), where)
    space = {"np": np, "__name__": "__main__"}
    exec(compile(source, where, "exec"), space)
    return space[name]


def spoil(exercise: Exercise, right: str, count: int, rng: random.Random) -> Spoiled | None:
    """``right`` with ``count`` slips in different statements; None when they leave no Python."""
    everything = slips(right)
    chosen = rng.sample(everything, min(count, len(everything)))
    if len({s.statement for s in chosen}) < count:
        return None
    source = right
    for slip in sorted(chosen, key=lambda s: -s.start):
        source = source[: slip.start] + slip.text + source[slip.stop :]
    try:
        ast.parse(source)
    except SyntaxError:
        return None
    return Spoiled(exercise, right, source, tuple(chosen))


def drawn(count: int, seed: int = 0) -> Iterator[Spoiled]:
    """Spoiled answers without end, each exercise as often as every other."""
    rng = random.Random(f"{seed} {count}")
    while True:
        name = rng.choice(sorted(STYLES))
        exercise = course.find(name)
        assert isinstance(exercise, Exercise)
        spoiled = spoil(exercise, rng.choice(STYLES[name]), count, rng)
        if spoiled is not None:
            yield spoiled


@dataclass(frozen=True)
class Told:
    """What the judge says of a spoiled answer: how it was found, whether it covers everything, and what of it is false."""

    spoiled: Spoiled
    verdict: Any
    false: tuple[str, ...]

    @property
    def full(self) -> bool:
        return self.verdict.how in ("named", "edit", "relation", "way", "form", "given") and not self.partly

    @property
    def partly(self) -> bool:
        """Whether it says only where to look."""
        if any(
            p["kind"] in ("right at zero", "right for one", "wrong for more", "wrong for large")
            for p in self.verdict.places
        ):
            return True
        return any(
            p["kind"] == "place" and len(self.verdict.places) == 1 and not self.verdict.details
            for p in self.verdict.places
        )


def told(spoiled: Spoiled) -> Told | None:
    """The verdict; None where the slips change nothing, or the answer raises."""
    answers = spoiled.answers()
    if any(a.raised is not None for a in answers):
        return None
    verdict = judge(spoiled.exercise, spoiled.exercise.problems(), answers)
    if verdict.status == "right" or verdict.how == "form":
        return None
    return Told(spoiled, verdict, tuple(_false(spoiled, verdict)))


def _false(spoiled: Spoiled, verdict: Any) -> Iterator[str]:
    if verdict.how in ("named", "relation"):
        yield from refuted(spoiled, verdict)
    text = " ".join([verdict.headline, *verdict.details])
    for place in verdict.places:
        if place["kind"] == "returned":
            continue  # a line that is right
        if place["line"]:
            here = f"line {place['line']}, `{place['text']}`"
            said = next((part.split(": ")[0] for part in re.split(re.escape(here), text, flags=re.I)[1:]), "")
            lines = spoiled.lines | (_using(spoiled) if "or what goes into it" in said else set())
            lines |= _feeding(spoiled) if "or where it is used" in said else set()
            others = {int(n) for n in re.findall(r"or line (\d+)", said)}
            if place["line"] not in lines and not others & spoiled.lines:
                yield f"line {place['line']} `{place['text']}`: {place['kind']}"
        elif place["step"] and verdict.how in ("edit", "way") and not _belongs(spoiled, place["step"]):
            yield f"step {place['step']}: {place['kind']}"


def refuted(spoiled: Spoiled, verdict: Any) -> Iterator[str]:
    """Named mistakes and relations that do not hold on other problems than those that were asked."""
    exercise = spoiled.exercise
    case = Case(exercise, exercise.problems(ELSEWHERE), spoiled.answers(seed=ELSEWHERE))
    mistakes = tuple(m for m in exercise.mistakes if m.name in verdict.mistakes)
    if not _gives(case, mistakes, range(len(case.names))):
        for mistake in mistakes:
            if not any(_gives(case, (mistake,), (k,)) for k in case.wrong):
                yield f"{mistake.name}: it does not give these numbers for other problems"
    kinds = {r.kind for r in (*relations.STRONG, *relations.WEAK)}
    if re.search("On the way to|In the step|line ", " ".join([verdict.headline, *verdict.details])):
        kinds -= set(WORDS)  # an edit of that kind, which is no relation
    for place in (p for p in verdict.places if p["kind"] in kinds):
        k = case.names.index(place["result"])
        found = [relations.strong(case, k), relations.weak(case, k)]
        if place["kind"] not in {f.places[0].kind for f in found if f is not None}:
            yield f"{place['result']}: {place['kind']}, which does not hold for other problems"


def _gives(case: Case, mistakes: tuple[Mistake, ...], results: Iterable[int]) -> bool:
    runs = [case.mistaken(mistakes, n) for n in range(len(case.given))]
    return all(run is not None and all(case.agrees(n, k, run[k]) for k in results) for n, run in enumerate(runs))


def _using(spoiled: Spoiled) -> set[int]:
    """The lines that use a name which a line with a slip gives a value or a meaning to, and those of functions called there."""
    tree = ast.parse(spoiled.source)
    stored = set()
    called = {
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.lineno in spoiled.lines
    }
    inside = {m.lineno for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in called for m in n.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno in spoiled.lines:
            stored.add(node.id)
        if (
            isinstance(node, ast.Subscript | ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and node.lineno in spoiled.lines
        ):
            stored |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
        if isinstance(node, ast.FunctionDef) and spoiled.lines & set(range(node.lineno, (node.end_lineno or 0) + 1)):
            stored.add(node.name)
    loads = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return inside | {n.lineno for n in loads if n.id in stored}


def _feeding(spoiled: Spoiled) -> set[int]:
    """The lines that give a value to a name which a line with a slip uses."""
    tree = ast.parse(spoiled.source)
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    used = {n.id for n in names if isinstance(n.ctx, ast.Load) and n.lineno in spoiled.lines}
    return {n.lineno for n in names if isinstance(n.ctx, ast.Store) and n.id in used}


def _belongs(spoiled: Spoiled, step: str) -> bool:
    """Whether a line with a slip is to use this argument, or to make this step of the reference or a part of it."""
    if step in spoiled.exercise.problems()[0]:
        lines = spoiled.right.split("\n")
        return any(re.search(rf"\b{step}\b", lines[n - 1]) for n in spoiled.lines)
    answers = spoiled.answers(spoiled.right)
    n = next(n for n, a in enumerate(answers) if a.way)
    its = reference.of(spoiled.exercise)
    run = its.run(spoiled.exercise.problems()[n], finely=True, limit=20000)
    names = {v.step.name for v in run.values if v.step.name.strip("()").split("[")[0].split(".")[0] == step}
    names |= {s.name for s, result in its.results.items() if result == step}
    wanted = [v.value for v in run.values if v.step.name in names or v.step.name.strip("()") in names]
    wanted += [np.asarray(r) for name, r in zip(spoiled.exercise.outputs, run.results, strict=False) if name == step]
    wanted = [v for v in wanted if telling(v)]
    seen = [s.value for s in answers[n].way if s.line in spoiled.lines]
    index, other = Index((None, v) for v in wanted), Index((None, v) for v in seen)
    return any(other.holds(v) for v in wanted) or any(index.holds(v) for v in seen)


def measured(wanted: int, count: int, seed: int = 0) -> list[Told]:
    """What is said of so many spoiled answers that are wrong in value."""
    return list(itertools.islice((t for s in drawn(count, seed) if (t := told(s)) is not None), wanted))


def main(wanted: int, count: int, seed: int = 0) -> None:
    """Print rates and false statements."""
    every = measured(wanted, count, seed)
    hows = collections.Counter(t.verdict.how + (" in part" if not t.full else "") for t in every)
    statements = sum(len(t.verdict.places) for t in every)
    false = [t for t in every if t.false]
    print(
        f"{count} slips: {sum(t.full for t in every)} of {len(every)} in full; {dict(hows)}; {len(false)} false of {statements} statements"
    )
    for t in false:
        print("-----", t.spoiled.exercise.name, "slips in", sorted(t.spoiled.lines), t.verdict.how)
        print(
            "\n".join(
                f"{n:3d}{'*' if n in t.spoiled.lines else ' '} {line}"
                for n, line in enumerate(t.spoiled.source.split("\n"), 1)
                if n in t.spoiled.lines
            )
        )
        print("   says:", t.verdict.headline, *t.verdict.details, sep="\n      ")
        print("   false:", *t.false)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
