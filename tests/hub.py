"""nbgrader's exchange on a JupyterHub with two users of the system. Not part of the suite: it needs root, and makes users.

    python tests/hub.py JUPYTERHUB PROXY

JUPYTERHUB is the Python that has jupyterhub, jupyterlab and nbgrader; PROXY the program configurable-http-proxy. Two users are
made, and removed at the end. They fetch the unit by the tab Assignments' own requests, save what they did through their servers,
submit; the teacher collects, grades, releases feedback; they fetch it. Prints what happened, and exits with 1 when something did not.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "classroom")]
import corpus  # noqa: E402
import school  # noqa: E402

from autograde import cli  # noqa: E402

USERS = {"lstm-hub-ann": ["all"], "lstm-hub-bob": ["along_route"]}
TOKEN = secrets.token_hex(16)
HUB = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{token}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.environment = {{"JUPYTER_CONFIG_PATH": "{etc}"}}
c.JupyterHub.services = [{{"name": "script", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [{{"name": "script", "scopes": ["admin:users", "admin:servers", "access:servers"], "services": ["script"]}}]
"""


def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def ask(url: str, method: str = "GET", data: object = None, form: bool = False) -> object:
    """A request as the script's service of the hub; what came back as JSON."""
    body = None if data is None else (urllib.parse.urlencode(data) if form else json.dumps(data)).encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    request = urllib.request.Request(
        url, body, {"Authorization": f"token {TOKEN}", "Content-Type": kind}, method=method
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        text = answer.read().decode()
    return json.loads(text) if text else None


def until(what: str, condition) -> None:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        try:
            if condition():
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(1)
    sys.exit(f"it did not happen: {what}")


def main(python: str, proxy: str) -> int:
    if os.geteuid():
        sys.exit("This makes users of the system, so it has to be run as root.")
    place = Path(tempfile.mkdtemp(prefix="lstm-hub-"))
    place.chmod(0o755)
    etc, exchange, course = place / "etc", place / "exchange", place / "course"
    etc.mkdir()
    exchange.mkdir()
    exchange.chmod(0o777)
    (etc / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'lstm-by-hand'\nc.Exchange.root = {str(exchange)!r}\n"
    )
    extension = {"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.assignment_list": True}}}
    (etc / "jupyter_server_config.json").write_text(json.dumps(extension))
    hub = None
    try:
        for user in USERS:
            subprocess.run(["useradd", "--create-home", "--home-dir", str(place / user), user], check=True)
        school.course(course)
        teacher = ["--course", str(course)]
        assert cli.main(["release", corpus.UNIT, *teacher]) == 0
        env = os.environ | {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_PATH": str(etc)}

        def nbgrader(*arguments: str) -> None:
            subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=course / "class", env=env, check=True)

        nbgrader("release_assignment", corpus.UNIT)
        ports = {"port": port(), "hub_port": port(), "proxy_port": port()}
        config = place / "jupyterhub_config.py"
        config.write_text(HUB.format(**ports, proxy=proxy, python=python, token=TOKEN, etc=etc))
        hub = subprocess.Popen([python, "-m", "jupyterhub", "-f", str(config)], cwd=place)
        at = f"http://127.0.0.1:{ports['port']}"
        until("the hub answers", lambda: ask(f"{at}/hub/api/") is not None)
        for user, solved in USERS.items():
            ask(f"{at}/hub/api/users/{user}", "POST")
            ask(f"{at}/hub/api/users/{user}/server", "POST")
            until(f"{user}'s server", lambda user=user: ask(f"{at}/hub/api/users/{user}")["servers"][""]["ready"])
            own, about = f"{at}/user/{user}", {"course_id": "lstm-by-hand", "assignment_id": corpus.UNIT}
            assert ask(f"{own}/assignments/fetch", "POST", about, form=True)["success"]
            home = Path(pwd.getpwnam(user).pw_dir)
            assert (home / corpus.UNIT / "autograde" / "recorded" / "contents.json").is_file()
            notebook = {"type": "notebook", "format": "json", "content": corpus.Notebook(*solved).data}
            ask(f"{own}/api/contents/{corpus.UNIT}/{corpus.NAME}.ipynb", "PUT", notebook)
            assert ask(f"{own}/assignments/submit", "POST", about, form=True)["success"]
            print(f"{user}: fetched, saved, submitted")
        inbound = exchange / "lstm-by-hand" / "inbound"
        seen = subprocess.run(["runuser", "-u", next(iter(USERS)), "--", "ls", str(inbound)], capture_output=True)
        assert seen.returncode, "a student can list what others handed in"
        assert cli.main(["collect", corpus.UNIT, str(exchange / "lstm-by-hand"), *teacher]) == 0
        assert cli.main(["grade", corpus.UNIT, *teacher]) == 0
        assert cli.main(["feedback", corpus.UNIT, *teacher]) == 0
        nbgrader("release_feedback", corpus.UNIT)
        scores = {
            u: json.loads((course / "class/graded" / corpus.UNIT / f"{u}.json").read_text())["score"] for u in USERS
        }
        assert scores == {"lstm-hub-ann": corpus.ALL, "lstm-hub-bob": 1}, scores
        for user in USERS:
            about = {"course_id": "lstm-by-hand", "assignment_id": corpus.UNIT}
            fetched = ask(f"{at}/user/{user}/assignments/fetch_feedback", "POST", about, form=True)
            assert fetched["success"], fetched
            home = Path(pwd.getpwnam(user).pw_dir)
            (page,) = home.glob(f"{corpus.UNIT}/feedback/*/{corpus.NAME}.html")
            assert page.owner() == user
            print(f"{user}: {scores[user]:g} points, and the page is there")
        return 0
    finally:
        if hub:
            hub.terminate()
            hub.wait(60)
        for user in USERS:
            subprocess.run(["userdel", user], check=False)
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
