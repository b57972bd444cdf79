"""The roster: who is in the class, what each is called in the learning platform, and who has left.

It is kept in ``roster.csv`` of the class, which a teacher may read and edit. ``roster_file``
reads what others write.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace

from nbgrader.api import Student

from autograde.classroom.record import put
from autograde.classroom.room import CannotDo, Room
from autograde.classroom.spreadsheet import clean, table, written

FILE = "roster.csv"


@dataclass(frozen=True)
class Person:
    """A student.

    Attributes
    ----------
    id : the name of their folder here, and in the gradebook. It stays when the platform calls them otherwise.
    canvas_id, sis_user, sis_login, section : as Canvas exports its gradebook.
    username, id_number : as Moodle lists its participants.
    github : their name at GitHub.
    left : "yes" when they have left the class; their work is kept.
    """

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    canvas_id: str = ""
    sis_user: str = ""
    sis_login: str = ""
    section: str = ""
    username: str = ""
    id_number: str = ""
    github: str = ""
    left: str = ""

    @classmethod
    def of(cls, student: Student) -> Person:
        """Somebody as the gradebook knows them."""
        return cls(str(student.id), student.last_name or "", student.first_name or "", student.email or "")

    @property
    def name(self) -> str:
        """Last name first, as gradebooks sort; the id where there is no name."""
        return ", ".join(n for n in (self.last_name, self.first_name) if n) or self.id


COLUMNS = tuple(f.name for f in fields(Person))
SAME = ("id", "canvas_id", "sis_user", "sis_login", "username", "id_number", "email")
"""Columns by which somebody is known again, the surest first."""


def plain(text: str) -> str:
    """Letters and digits of a text without case and accents, to compare names by."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return "".join(c for c in bare if c.isalnum())


def possible(name: str) -> bool:
    """Whether this can be the name of a student's folder."""
    return (
        bool(name)
        and name[0] not in ".-"
        and name.isprintable()
        and not set(name) & set("/\\")
        and len(name.encode()) <= 120
    )


@dataclass
class Roster:
    """Everybody of a class by id. Empty when no roster was taken in; then whoever hands in belongs to the class."""

    people: dict[str, Person]

    @classmethod
    def read(cls, room: Room) -> Roster:
        """The roster of a class.

        Raises
        ------
        CannotDo : ``roster.csv`` was edited so that it cannot be read.
        """
        path = room.folder / FILE
        if not path.is_file():
            return cls({})
        try:
            rows = table(path.read_bytes())
            head = rows[0]
            found = [{c: clean(v) for c, v in zip(head, r, strict=False) if c in COLUMNS} for r in rows[1:]]
            return cls({about["id"]: Person(**about) for about in found if possible(about["id"])})
        except (CannotDo, KeyError) as error:
            raise CannotDo(f"{path} cannot be read ({error}). It needs the columns {', '.join(COLUMNS)}.") from None

    def write(self, room: Room) -> None:
        """Write ``roster.csv``."""
        rows = [COLUMNS, *(tuple(asdict(self.people[i]).values()) for i in sorted(self.people))]
        put(room.folder / FILE, written(rows, bom=True).encode())

    def __bool__(self) -> bool:
        return bool(self.people)

    def __iter__(self) -> Iterator[Person]:
        """Who is in the class now."""
        return (p for p in self.people.values() if not p.left)

    def has_left(self, student: str) -> bool:
        return student in self.people and bool(self.people[student].left)

    def unknown(self, student: str) -> bool:
        """Whether there is a roster, and ``student`` is not on it."""
        return bool(self.people) and student not in self.people

    def same(self, person: Person) -> Person | None:
        """Who of the roster ``person`` is, by any of their ids.

        Raises
        ------
        CannotDo : the ids are those of two.
        """
        found: dict[str, str] = {}
        for column in SAME:
            value = getattr(person, column).casefold()
            for other in self.people.values():
                if value and getattr(other, column).casefold() == value:
                    found.setdefault(other.id, column)
        for column in ("canvas_id", "sis_user", "id_number"):  # numbers that are nobody else's
            theirs = getattr(person, column)
            wrong = [i for i in found if theirs and getattr(self.people[i], column) not in ("", theirs)]
            if wrong and list(found) == wrong:
                was = getattr(self.people[wrong[0]], column)
                raise CannotDo(
                    f"{person.name} has the {found[wrong[0]]} of {self.people[wrong[0]].name} ({wrong[0]}) and another "
                    f"{column}: {theirs}, not {was}. Nothing was taken. If they are one and the same, correct {FILE}."
                )
            found = {i: c for i, c in found.items() if i not in wrong}
        return self.people[min(found, key=lambda i: SAME.index(found[i]))] if found else None

    def named(self, name: str) -> list[Person]:
        """Who is called so, in either order of first and last name, with accents if that tells them apart."""
        for key in (_bare, plain):
            wanted = key(name)
            found = [
                p
                for p in self.people.values()
                if wanted and wanted in (key(p.first_name + p.last_name), key(p.last_name + p.first_name))
            ]
            if len(found) == 1:
                return found
        return found

    def by(self, columns: Iterable[str], value: str) -> Person | None:
        """Who has this value in one of the columns."""
        for column in columns:
            for person in self.people.values():
                if value and getattr(person, column).casefold() == value.casefold():
                    return person
        return None


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text.casefold()) if c.isalnum())


@dataclass(frozen=True)
class Changes:
    """What taking in a file changes."""

    new: tuple[Person, ...]
    changed: tuple[tuple[Person, Person], ...]
    back: tuple[Person, ...]
    same: int
    absent: tuple[Person, ...]


def merge(roster: Roster, people: Iterable[Person], by_name: bool = False) -> Changes:
    """Put ``people`` into ``roster``. Who is not among them stays; what a file does not know of somebody stays, too.

    by_name : somebody without a known id is who is called by that name, or by that id.
    """
    new, changed, back, seen, same = [], [], [], set(), 0
    for person in people:
        old = roster.same(person)
        if old is None and by_name:
            called = roster.named(f"{person.first_name} {person.last_name}") or roster.named(person.id)
            old = called[0] if len(called) == 1 else roster.by(("email", "sis_login"), person.id)
        if old is None:
            if person.id.casefold() in {i.casefold() for i in roster.people}:
                raise CannotDo(f"{person.id!r} is already the id of another student here.")
            roster.people[person.id] = person
            new.append(person)
            seen.add(person.id)
            continue
        about: Mapping[str, str] = {c: v for c, v in asdict(person).items() if v and c != "id"}
        now = replace(old, **{"left": "", **about})
        seen.add(old.id)
        if old.left and not now.left:
            back.append(now)
        elif now != old:
            changed.append((old, now))
        else:
            same += 1
        roster.people[old.id] = now
    absent = tuple(p for p in roster if p.id not in seen)
    return Changes(tuple(new), tuple(changed), tuple(back), same, absent)
