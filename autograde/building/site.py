"""``autograde site``: the course as pages, its browser edition and its standalone notebooks, in one folder to serve."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograde import course
from autograde.building import lite, pyodide, standalone, vendor
from autograde.building.course_text import BuildError

TEXT = """\
Build the site: the course as pages, the browser edition (lite/), notebooks that stand alone (standalone/) and the wheel. Any
server of static files can serve the folder. Needs node and npm.

examples:
  autograde site
  autograde site --repository ada/lstm-by-hand --pyodide ~/pyodide
"""
MATHJAX = ("tex-mml-chtml.js", "output/chtml/fonts")
HOME = Path("build", "site")
ACCESSIBLE = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<div class="math notranslate nohighlight">': '<div class="math notranslate nohighlight" tabindex="0">',
}
"""What Sphinx writes -> the same for who uses a screen reader, or scrolls wide lines by the keyboard."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--to", type=Path, default=HOME, help=f"default: {HOME}; an older site there is replaced")
    parser.add_argument("--repository", default=os.environ.get("GITHUB_REPOSITORY", ""), metavar="OWNER/NAME",
                        help="on GitHub, for the buttons of Colab and for the wheel's address")  # fmt: skip
    parser.add_argument("--pyodide", type=Path, metavar="FOLDER", help="an unpacked official release of Pyodide")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build the site; returns the exit code."""
    try:
        build(Path.cwd(), options.to, options.repository, options.pyodide)
    except BuildError as error:
        print(f"autograde site: {error}", file=sys.stderr)
        return 1
    size = sum(p.stat().st_size for p in options.to.rglob("*") if p.is_file())
    print(f"{options.to}: {size / 1e6:.0f} MB. To look at it: python -m http.server --directory {options.to}")
    return 0


def build(project: Path, to: Path, repository: str = "", official: Path | None = None) -> None:
    """Build the site of ``project`` in the folder ``to``. What was fetched is kept in ``build/vendor``.

    repository : ``owner/name`` on GitHub; without it there is no button for Colab.
    official : a folder with the packages of Pyodide's release; left out, they come from the registries' packages.

    Raises
    ------
    BuildError : there is no course here, ``to`` is something else, or something cannot be fetched or built.
    """
    if not (project / "site" / "conf.py").is_file():
        raise BuildError(f"there is no site below {project}: run this in a checkout, in the folder that holds site/")
    if to.exists() and not (to / ".nojekyll").exists():
        raise BuildError(f"{to} is there already and is no site: choose another with --to")
    cache = project / "build" / "vendor"
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "out")
        pages(project, Path(scratch, "pages"), out, cache, repository)
        wheel = pyodide.own_wheel(project, out)
        lite.build(out / "lite", project, wheel, Path(scratch), cache, official)
        owner, _, name = repository.partition("/")
        address = f"https://{owner}.github.io/{name}" if repository else ""
        package = f"{address}/{wheel.name}" if address else "lstm-by-hand"
        standalone.build(out / "standalone", project / "notebooks", package, address)
        (out / ".nojekyll").touch()
        shutil.rmtree(to, ignore_errors=True)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(out, to)


def pages(project: Path, source: Path, to: Path, cache: Path, repository: str) -> None:
    """The course as pages, by Sphinx. A warning is an error."""
    shutil.copytree(project / "site", source)
    for unit in sorted((project / "notebooks").glob("[0-9]-*")):
        shutil.copytree(unit, source / unit.name, ignore=shutil.ignore_patterns(".*"))
    maths, into = vendor.npm(vendor.named("mathjax"), cache) / "es5", source / "_static" / "mathjax"
    shutil.copytree(maths / MATHJAX[1], into / MATHJAX[1])
    shutil.copyfile(maths / MATHJAX[0], into / MATHJAX[0])
    with open(source / "index.md", "a", encoding="utf-8") as index:
        index.write(_contents(project))
    env = os.environ | {"LSTM_BY_HAND_REPOSITORY": repository, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "sphinx", "--builder", "html", "--fail-on-warning", "--keep-going", "--quiet"]
    command += ["--doctree-dir", str(source.with_name("doctrees")), str(source), str(to)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise BuildError(f"the pages could not be built:\n{done.stderr.strip()[-3000:]}")
    (to / ".buildinfo").unlink(missing_ok=True)
    for page in to.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for said, better in ACCESSIBLE.items():
            text = text.replace(said, better)
        page.write_text(text, encoding="utf-8")


def _contents(project: Path) -> str:
    """The table of contents: one tree for each unit, in the order of the course, of the notebooks that are built."""
    units: dict[str, list[str]] = {}
    for notebook in course.notebooks(project / "course").values():
        place = f"{notebook.unit}/{notebook.name}"
        if (project / "notebooks" / f"{place}.ipynb").is_file():
            units.setdefault(notebook.unit, []).append(place)
    trees = []
    for unit, places in units.items():
        lines = "\n".join(places)
        caption = unit.replace("-", " · ", 1).replace("-", " ")
        trees.append(f"\n```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n{lines}\n```\n")
    return "".join(trees)
