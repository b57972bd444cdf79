"""Progress that travels from one machine to another: saved to a file, loaded from it. The best score wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograde.learning.progress_map import MARK, State, parsed, path, read, record


def save(target: Path) -> int:
    """Write the progress of this folder to ``target``; returns how many exercises have points. An older file is replaced.

    Raises
    ------
    OSError : something that is no progress stands there, or it cannot be written; nothing is changed.
    """
    if target.exists() and not target.read_bytes().startswith(MARK.encode()):
        raise OSError(f"{target} is there already, and it is no saved progress: choose another name")
    file = path()
    lines = file.read_text(encoding="utf-8") if file is not None and file.exists() else ""
    try:
        target.write_text(f"{MARK}\n{lines}", encoding="utf-8")
    except OSError as error:
        raise OSError(f"{target} cannot be written ({error.strerror}): choose another folder") from None
    return sum(score > 0 for score in read().scores.values())


def load(source: Path) -> list[str]:
    """Merge what ``source`` holds into the progress of this folder; returns the exercises that have more points now.

    Loading a file twice changes nothing the second time.

    Raises
    ------
    OSError : there is no such file, it is no saved progress, or no progress is kept here.
    """
    if path() is None:
        raise OSError("no progress is kept here, so none can be loaded: LSTM_BY_HAND_PROGRESS is off")
    try:
        text = source.read_text(encoding="utf-8")
        if not text.startswith(MARK):
            raise ValueError
        other = parsed(text.removeprefix(MARK))
    except FileNotFoundError:
        raise OSError(f"there is no file {source}: write it with progress.save on the other machine") from None
    except ValueError:
        raise OSError(f"{source} is no file that progress.save wrote") from None
    own = read()
    for event in _missing(own, other):
        record(**event)
    return [name for name, score in other.scores.items() if score > own.scores.get(name, 0.0)]


def _missing(own: State, other: State) -> Iterator[Mapping[str, object]]:
    for name, score in other.scores.items():
        if score > own.scores.get(name, 0.0) or name in other.passed.keys() - own.passed.keys():
            passed = {"status": "right", "time": other.passed[name].isoformat()} if name in other.passed else {}
            yield {"exercise": name, "score": score} | passed
        if name in other.sources and name not in own.sources:
            yield {"exercise": name, "source": other.sources[name]}
    yield from ({"exercise": n, "hint": k} for n, k in other.hints.items() if k > own.hints.get(n, 0))
    yield from ({"guess": n, "right": right} for n, right in other.guesses.items() if n not in own.guesses)
    yield from ({"recall": name} for name in (Counter(other.recalls) - Counter(own.recalls)).elements())
    if made := list((Counter(other.made) - Counter(own.made)).elements()):
        yield {"mistakes": made}
    hunts = Counter(other.hunts) - Counter(own.hunts)
    yield from ({"hunt": h.key, "found": h.found, "points": h.points} for h in hunts.elements())
