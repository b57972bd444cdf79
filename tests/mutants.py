"""Mechanical mutants of the references: wrong answers that nobody thought of.

``python tests/mutants.py [EXERCISE ...]`` prints, for each exercise, how many mutants there are, how many are argued to be
equivalent, and how many the visible and the hidden problems kill.
"""

import ast
import copy
import dataclasses
import inspect
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType, ModuleType

import numpy as np

from autograde import course
from autograde.asking.ask import Answer, ask, plain
from autograde.asking.limits import TooLong, time_limit
from autograde.judging.compare import same
from autograde.judging.exercise import HIDDEN, VISIBLE, Exercise
from autograde.judging.judge import judge
from autograde.judging.mistakes import rebuild

LIMIT = 2.0


@dataclass(frozen=True)
class Mutant:
    """One edit of one function that a reference uses: the line it is on, before and after."""

    function: Callable
    before: str
    after: str
    code: CodeType

    @property
    def name(self) -> str:
        return f"{self.function.__name__}: {self.before}  ->  {self.after}"


def functions(reference: Callable) -> list[Callable]:
    """The reference and the functions of its own module or of ``lstm_ref`` that it comes to call; no checks of arguments."""
    found, todo = [], [reference]
    while todo:
        function = todo.pop()
        if function in found:
            continue
        found.append(function)
        space = function.__globals__
        for name in function.__code__.co_names:
            value = space.get(name)
            candidates = [value]
            if isinstance(value, ModuleType) and value.__name__.startswith("lstm_ref"):
                candidates = [getattr(value, n, None) for n in function.__code__.co_names]
            for other in candidates:
                if isinstance(other, FunctionType) and (
                    other.__module__.startswith("lstm_ref") or "/" in other.__module__
                ):
                    if "check" not in other.__name__:
                        todo.append(other)
    return found


def mutants(function: Callable) -> Iterator[Mutant]:
    """Every mutant of one function; the same edit of the same line comes once."""
    source = textwrap.dedent(inspect.getsource(function))
    tree = _bare(ast.parse(source))
    names = _names(tree.body[0])
    seen = set()
    for index, node in enumerate(ast.walk(tree)):
        for other in _edits(node, names):
            edited = copy.deepcopy(tree)
            if not _replace(edited, index, other):
                continue
            ast.fix_missing_locations(edited)
            before, after = _line(tree, edited)
            if before == after or (before, after) in seen:
                continue
            seen.add((before, after))
            yield Mutant(function, before, after, compile(edited, "<mutant>", "exec"))


def _bare(tree: ast.Module) -> ast.Module:
    """Without annotations, and without checks of arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
            node.body = [line for line in node.body if not _checks(line)]
    return tree


def _checks(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) and "check" in ast.unparse(line.value.func)


def _names(function: ast.FunctionDef) -> list[str]:
    """Names of values: arguments and what is assigned."""
    found = [a.arg for a in function.args.args]
    found += [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(found))


def _edits(node: ast.AST, names: list[str]) -> Iterator[ast.AST | None]:
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Add | ast.Sub):
            yield node.left
            yield node.right
            yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
        if isinstance(node.op, ast.Mult):
            yield node.left
            yield node.right
            yield ast.BinOp(node.left, ast.Add(), node.right)
        if isinstance(node.op, ast.Div):
            yield node.left
            yield ast.BinOp(node.left, ast.Mult(), node.right)
        if isinstance(node.op, ast.Pow):
            yield node.left
            yield ast.BinOp(_call("tanh", node.left), ast.Pow(), node.right)
        if isinstance(node.op, ast.MatMult):
            yield ast.BinOp(ast.Attribute(node.left, "T", ast.Load()), ast.MatMult(), node.right)
            yield ast.BinOp(node.left, ast.MatMult(), ast.Attribute(node.right, "T", ast.Load()))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield node.operand
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from (ast.Name(n, ast.Load()) for n in names if n != node.id and _akin(n, node.id))
    if isinstance(node, ast.Attribute) and node.attr in _FIELDS:
        yield from (ast.Attribute(node.value, n, ast.Load()) for n in _FIELDS if n != node.attr and _akin(n, node.attr))
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and isinstance(node.ctx, ast.Load):
        for op in (ast.Add(), ast.Sub()):
            yield ast.Subscript(node.value, ast.BinOp(node.slice, op, ast.Constant(1)), ast.Load())
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "sum" and isinstance(node.func, ast.Attribute):
            yield ast.Call(ast.Attribute(node.func.value, "mean", ast.Load()), node.args, node.keywords)
        if name in ("outer", "matmul", "dot") and len(node.args) == 2:
            yield ast.Call(node.func, node.args[::-1], node.keywords)
        if name in ("tanh", "exp", "sigmoid", "log") and len(node.args) == 1:
            yield node.args[0]
            yield _call("tanh", node)
        if name == "reversed" and len(node.args) == 1:
            yield node.args[0]
        if name == "copy":
            yield node.func.value if isinstance(node.func, ast.Attribute) and not node.args else node.args[0]
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
        yield ast.AugAssign(node.target, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.value)
        yield ast.Pass()
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Subscript):
        first = node.targets[0]
        if not (isinstance(first, ast.Name) and names.count(first.id) == 1 and not _carried(first.id)):
            yield ast.Pass()


_FIELDS = ("f", "i", "g", "o", "c", "h", "c_prev", "h_prev", "x", "z", "f_hat", "i_hat", "g_hat", "o_hat")
_GROUPS = (
    {"f", "i", "g", "o"},
    {"f_hat", "i_hat", "g_hat", "o_hat"},
    {"df", "di", "dg", "do"},
    {"df_hat", "di_hat", "dg_hat", "do_hat"},
    {"W_f", "W_i", "W_g", "W_o"},
    {"b_f", "b_i", "b_g", "b_o"},
    {"c", "c_prev", "h", "h_prev"},
    {"dh", "dc", "dh_next", "dc_next", "do"},
    {"h", "h_prev", "h_hat"},
    {"c", "c_prev", "f", "g", "i"},
    {"Wxh", "Whh", "Why"},
    {"a", "b"},
    {"u", "v"},
    {"w", "x", "b"},
    {"dW", "dU"},
    {"z", "x"},
    {"y", "target"},
    {"p", "y"},
    {"s", "z"},
)


def _akin(a: str, b: str) -> bool:
    return any(a in group and b in group for group in _GROUPS)


def _carried(name: str) -> bool:
    return name.endswith(("_next", "_prev")) or name in ("h", "c")


def _call(name: str, argument: ast.AST) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), [argument], [])


def _replace(tree: ast.AST, index: int, other: ast.AST) -> bool:
    target = list(ast.walk(tree))[index]
    other = copy.deepcopy(other)
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, other)
                return True
            if isinstance(value, list) and any(item is target for item in value):
                value[[item is target for item in value].index(True)] = other
                return True
    return False


def _line(before: ast.AST, after: ast.AST) -> tuple[str, str]:
    one, two = ast.unparse(before).splitlines(), ast.unparse(after).splitlines()
    if len(one) != len(two):
        return "\n".join(one), "\n".join(two)
    return next(((a.strip(), b.strip()) for a, b in zip(one, two, strict=True) if a != b), ("", ""))


class Unread(Exercise):
    """An exercise whose reference nobody reads, so that a wrong answer is refused without a search for words."""

    readable = False


def killed(exercise: Exercise, mutant: Mutant, seed: int) -> bool:
    """Whether the judge refuses the mutant's answers on the problems of ``seed``, or remarks on shared memory."""
    wrong = rebuild(exercise.reference, {mutant.function: mutant.code})
    if differs(exercise, wrong, seed):
        return True
    fields = {f.name: getattr(exercise, f.name) for f in dataclasses.fields(Exercise)}
    exercise = Unread(**fields | {"mistakes": ()})  # whether it is refused, not what it is called
    problems = exercise.problems(seed)

    def play(*values):
        return wrong(**dict(zip(problems[0], values, strict=True)))

    answers = ask("function", exercise.outputs, play, problems, limit=LIMIT)
    if exercise.kind != "function":
        answers = [Answer(plain(a.value, exercise.outputs), a.raised) for a in answers]
    verdict = judge(exercise, problems, answers)
    return verdict.credit < exercise.points or bool(verdict.details)


def differs(exercise: Exercise, wrong: Callable, seed: int) -> bool:
    """Whether a function raises, or gives a value that is not right, on one of the problems of ``seed``."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"), time_limit(LIMIT):
            for problem, right in asked(exercise, seed):
                if not same(plain(wrong(**copy.deepcopy(problem)), exercise.outputs), right, exercise.rtol):
                    return True
    except (Exception, TooLong):
        return True
    return False


@cache
def asked(exercise: Exercise, seed: int) -> list[tuple[dict, object]]:
    """The problems of ``seed`` and what is right."""
    return [(p, plain(exercise.reference(**p), exercise.outputs)) for p in exercise.problems(seed)]


def survivors(exercise: Exercise) -> tuple[int, list[Mutant]]:
    """How many mutants there are, and those that the visible or the hidden problems let pass."""
    everything = [m for f in functions(exercise.reference) for m in mutants(f)]
    seeds = (VISIBLE,) if exercise.kind == "value" else (VISIBLE, HIDDEN)
    return len(everything), [m for m in everything if not all(killed(exercise, m, s) for s in seeds)]


def main(names: list[str]) -> None:
    chosen = [e for e in course.exercises().values() if isinstance(e, Exercise) and (not names or e.name in names)]
    for exercise in chosen:
        count, alive = survivors(exercise)
        print(f"{exercise.name:<24} {count:>4} mutants, {count - len(alive):>4} killed, {len(alive):>3} alive")
        for mutant in alive:
            print(f"    {mutant.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
