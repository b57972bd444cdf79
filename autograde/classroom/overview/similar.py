"""Answers that are alike: which pairs of students share more than the task itself explains. A list to look at, and no verdict.

Code is compared line by line with its names replaced, so that other names or comments hide nothing, and each answer as a whole
with the names that it has, which common lines seldom share. Left out is what the
stub, the model solution and the rest of the notebook have, and what more than a few of the class have.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograde.classroom.overview.examples import bare

TOGETHER = 3
"""Lines of code that are compared together."""
PHRASE = 6
"""Words that are compared together."""
_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*|\S")
_KEPT = {*keyword.kwlist, *dir(builtins), "np", "sp", "numpy", "sympy"}


@dataclass(frozen=True)
class Work:
    """What one student wrote in a unit: source of code, and words, by exercise."""

    student: str
    code: Mapping[str, str]
    words: Mapping[str, str]


@dataclass(frozen=True)
class Shared:
    """What two students share in one exercise beyond what the task explains.

    Attributes
    ----------
    lines : of code, as each of the two wrote them.
    names : that both chose.
    comments : that both wrote.
    phrases : of the answer in words.
    """

    exercise: str
    lines: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    names: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """How much there is to look at: a line or a name counts 1, a comment 3, four words of a phrase 1."""
        words = sum(len(phrase.split()) for phrase in self.phrases)
        return len(self.lines[0]) + len(self.names) + 3 * len(self.comments) + words / 4


@dataclass(frozen=True)
class Pair:
    """Two students, and what they share."""

    first: str
    second: str
    shared: tuple[Shared, ...]

    @property
    def weight(self) -> float:
        return sum(s.weight for s in self.shared)


def pairs(works: Sequence[Work], known: Iterable[str], least: float = 5.0, most: int = 20) -> list[Pair]:
    """The pairs that share most, those with a ``weight`` of at least ``least``, and not more than ``most``.

    known : source texts of the course: stubs, solutions, cells.
    """
    features = {w.student: _features(w) for w in works}
    common = {key for text in known for key in (*_lines(text), *_names(text), *_comments(text), *_phrases(text))}
    holders: dict[tuple[str, object], list[str]] = {}
    for student, kinds in features.items():
        for key in kinds:
            if key[1] not in common:
                holders.setdefault(key, []).append(student)
    few = max(2, len(works) // 10)
    found: dict[tuple[str, str], list[tuple[str, object]]] = {}
    for key, students in holders.items():
        if 2 <= len(students) <= few:
            for both in combinations(sorted(students), 2):
                found.setdefault(both, []).append(key)
    made = [Pair(*both, _shared(features[both[0]], features[both[1]], keys)) for both, keys in found.items()]
    return sorted((p for p in made if p.weight >= least), key=lambda p: (-p.weight, p.first, p.second))[:most]


_Feature = tuple[str, object]


def _features(work: Work) -> dict[_Feature, tuple[str, Sequence[str]]]:
    """(exercise, what is compared) -> its kind, and how it looks."""
    found: dict[_Feature, tuple[str, Sequence[str]]] = {}
    for exercise, source in work.code.items():
        for kind, of in (("lines", _lines), ("names", _names), ("comments", _comments)):
            found |= {(exercise, key): (kind, shown) for key, shown in of(source).items()}
    for exercise, text in work.words.items():
        found |= {(exercise, key): ("phrases", shown) for key, shown in _phrases(text).items()}
    return found


def _shared(
    first: Mapping[_Feature, tuple[str, Sequence[str]]],
    second: Mapping[_Feature, tuple[str, Sequence[str]]],
    keys: Collection[_Feature],
) -> tuple[Shared, ...]:
    by_exercise: dict[str, list[_Feature]] = {}
    for key in keys:
        by_exercise.setdefault(key[0], []).append(key)

    def of(kind: str, side: Mapping[_Feature, tuple[str, Sequence[str]]], among: list[_Feature]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part for key in among if side[key][0] == kind for part in side[key][1]))

    return tuple(
        Shared(
            exercise,
            (of("lines", first, among), of("lines", second, among)),
            of("names", first, among),
            of("comments", first, among),
            _joined(of("phrases", first, among)),
        )
        for exercise, among in by_exercise.items()
    )


def _joined(phrases: Sequence[str]) -> tuple[str, ...]:
    """Phrases that overlap as one."""
    found: list[list[str]] = []
    for words in map(str.split, phrases):
        if found and found[-1][1 - PHRASE :] == words[:-1]:
            found[-1].append(words[-1])
        else:
            found.append(words)
    return tuple(" ".join(words) for words in found)


def _lines(source: str) -> dict[object, Sequence[str]]:
    """Lines that follow each other, with names replaced -> the lines as they are. A function's first line is not among them."""
    lines = [t for line in bare(source).splitlines() if not re.match(r"(async )?def |import |from ", t := line.strip())]
    groups = [lines[n : n + TOGETHER] for n in range(len(lines) - TOGETHER + 1)]
    groups += [[line] for line in lines if len(_WORD.findall(line)) >= 15]
    found: dict[object, Sequence[str]] = {("lines", _replaced(group)): group for group in groups}
    if len(lines) > 1:
        found["whole", "\n".join(lines)] = lines
    return found


def _replaced(lines: Sequence[str]) -> str:
    names: dict[str, str] = {}

    def plain(match: re.Match[str]) -> str:
        word, before = match[0], match.string[: match.start()]
        if word in _KEPT or before.endswith(".") or (not word[0].isalpha() and word[0] != "_"):
            return word
        return names.setdefault(word, f"v{len(names)}")

    return "\n".join(_WORD.sub(plain, line) for line in lines)


def _names(source: str) -> dict[object, Sequence[str]]:
    words = {w for w in re.findall(r"\b[^\W\d]\w{3,}\b", bare(source)) if w not in _KEPT}
    return {("name", w): [w] for w in words}


def _comments(source: str) -> dict[object, Sequence[str]]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return {}
    said = (t.string.lstrip("#! ").strip() for t in tokens if t.type == tokenize.COMMENT)
    return {("comment", s.casefold()): [s] for s in said if len(s) >= 8}


def _phrases(text: str) -> dict[object, Sequence[str]]:
    words = re.findall(r"\w+", text)
    found = (words[n : n + PHRASE] for n in range(0, len(words) - PHRASE + 1))
    return {("phrase", " ".join(w.casefold() for w in group)): [" ".join(group)] for group in found}
