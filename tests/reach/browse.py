"""A static server for a built site, and a page of Chromium on it that counts what it asks for."""

from __future__ import annotations

import functools
import gzip
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from browser.lab import CHROMIUM
from playwright.sync_api import BrowserContext, Page, Playwright

PATIENCE = 120_000
"""Milliseconds that anything may take; a machine with other work is slow."""
READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.content?.widgets?.length > 3 && panel.sessionContext.isReady && panel.sessionContext.session?.kernel;
}"""
FIND = """text => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
    cell => cell.model.type == 'code' && cell.model.sharedModel.getSource().includes(text))"""
RUN = """place => {
    const book = window.jupyterapp.shell.currentWidget.content;
    book.activeCellIndex = place;
    window.finished = false;
    window.jupyterapp.commands.execute('notebook:run-cell').finally(() => { window.finished = true; });
}"""
KEPT = """async kept => {
    const cache = await caches.open("precache");
    const has = new Set((await cache.keys()).map(request => new URL(request.url).pathname));
    return kept.every(file => has.has(file));
}"""
SAID = """place => window.jupyterapp.shell.currentWidget.content.widgets[place].model.toJSON().outputs.map(
    o => o.text ?? o.data?.['text/plain'] ?? `${o.ename}: ${o.evalue}`).flat().join('\\n')"""


class _Handler(SimpleHTTPRequestHandler):
    """Like GitHub Pages: text is sent compressed."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind, data = self.guess_type(path), path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if "gzip" in self.headers.get("Accept-Encoding", "") and path.suffix not in (".whl", ".zip", ".png", ".woff2"):
            data = _compressed(path)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with suppress(ConnectionError):  # a browser goes away when it likes
            self.wfile.write(data)
        self.server.sent += len(data)  # type: ignore[attr-defined]


@functools.cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


class Server(ThreadingHTTPServer):
    """Serves a folder; ``sent`` counts the bytes."""

    sent = 0

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self.server_port}"


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """A server of ``folder`` while this is open."""
    server = Server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def visiting(playwright: Playwright, profile: Path, **options: object) -> Iterator[Visitor]:
    """A Chromium that keeps what it stores in ``profile``."""
    visitor = Visitor(playwright, profile, options)
    yield visitor
    visitor.context.close()


class Visitor:
    """One visitor with one page.

    Attributes
    ----------
    asked : every address that was asked for.
    """

    def __init__(self, playwright: Playwright, profile: Path, options: dict) -> None:
        self.context: BrowserContext = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=shutil.which("chromium"), args=CHROMIUM, headless=True, **options
        )
        self.page: Page = self.context.pages[0]
        self.page.set_default_timeout(PATIENCE)
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))

    def open_notebook(self, url: str, notebook: str) -> None:
        """Open ``notebook``, such as ``"2-rnn/2.1-a-loop-unrolled"``, of the browser edition at ``url``; wait until it is there."""
        self.page.goto(f"{url}/notebooks/index.html?path={notebook}.ipynb")
        self.page.wait_for_function(READY)

    def reload(self) -> None:
        """Load the notebook again, as a learner does who comes back."""
        self.page.reload()
        self.page.wait_for_function(READY)

    def place(self, text: str) -> int:
        """Where the first code cell that contains ``text`` stands."""
        found = self.page.evaluate(FIND, text)
        assert found >= 0, f"no cell says {text!r}"
        return found

    def write(self, text: str, source: str) -> int:
        """Replace the source of the cell that contains ``text``; returns its place."""
        place = self.place(text)
        change = "([k, s]) => window.jupyterapp.shell.currentWidget.content.widgets[k].model.sharedModel.setSource(s)"
        self.page.evaluate(change, [place, source])
        return place

    def run(self, place: int) -> str:
        """Run a cell and give what it says."""
        self.page.evaluate(RUN, place)
        self.page.wait_for_function("() => window.finished")
        return self.page.evaluate(SAID, place)

    def save(self) -> None:
        """Save the notebook where this browser keeps it."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def wait_until_kept(self, lite: Path, at: str) -> None:
        """Wait until the browser keeps all files that it means to keep of the browser edition built in ``lite``, served ``at``."""
        worker = (lite / "service-worker.js").read_text(encoding="utf-8")
        kept = json.loads(re.search(r"const KEPT = (\[.*?\]);", worker)[1])
        for _ in range(PATIENCE // 1000):
            if self.page.evaluate(KEPT, [at + name for name in kept]):
                return
            self.page.wait_for_timeout(1000)
        raise TimeoutError("the browser does not keep all files")
