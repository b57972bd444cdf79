"""How long a learner waits in the browser edition: from opening 1.2 to the first verdict, a wrong answer typed at once.

The first visit has an empty profile, at the second everything is kept, at the third the server is switched off. Beside it
bare JupyterLite with the same packages: their wheels as they come, nothing compiled beforehand, nothing loaded ahead, nothing
kept. Needs node, npm and Chromium. Prints a table and writes it to ``benchmarks/browser_speed.md``.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from playwright.sync_api import Playwright, sync_playwright

from autograde.building import lite, pyodide

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from reach.browse import Visitor, served, visiting  # noqa: E402

NOTEBOOK = "1-chain-rule/1.2-forks-and-routes"
WRONG = "def along_route(local):\n    return np.sum(local)"
BARE = {
    "autograde.building.pyodide._compile": lambda core, loose: None,
    "autograde.building.pyodide.LEFT_OUT": re.compile(r"^autograde/(building|classroom)/"),
    "autograde.building.pyodide.INSTALLED_FIRST": "",
    "autograde.building.lite.LOADED": [],
    "autograde.building.lite.keep_all": lambda folder: None,
}


def built(folder: Path) -> Path:
    """The browser edition, in ``folder``."""
    with tempfile.TemporaryDirectory() as scratch:
        own = pyodide.own_wheel(ROOT, Path(scratch))
        lite.build(folder, ROOT, own, Path(scratch), ROOT / "build" / "vendor")
    return folder


def first_verdict(visitor: Visitor, url: str) -> float:
    """Seconds from opening the notebook to the verdict."""
    start = time.perf_counter()
    visitor.open_notebook(url, NOTEBOOK)
    visitor.run(visitor.place("from autograde"))
    visitor.run(visitor.write("def along_route", WRONG))
    said = visitor.run(visitor.place("check(along_route)"))
    took = time.perf_counter() - start
    assert "Summed along one route." in said, said
    return took


def visits(playwright: Playwright, folder: Path, keeps: bool) -> list[str]:
    """The cells of a row: seconds at the first and the second visit, and without a server; megabytes sent at the first."""
    with tempfile.TemporaryDirectory() as profile, visiting(playwright, Path(profile)) as visitor:
        with served(folder) as server:
            times = [first_verdict(visitor, server.url)]
            sent = server.sent
            if keeps:
                visitor.wait_until_kept(folder, "/")
            all_sent = server.sent
            times.append(first_verdict(visitor, server.url))
        if keeps:
            times.append(first_verdict(visitor, server.url))
    seconds = [f"{t:.1f}" for t in times] + ["-"] * (3 - len(times))
    return [*seconds, f"{sent / 1e6:.0f}", f"{all_sent / 1e6:.0f}" if keeps else "-"]


def main() -> int:
    """Measure and print; returns the exit code."""
    if missing := [name for name in ("node", "npm", "chromium") if shutil.which(name) is None]:
        print(f"skipped: needs {', '.join(missing)}")
        return 0
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        ours = built(Path(scratch, "ours"))
        with ExitStack() as changed:
            for name, value in BARE.items():
                changed.enter_context(mock.patch(name, value))
            bare = built(Path(scratch, "bare"))
        rows = {"browser edition": visits(playwright, ours, True), "bare JupyterLite": visits(playwright, bare, False)}
    lines = [
        f"Seconds from opening 1.2 to the first verdict, with a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.",
        "",
        "| | first visit | second visit | server off | MB to the first verdict | MB for the whole course |",
        "| --- | --- | --- | --- | --- | --- |",
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()),
    ]
    text = "\n".join(lines) + "\n"
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
