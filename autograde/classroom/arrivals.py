"""Arrivals: what was handed in, as Canvas and Moodle zip it, GitHub clones it, nbgrader's exchange holds it, or folders have it.

Who a submission belongs to is only read off here: ``of`` finds who of the roster that is.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograde.classroom.candidates import FILES
from autograde.classroom.late import Arrived
from autograde.classroom.room import CannotDo
from autograde.classroom.roster import Person, Roster
from autograde.classroom.submission import LARGEST

CANVAS = re.compile(r"(?P<name>\w*?)_?(?P<late>LATE_)?(?P<user>\d+|anon_\w+?)_(?P<file>\d+_.+|text\.html|link\.html)")
"""Name, LATE, Canvas's number of the student, number and name of the file. Source: canvas-lms, ``lib/content_zipper.rb``."""
AGAIN = re.compile(r"-\d{1,2}(?=\.ipynb$)")
"""What Canvas puts behind the name of a file that was handed in again."""
MOODLE = re.compile(r"(?P<name>[^/_]+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_?[/_]?(?P<file>.*)")
"""Full name, Moodle's number of the submission, its kind, the file. Source: Moodle, ``mod/assign`` (3.x to 5.x)."""
EXCHANGE = re.compile(r"(?P<user>[^+]+)\+(?P<unit>[^+]+)\+(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(?:\+.*)?")
"""User, assignment, time. Source: nbgrader, ``exchange/default/submit.py``."""
FOLDER = ("id", "github", "email", "username")
"""Columns of the roster by which a student's folder may be called."""
APART = 600
"""Seconds after the time that it names by which a folder of an exchange may have changed last."""


@dataclass
class Arrival:
    """What one student handed in.

    Attributes
    ----------
    called : what the source calls the student.
    columns : where on the roster this stands; empty when it is a full name.
    key : what stands there.
    files : path -> a function that reads it.
    """

    called: str
    columns: tuple[str, ...]
    key: str
    source: str
    files: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    arrived: Arrived = field(default_factory=Arrived)
    remarks: list[str] = field(default_factory=list)


def of(arrival: Arrival, roster: Roster, given: dict[str, str]) -> tuple[Person | None, str]:
    """Who handed it in, or the reason why nobody can tell. ``given``: what a source calls them -> id, from the teacher."""
    if student := given.get(arrival.called) or given.get(arrival.key):
        return roster.people.get(student) or Person(student), ""
    if found := roster.by(arrival.columns, arrival.key):
        return found, ""
    if arrival.source == "a folder" or not arrival.columns:
        named = roster.named(arrival.key)
    elif arrival.source == "Canvas":  # its number is not on the roster: the name, of whom no number is known
        named = [p for p in roster.named(arrival.called.rpartition("_")[0]) if not p.canvas_id]
    else:
        named = []
    if len(named) == 1:
        return named[0], ""
    if named:
        return None, f"{' and '.join(p.id for p in named)} have the same name"
    if arrival.source in ("GitHub", "a folder"):  # assignment-name, or its zip: assignment-name-main
        key = re.sub(r"-(main|master)$", "", arrival.key.casefold())
        ends = [
            p for p in roster.people.values() if any(n and key.endswith(f"-{n.casefold()}") for n in (p.github, p.id))
        ]
        if ends:
            return max(ends, key=lambda p: len(p.github or p.id)), ""
    if not roster and arrival.columns[:1] == ("id",):
        return Person(arrival.key), ""
    return None, "nobody on the roster is called so"


def read(paths: Sequence[Path], unit: str, roster: Roster, commit_times: bool = False) -> Iterator[Arrival]:
    """What lies in downloads and folders, a student at a time.

    Raises
    ------
    CannotDo : a path is neither a zip nor a folder, or holds nothing of a known form.
    """
    for path in paths:
        if path.is_dir():
            found = list(_folder(path, unit, roster, commit_times))
        elif path.is_file() and zipfile.is_zipfile(path):
            found = list(_zip(path, roster))
        else:
            what = "There is no such file" if not path.exists() else "It is neither a zip nor a folder"
            raise CannotDo(f"{path}: {what}. For one notebook of one student: collect UNIT FILE --student STUDENT")
        if not found:
            raise CannotDo(
                f"{path} holds no submissions: no files as Canvas or Moodle name them, no clones, no folders of an exchange or of students."
            )
        yield from found


def alone(paths: Sequence[Path], student: str) -> Arrival:
    """Files that a teacher was given by one student."""
    arrival = Arrival(student, ("id",), student, "you")
    for path in paths:
        if not path.exists():
            raise CannotDo(f"{path}: There is no such file.")
        _walk(arrival, path) if path.is_dir() else arrival.files.update({path.name: path.read_bytes})
    return arrival


def _zip(path: Path, roster: Roster) -> Iterator[Arrival]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise CannotDo(f"{path} cannot be opened: {error}. Download it again.") from None
    entries = [(_entry_name(e), e) for e in archive.infolist() if not e.is_dir()]
    entries = [(n, e) for n, e in entries if not n.startswith("__MACOSX/")]

    def reading(entry: zipfile.ZipInfo) -> Callable[[], bytes]:
        return lambda: archive.read(entry)

    yield from _sorted_out([(name, reading(e), e.file_size) for name, e in entries], roster)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """An entry's name; who writes UTF-8 without saying so is understood, too."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name.replace("\\", "/")


_File = tuple[str, Callable[[], bytes], int]


def _sorted_out(files: Sequence[_File], roster: Roster) -> Iterator[Arrival]:
    """Files by who handed them in, as Canvas and Moodle name them; else the first folder of a path is a student."""
    tops, inner = {n.partition("/")[0] for n, _, _ in files}, [n.partition("/")[2] for n, _, _ in files]
    known = any(MOODLE.fullmatch(n) or CANVAS.fullmatch(n) or roster.by(FOLDER, n.partition("/")[0]) for n in inner)
    if len(tops) == 1 and known and not MOODLE.fullmatch(files[0][0]) and not roster.by(FOLDER, *tops):
        files = [(n, read, size) for n, (_, read, size) in zip(inner, files, strict=True)]  # all in one folder
    made: dict[tuple[str, str], Arrival] = {}
    for name, read, size in files:
        if m := MOODLE.fullmatch(name):
            key = m["name"].strip()
            one = made.setdefault(("Moodle", m["number"]), Arrival(f"{key}_{m['number']}", (), key, "Moodle"))
            if m["kind"] == "file":
                _take(one, m["file"].lstrip("/"), read, size)
            elif m["kind"] == "onlinetext":
                one.remarks.append("handed in a text that was typed into Moodle")
        elif (m := CANVAS.fullmatch(name)) and "/" not in name:
            late = Arrived(late=bool(m["late"]), source="Canvas")
            called = "_".join(x for x in (m["name"], m["user"]) if x)
            one = made.setdefault(
                ("Canvas", m["user"]), Arrival(called, ("canvas_id",), m["user"], "Canvas", arrived=late)
            )
            if m["user"].startswith("anon_"):
                one.remarks.append("the assignment hides names: switch that off in Canvas, and download again")
            if m["file"] in ("text.html", "link.html"):
                one.remarks.append("handed in a text or a link that was typed into Canvas")
            else:
                _take(one, AGAIN.sub("", m["file"].partition("_")[2]), read, size)
        elif "/" in name:
            student, _, rest = name.partition("/")
            one = made.setdefault(("a folder", student), Arrival(student, FOLDER, student, "a folder"))
            _take(one, rest, read, size)
    yield from made.values()


def _take(arrival: Arrival, name: str, read: Callable[[], bytes], size: int) -> None:
    """Note a file of a submission, if it may lie in a folder here."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or any(p in ("..", "/") or p[0] == "." for p in parts)
        or {"autograde", "figures", "__pycache__"} & set(parts[:-1])
    ):
        return
    if parts[-1] in ("timestamp.txt", "Thumbs.db"):  # when it was handed in is not for the student to say
        return
    name = "/".join(p if len(p.encode()) <= 200 else p.encode()[-200:].decode("utf-8", "ignore") for p in parts)
    if size > LARGEST:
        arrival.remarks.append(f"{name!a} has {size >> 20} MB and was left out; {LARGEST >> 20} MB are read")
    elif len(arrival.files) >= FILES:
        arrival.remarks.append(f"there are more than {FILES} files, and {name!a} was left out")
    else:
        stem, dot, ending = name.rpartition(".")
        number = 0
        while name in arrival.files:
            number += 1
            name = f"{stem} ({number}){dot}{ending}"
        arrival.files[name] = read


def _folder(path: Path, unit: str, roster: Roster, commit_times: bool) -> Iterator[Arrival]:
    """A folder: an exchange, clones, an unpacked download, or a folder for each student."""
    places = (p for p in (path, path / "inbound") if p.is_dir())
    inbound = next((p for p in places if any(EXCHANGE.fullmatch(n) for n in os.listdir(p))), None)
    if inbound:
        yield from _exchange(inbound, unit)
        return
    names = sorted(n for n in os.listdir(path) if n[0] != ".")
    inside = path / names[0] if len(names) == 1 else path
    if inside.is_dir() and any((inside / n / ".git").exists() for n in os.listdir(inside)):
        path, names = inside, sorted(n for n in os.listdir(inside) if n[0] != ".")
    if (path / ".git").exists():
        yield _clone(path, commit_times)
        return
    clones = [n for n in names if (path / n / ".git").exists()]
    yield from (_clone(path / n, commit_times) for n in clones)
    rest = Arrival("", (), "", "")
    for name in names:
        if name not in clones:
            _walk(rest, path / name, f"{name}/" if (path / name).is_dir() else name, raw=True)
    files = [(n, read, 0) for n, read in rest.files.items()]
    for one in _sorted_out(files, roster):
        one.remarks += [r for r in rest.remarks if one.called in r]
        yield one


def _walk(arrival: Arrival, path: Path, prefix: str = "", raw: bool = False) -> None:
    """Note the files below a folder, or one file; no link is followed."""

    def unread(error: OSError) -> None:
        arrival.remarks.append(f"the folder {str(error.filename)!a} cannot be read: {error.strerror}")

    found = [(path, prefix)] if not path.is_dir() else []
    for top, folders, names in os.walk(path, onerror=unread) if path.is_dir() else ():
        folders[:] = sorted(n for n in folders if n[0] != ".")
        found += [(Path(top) / n, prefix + (Path(top) / n).relative_to(path).as_posix()) for n in sorted(names)]
    for file, name in found:
        try:
            about = file.lstat()
        except OSError:
            continue
        if not stat.S_ISREG(about.st_mode):
            arrival.remarks.append(f"{name!a} is a link or no file, and was left out")
        elif raw:
            arrival.files[name] = file.read_bytes
        else:
            _take(arrival, name, file.read_bytes, about.st_size)


def _clone(path: Path, commit_times: bool) -> Arrival:
    arrival = Arrival(path.name, ("id", "github"), path.name, "GitHub")
    _walk(arrival, path)
    if commit_times:
        quiet = ["-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.hooksPath=/dev/null"]
        done = subprocess.run(
            ["git", *quiet, "-C", str(path), "log", "-1", "--format=%cI"], capture_output=True, text=True, check=False
        )
        try:
            arrived = Arrived(at=datetime.fromisoformat(done.stdout.strip()).astimezone(UTC), source="the last commit")
            arrival.arrived = arrived
        except ValueError:
            arrival.remarks.append("its last commit has no time")
    return arrival


def _exchange(inbound: Path, unit: str) -> Iterator[Arrival]:
    """The newest submission of each student in an exchange. When it came is what its folder says, unless that changed later."""
    newest: dict[str, tuple[str, str]] = {}
    for name in sorted(os.listdir(inbound)):
        m = EXCHANGE.fullmatch(name)
        if m and m["unit"] == unit and m["time"] >= newest.get(m["user"], ("", ""))[0]:
            newest[m["user"]] = (m["time"], name)
    owners = {user: _owner(inbound / name) for user, (_, name) in newest.items()}
    for user, (time, name) in newest.items():
        arrival = Arrival(user, ("id", "username", "sis_login"), user, "nbgrader's exchange")
        _walk(arrival, inbound / name)
        if owners[user] not in (user, "") and len(set(owners.values())) > 1:  # on some hubs all have the same user
            arrival.remarks.append(f"its folder in the exchange belongs to the user {owners[user]}")
        said = datetime.strptime(time[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        changed = datetime.fromtimestamp((inbound / name).lstat().st_ctime, UTC)
        arrival.arrived = Arrived(at=said, source="nbgrader's exchange")
        if (changed - said).total_seconds() > APART:
            arrival.arrived = Arrived(at=None, source="")
            arrival.remarks.append(
                f"its folder in the exchange says {said:%Y-%m-%d %H:%M} UTC, and was changed {changed:%Y-%m-%d %H:%M} UTC: "
                "when it was handed in is unknown (autograde due --handed-in sets it)"
            )
        yield arrival


def _owner(path: Path) -> str:
    """The name of the user to whom a folder belongs; empty when this system does not know them."""
    try:
        return path.owner()
    except (KeyError, OSError, NotImplementedError):
        return ""
