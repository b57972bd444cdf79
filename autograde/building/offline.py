"""The browser edition without a network: JupyterLite's service worker keeps what it served; here it learns to keep the rest."""

from __future__ import annotations

import json
from pathlib import Path

from autograde.building.course_text import BuildError

CHANGES = {
    "let enableCache=!1": 'let enableCache="true"===new URL(location.href).searchParams.get("enableCache")',
    '||t.pathname.includes("/api/")': "",
    "t.match(e)": "t.match(e,{ignoreSearch:!0})",
    'e.respondWith(new Response("ok"))': 'e.respondWith(new Response("ok")),e.waitUntil(keepRest())',
}
"""A worker that the browser ended and started again keeps files, too; the lists of notebooks are files like others; what stands
behind a question mark changes no file; each heartbeat of a page is an occasion to fetch what is missing."""


def keep_all(lite: Path) -> None:
    """Change the service worker of the browser edition in the folder ``lite`` so that one visit is enough.

    Raises
    ------
    BuildError : this JupyterLite has another service worker than the one that is known here.
    """
    worker = lite / "service-worker.js"
    text = worker.read_text(encoding="utf-8")
    for said, instead in CHANGES.items():
        if text.count(said) != 1:
            raise BuildError(
                f"JupyterLite's service worker has changed: {said!r} stands in it {text.count(said)} times"
            )
        text = text.replace(said, instead)
    apps = ("lab/", "tree/", "doc/", "service-worker.js")
    files = sorted(p.relative_to(lite).as_posix() for p in lite.rglob("*") if p.is_file())
    kept = [name for name in files if not name.startswith(apps)]
    added = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    worker.write_text(text + added.replace("KEPT_FILES", json.dumps(kept)), encoding="utf-8")
