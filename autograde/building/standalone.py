"""Notebooks that stand alone, for Colab, Kaggle and VS Code: figures are in them, and the first cell installs what is missing."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from autograde.learning.start import stamped

FIRST = """\
# Run this cell first: it installs the course's package where it is missing.
import importlib.util

if importlib.util.find_spec("autograde") is None:
    %pip install --quiet {package}
"""
DATA = """
from autograde.learning.start import put_data

put_data("{unit}")
"""
_FIGURE = re.compile(r"\]\((figures/[^)\s]+\.svg)\)")
_NOTEBOOK = re.compile(r"\]\((?:\.\./(\d-[\w-]+)/)?(\d[\w.-]+)\.ipynb\)")


def build(to: Path, released: Path, package: str, pages: str = "") -> None:
    """Write a standalone form of every notebook of ``released`` below ``to``.

    package : what the first cell gives to pip: the address of the wheel, or the package's name.
    pages : the address of the site; links to other notebooks lead to their pages there.
    """
    for source in sorted(released.glob("[0-9]-*/*.ipynb")):
        target = to / source.relative_to(released)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(standalone(source, package, pages), indent=1, sort_keys=True, ensure_ascii=False)
        target.write_text(text + "\n", encoding="utf-8")


def standalone(source: Path, package: str, pages: str = "") -> dict[str, Any]:
    """The notebook at ``source`` with its figures in it and one more cell before its first code cell."""
    notebook = json.loads(stamped(source))
    unit = source.parent.name
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = _FIGURE.sub(lambda found: f"]({_embedded(source.parent / found[1])})", "".join(cell["source"]))
            if pages:
                text = _NOTEBOOK.sub(lambda found: f"]({pages}/{found[1] or unit}/{found[2]}.html)", text)
            cell["source"] = text
    first = FIRST.format(package=package)
    if (source.parent / "data").is_dir():
        first += DATA.format(unit=unit)
    place = next(k for k, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": first,
    }
    notebook["cells"].insert(place, cell)
    return notebook


def _embedded(figure: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(figure.read_bytes()).decode()}"
