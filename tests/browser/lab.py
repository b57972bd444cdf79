"""JupyterLab in a headless Chromium, as a learner has it: a copy of the notebooks, a server of its own, a page to act on.

To look at a notebook in both themes (one that was not run in this lab is not trusted):
python tests/browser/lab.py solutions/1-chain-rule/1.2-forks-and-routes.ipynb /tmp/pictures
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE = 30_000
"""Milliseconds that anything on the page may take."""

CHROMIUM = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 3600},
}
_FINISHED = re.compile(r"^\[\d+\]:$")


@contextmanager
def open_lab(folder: Path, notebooks: Path = ROOT / "notebooks") -> Iterator[Lab]:
    """A JupyterLab on a copy of ``notebooks`` below ``folder``, with settings of its own and nothing of this machine's.

    Raises
    ------
    RuntimeError : the server did not start; the message holds its log.
    """
    root, home = folder / "notebooks", folder / "home"
    shutil.copytree(notebooks, root, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    (home / "settings").mkdir(parents=True)
    (home / "settings" / "overrides.json").write_text(json.dumps(_SETTINGS))
    with _server(root, home) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1250, "height": 1250}, color_scheme="light")
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield Lab(page, url, root)
        browser.close()


class Lab:
    """One page of JupyterLab and the notebook that is open in it."""

    def __init__(self, page: Page, url: str, root: Path) -> None:
        self.page, self.url, self.root = page, url, root

    def open(self, notebook: str) -> None:
        """Open ``notebook``, a path below ``root``, and that alone, and wait for its kernel."""
        self.page.goto(f"{self.url}/lab/tree/{notebook}?reset")
        self.wait_idle()

    def reload(self) -> None:
        """Load the page again, as a learner does who comes back."""
        self.page.reload()
        self.wait_idle()

    def wait_idle(self) -> None:
        """Wait until the status bar calls the kernel idle and the notebook is drawn."""
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
        expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()

    def cell(self, text: str) -> Locator:
        """The one code cell whose source contains ``text``. It stays that cell when its source changes."""
        source = self.page.locator(".jp-InputArea .cm-content", has_text=re.compile(re.escape(text)))
        found = self.page.locator(".jp-CodeCell", has=source)
        expect(found).to_have_count(1)
        place = found.evaluate("cell => [...document.querySelectorAll('.jp-CodeCell')].indexOf(cell)")
        return self.page.locator(".jp-CodeCell").nth(place)

    def type(self, cell: Locator, source: str) -> None:
        """Replace the source of ``cell``."""
        editor = cell.locator(".jp-InputArea .cm-content")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        expect(editor.locator(".cm-line")).to_have_text(source.split("\n"))

    def start(self, cell: Locator) -> None:
        """Set ``cell`` running."""
        cell.locator(".jp-InputArea .cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def run(self, cell: Locator) -> str:
        """Run ``cell`` and give the text of its output."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.start(cell)
        expect(prompt).not_to_have_text(before)
        return self.finish(cell)

    def finish(self, cell: Locator) -> str:
        """Wait until ``cell`` has run and give the text of its output."""
        expect(cell.locator(".jp-InputPrompt")).to_have_text(_FINISHED)
        self.wait_idle()
        return self.output(cell)

    def output(self, cell: Locator) -> str:
        """The text of the output of ``cell`` as it is seen."""
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()

    def menu(self, *path: str) -> None:
        """Choose an entry of the menu bar: ``menu("Kernel", "Interrupt Kernel")``."""
        self.page.locator(".lm-MenuBar-item", has_text=path[0]).click()
        for entry in path[1:]:
            self.page.locator(".lm-Menu-item", has=self.page.get_by_text(entry, exact=True)).last.click()

    def save(self) -> None:
        """Save the notebook, and wait until it is."""
        with self.page.expect_response(lambda r: r.request.method == "PUT" and "/api/contents/" in r.url):
            self.menu("File", "Save Notebook")

    def restart(self) -> None:
        """Restart the kernel."""
        self.menu("Kernel", "Restart Kernel…")
        with self.page.expect_response(re.compile("/api/kernels/.+/restart")):
            self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.wait_idle()

    def theme(self, name: str) -> None:
        """Change to the ``"Light"`` or the ``"Dark"`` theme."""
        self.menu("Settings", "Theme", f"JupyterLab {name}")
        self.page.locator(f'body[data-jp-theme-name="JupyterLab {name}"]').wait_for(state="attached")
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def shoot(self, stem: Path) -> list[Path]:
        """Screenshots of the whole notebook from top to bottom, one for each screen: ``stem-1.png``, ``stem-2.png``, ..."""
        panel = self.page.locator(".jp-WindowedPanel-outer")
        total = self.page.locator(".jp-WindowedPanel-viewport").evaluate("p => p.scrollHeight")
        seen = panel.evaluate("p => p.clientHeight")
        files = []
        for top in range(0, total, seen):
            panel.evaluate("(p, top) => { p.scrollTop = top }", top)
            files.append(stem.with_name(f"{stem.name}-{len(files) + 1}.png"))
            panel.screenshot(path=files[-1])
        return files


def slide(page: Page) -> None:
    """Move the slider of a play cell, the only one on the page, by its keyboard, and wait for another picture."""
    picture = page.locator(".jp-OutputArea-output img").last
    before = picture.get_attribute("src")
    page.get_by_role("slider").press("ArrowRight")
    expect(picture).not_to_have_attribute("src", before)


@contextmanager
def _server(root: Path, home: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "ServerApp.root_dir": root,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.app_settings_dir": home / "settings",
    }
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "LSTM_BY_HAND"))}
    env |= {name: str(home / sub) for name, sub in own.items()} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())]
    log = home / "server.log"
    with open(log, "w") as out:
        process = subprocess.Popen(command, env=env, cwd=root, stdout=out, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, process, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/api", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def _main(notebook: str, out: str) -> None:
    shelf, _, path = notebook.partition("/")
    Path(out).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_lab(Path(folder), ROOT / shelf) as lab:
        lab.open(path)
        for theme in ("Light", "Dark"):
            lab.theme(theme)
            print(*lab.shoot(Path(out) / f"{Path(path).stem}-{theme.lower()}"), sep="\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
