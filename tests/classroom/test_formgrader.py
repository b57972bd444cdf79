"""What a student wrote, opened by a teacher in nbgrader's formgrader: nothing of it runs, nothing is fetched, no grade changes."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import corpus
import pytest
import school
from test_feedback import ATTACKS
from test_harmless import MARKDOWN, PNG

from autograde import cli

SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"
EVIL = "http://evil.example"
PUT = (
    "fetch('/formgrader/api/grades?submission_id='+location.pathname.split('/').filter(x=>x).pop()).then(r=>r.json()).then(gs=>"
    "gs.forEach(g=>fetch('/formgrader/api/grade/'+g.id,{method:'PUT',headers:{'X-XSRFToken':document.cookie.match(/_xsrf=([^;]*)/)[1]},"
    "body:JSON.stringify({...g,manual_score:g.max_score})})))"
)
OWN = [
    f"<script>window.ran = 1; {PUT}</script>",
    f'<img src=x onerror="window.ran = 1; {PUT}">',
    f"[press](javascript:window.ran=1) ![seen]({EVIL}/a.png) <img src='{EVIL}/b.png' srcset='{EVIL}/c.png 1x'>",
    f"<p style='background:image-set(\"{EVIL}/d\" 1x)'>x</p> <video poster={EVIL}/e src={EVIL}/f autoplay></video>",
    f"<link rel=stylesheet href={EVIL}/g><style>@import '{EVIL}/h'</style><svg><image href='{EVIL}/i'/></svg>",
    r"$\href{javascript:window.ran=1}{press}$ $$\require{html}\style{background:url(" + EVIL + "/j)}{x}$$",
]
SHOWS = f"""
from IPython.display import HTML, Javascript, Latex, Markdown, SVG, display
for show in (HTML, Javascript, Latex, Markdown):
    display(show('''<script>window.ran = 1</script><img src="{EVIL}/k" onerror="window.ran = 1">'''))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran = 1"><image href="{EVIL}/l"/></svg>'))
display({{"application/vnd.jupyter.widget-view+json": {{"model_id": "x"}}, "text/html": "<script>window.ran = 1</script>"}}, raw=True)
raise ValueError('<img src="{EVIL}/m" onerror="window.ran = 1">')
"""


def hostile() -> corpus.Notebook:
    notebook = corpus.Notebook("along_route").light().insert(2, SHOWS)
    notebook["why_routes_add"]["source"] = "\n\n".join(OWN)
    notebook["count_routes"]["source"] = (
        f'def count_routes(*a):\n    raise ValueError(\'<img src="{EVIL}/n" onerror="window.ran = 1">\')'
    )
    for text in (*OWN, *ATTACKS, *MARKDOWN):
        for kind in ("markdown", "raw"):
            about = {"attachments": {"a.svg": {"image/svg+xml": PNG}}} if kind == "markdown" else {}
            notebook.cells.append(
                {"cell_type": kind, "metadata": {"raw_mimetype": "text/html"}, "source": text, **about}
            )
    return notebook


@pytest.fixture
def formgrader(tmp_path):
    """A class with one student, and the address of a formgrader on it, started as docs/teachers.md says."""
    school.course(tmp_path)
    figures = tmp_path / "notebooks" / corpus.UNIT / "figures"
    figures.mkdir()
    (figures / "forks.svg").write_text(SVG)
    folder = tmp_path / "class" / "submitted" / "mal" / corpus.UNIT
    folder.mkdir(parents=True)
    hostile().write(folder)
    assert cli.main(["grade", corpus.UNIT, "--course", str(tmp_path), "--no-sandbox"]) == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = secrets.token_hex(12)
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),
        "PYTHONPATH": str(corpus.ROOT),
        "HOME": str(tmp_path),
    }
    line = [
        sys.executable,
        "-m",
        "jupyter",
        "server",
        "--allow-root",
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
    ]
    line += [
        f"--IdentityProvider.token={token}",
        "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(line, cwd=tmp_path / "class", env=env, **quiet)
    at = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{at}/api/status?token={token}", timeout=5)
                break
            time.sleep(0.5)
        yield at, token, tmp_path
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.needs("chromium")
def test_looking_at_a_submission_changes_nothing(formgrader):
    from playwright.sync_api import sync_playwright

    at, token, root = formgrader
    listed = f"{at}/formgrader/api/submitted_notebooks/{corpus.UNIT}/{corpus.NAME}?token={token}"
    (one,) = json.loads(urllib.request.urlopen(listed, timeout=60).read())
    asked: list[str] = []
    with sync_playwright() as play:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_page()
        page.on("request", lambda r: asked.append(f"{r.method} {r.url}"))
        page.goto(f"{at}/formgrader/?token={token}", wait_until="domcontentloaded", timeout=60_000)
        page.goto(f"{at}/formgrader/submissions/{one['id']}/", wait_until="domcontentloaded", timeout=60_000)
        page.wait_for_timeout(3000)
        assert "Nothing is called" in page.content() or "along_route" in page.content()
        figure = page.evaluate("fetch('figures/forks.svg').then(answer => answer.text())")
        links = page.eval_on_selector_all("a", "found => found.map(a => a.getAttribute('href') || '')")
        ran = page.evaluate("window.ran")
        browser.close()
    assert figure == SVG, "the unit's figures are shown"
    assert ran is None and not [link for link in links if "script" in link.lower().split(":")[0]]
    assert not [a for a in asked if "evil.example" in a or "example.org" in a]
    assert not [a for a in asked if a.startswith(("PUT", "POST"))]
    assert school.record(root, "mal")["score"] == 1
