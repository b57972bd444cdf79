"""A roster as others write it: Canvas's gradebook, Moodle's participants, GitHub Classroom's roster, nbgrader's CSV, any table."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from autograde.classroom.room import CannotDo
from autograde.classroom.roster import SAME, Person, plain, possible
from autograde.classroom.spreadsheet import clean, table

HEADERS = {
    "last_name": "lastname surname familyname nachname nom nomdefamille apellido apellidos cognome achternaam sobrenome",
    "first_name": "firstname givenname vorname prenom nombre nome voornaam",
    "name": "student name fullname studentname vollstandigername nomcomplet nombrecompleto",
    "email": "email emailaddress emailadresse adressedecourriel correo direcciondecorreo indirizzoemail",
    "id": "id studentid identifier login",
    "sis_user": "sisuserid sisuser",
    "sis_login": "sisloginid sislogin loginid",
    "section": "section",
    "username": "username anmeldename nutzername benutzername nomdutilisateur nombredeusuario",
    "id_number": "idnumber idnummer numerodidentification numerodeid matrikelnummer",
    "github": "githubusername github",
    "canvas_id": "canvasid lmsuserid",
    "left": "left",
}
"""Column here -> what others call it, in letters alone."""
_COLUMN = {name: column for column, names in HEADERS.items() for name in (*names.split(), column.replace("_", ""))}


@dataclass(frozen=True)
class Taken:
    """What was found in a file.

    Attributes
    ----------
    source : whose file it is.
    known_by : the column that their id here is taken from.
    kept : which other columns were read, by the name that the file gives them.
    passed_over : lines that are no student, by how they begin.
    """

    people: tuple[Person, ...]
    source: str
    known_by: str
    kept: tuple[str, ...]
    passed_over: tuple[str, ...]


def take(data: bytes) -> Taken:
    """The students in a file.

    Raises
    ------
    CannotDo : it is no table, or has no column that says who is who; the message says what to do.
    """
    rows = table(data)
    head = rows[0] if rows else []
    columns = [_COLUMN.get(plain(h), "") for h in head]
    source = _source(columns, [plain(h) for h in head])
    if source == "Canvas":  # its own number is called ID there
        columns = ["canvas_id" if c == "id" else c for c in columns]
    found, over = [], []
    for row in rows[1:]:
        cells: dict[str, str] = {}
        for column, cell in zip(columns, row, strict=False):
            if column == "id" and re.match(
                "Participant \\d", cell
            ):  # Moodle's number of a submission, not of a student
                continue
            if column and cell.strip() and not cells.get(column):
                cells[column] = clean(cell)
        person = _person(cells)
        if person is None or (source == "Canvas" and person.name == "Student, Test"):
            over += [" ".join(row).strip()[:40] or "an empty line"]
        else:
            found.append(person)
    known_by = _known_by(found)
    if not known_by or not (people := _with_ids(found, known_by)):
        raise CannotDo(_no_column(head, len(found)))
    called = {c: h.strip() for c, h in zip(columns, head, strict=True) if c}
    kept = tuple(h for c, h in called.items() if c not in (known_by, "left"))
    return Taken(people, source, called.get(known_by, known_by), kept, tuple(over))


def _source(columns: list[str], head: list[str]) -> str:
    if "section" in columns and "id" in columns and {"name", "last_name"} & set(columns):
        return "Canvas"
    if "github" in columns and "githubid" in head:
        return "GitHub Classroom"
    if "id" in columns:
        return "nbgrader" if "last_name" in columns or "email" in columns else "a table"
    return "Moodle" if {"username", "id_number", "email"} & set(columns) else "a table"


def _person(cells: dict[str, str]) -> Person | None:
    """The student of a line, still without an id; None when nothing in it says who it is."""
    if name := cells.pop("name", ""):
        last, first = name.rsplit(",", 1) if "," in name else name.rsplit(" ", 1)[::-1] if " " in name else (name, "")
        cells = {"last_name": last.strip(), "first_name": first.strip()} | cells
    # a name has no semicolon: who made them of commas made them of this one, too
    cells |= {n: cells[n].replace(";", ",") for n in ("last_name", "first_name") if n in cells}
    return Person(**{"id": "", **cells}) if any(cells.get(c) for c in SAME) else None


IDS = ("id", "sis_login", "username", "email", "sis_user", "id_number", "canvas_id")
"""Columns that a student's id here may come from, the best first."""


def _known_by(people: list[Person]) -> str:
    """The column that the ids come from: the first that nearly all have, and that tells them apart."""
    for column in IDS:
        values = [v.casefold() for p in people if (v := getattr(p, column))]
        if values and len(values) >= 0.8 * len(people) and (len(set(values)) == len(values) or column == "id"):
            return column
    return ""


def _with_ids(people: list[Person], column: str) -> tuple[Person, ...]:
    short = Counter(p.email.partition("@")[0].casefold() for p in people)

    def value(person: Person, column: str) -> str:
        found: str = getattr(person, column)
        if column == "email":  # what stands before the @, where nobody else has the same
            found = found.partition("@")[0] if short[found.partition("@")[0].casefold()] == 1 else found
        return found

    made: dict[str, Person] = {}
    for person in people:
        name = value(person, column) or next(v for c in IDS if (v := value(person, c)))
        if not possible(name):
            raise CannotDo(f"{name!a} cannot be the name of a folder: give {person.name} another id.")
        one = replace(person, id=name)
        if made.setdefault(name, one) != one:
            raise CannotDo(f"{name!a} is there twice, as {made[name].name} and as {one.name}.")
    return tuple(made.values())


def _no_column(head: list[str], people: int) -> str:
    what = ", ".join(h.strip() or "(no name)" for h in head[:8])
    if people:
        return f"No column tells all {people} students apart. The columns are: {what}. One called id would."
    return (
        f"No column says who is who, such as id, SIS Login ID, Username or Email address. The columns are: {what}. "
        "If these are not all, the file has another sign between its columns than , ; or tab."
    )
