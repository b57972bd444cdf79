"""A class of thirty with odd names, as Canvas exports it and as it hands in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import corpus

PEOPLE = [
    ("ann", "Lee", "Ann"),
    ("ann2", "Lee", "Ann"),
    ("bob", "O'Brien, Jr.", "Bob"),
    ("blee2", "Lee", "Bob"),
    ("amueller", "Müller", "Anna"),
    ("jmueller", "Müller", "Jörg"),
    ("asmith", 'Smith "Smitty"', "Al"),
    ("nli", "李", "娜"),
    ("amohamed", "محمد", "علي"),
    ("zluka", "Žižek-Łuka", "Zoë"),
    ("xy", "Y", "X"),
    ("dash", "-Dash", "Mel"),
    ("formula", "=SUM(A1:A9)", "Eve"),
    ("at", "@home", "Pat"),
    ("thooft", "'t Hooft", "Gé"),
    ("vdberg", "van den Berg", "Ivo"),
    ("soneil", "Ó Néill", "Seán"),
    ("d.avid", "Dot", "D. Avid"),
    ("under_score", "Under", "Score"),
    ("UPPER", "UPPER", "CASE"),
    ("tnguyen", "Nguyễn", "Thị Minh Khai"),
    ("npapa", "Παπαδόπουλος", "Νίκος"),
    ("pivanov", "Иванов", "Пётр"),
    ("mononym", "Plato", ""),
    ("long", "L" * 60, "Very"),
    ("html", "<b>Bold</b>", "Tom & Co"),
    ("null", "Null", "None"),
    ("semi", "Semi, Colon", "Sam"),
    ("tshort", "Short", "Tim"),
    ("wang3", "Wáng", "Xiǎo"),
]
"""Login, last name, first name."""
NOTHING = ("wang3", "null")
"""Who hands in nothing."""


def roster() -> str:
    """The class as Canvas exports it."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Chain rule (4711)"])
    lines.writerow(["    Points Possible", "", "", "", "", "17"])
    for n, (login, last, first) in enumerate(PEOPLE):
        lines.writerow([", ".join(x for x in (last, first) if x), 10_000 + n, f"S{n:05}", login, "CS-101", ""])
    lines.writerow(["Student, Test", 99_999, "", "f00", "CS-101", ""])
    return "\ufeff" + out.getvalue()


def submissions(path: Path) -> None:
    """What they hand in, in a zip as Canvas makes it: ann has all, bob little, most hand in what they were given."""
    solved = {"ann": ["all"], "bob": ["along_route", "reverse_sweep"], "nli": ["all"], "formula": ["count_routes"]}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, (login, last, first) in enumerate(PEOPLE):
            if login in NOTHING:
                continue
            notebook = corpus.Notebook(*solved.get(login, ())).light()
            if login in solved:
                notebook["why_routes_add"]["source"] = f"Each route moves the loss, says {login}."
            name = "".join(c for c in f"{last}{first}".lower() if c.isalnum() or c == "_")
            late = "_LATE" * (login == "xy")
            archive.writestr(f"{name}{late}_{10_000 + n}_{884_000 + n}_{corpus.NAME}.ipynb", json.dumps(notebook.data))
        archive.writestr(f"stranger_77777_1_{corpus.NAME}.ipynb", json.dumps(corpus.Notebook().data))
