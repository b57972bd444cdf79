"""pyproject.toml, environment.yml and the locks agree, and what they install is found from any folder."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import autograde

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BLOCK = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.!+]+)(?: ; (?P<marker>[^\\\n]+))?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def requirements(extras: list[str]) -> list[Requirement]:
    """The project's own dependencies, those of its extras included."""
    lines = PROJECT["dependencies"] + [line for extra in extras for line in PROJECT["optional-dependencies"][extra]]
    found = []
    for requirement in map(Requirement, lines):
        found += requirements(sorted(requirement.extras)) if requirement.name == PROJECT["name"] else [requirement]
    return found


def pins(lock: str) -> dict[str, tuple[str, str | None]]:
    """Name -> (version, marker). Every line must belong to a pinned and hashed requirement or be a comment on top."""
    text = re.sub(r"\A(#.*\n)+", "", (ROOT / lock).read_text())
    assert (rest := BLOCK.sub("", text)) == "", (
        f"{lock} holds more than names, versions, markers and hashes: {rest[:200]}"
    )
    blocks = list(BLOCK.finditer(text))
    found = {block["name"]: (block["version"], block["marker"]) for block in blocks}
    assert len(found) == len(blocks), f"{lock} pins a name twice"
    return found


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ["all"]), ("requirements-test.lock", sorted(PROJECT["optional-dependencies"]))],
)
def test_lock_pins_what_pyproject_asks_for(lock: str, extras: list[str]) -> None:
    pinned = pins(lock)
    for requirement in requirements(extras):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{requirement} is not in {lock}: run `make lock`"
        at, marker = pinned[name]
        assert requirement.specifier.contains(at), f"{lock} pins {name} {at}, outside of {requirement}: run `make lock`"
        assert marker is None, f"{name} is pinned only where {marker}"


def test_test_lock_extends_the_lock() -> None:
    longer = pins("requirements-test.lock")
    for name, (at, _) in pins("requirements.lock").items():
        assert longer[name][0] == at, f"{name} is {at} in requirements.lock only: run `make lock`"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(("platform", "part"), [("linux", "pexpect"), ("darwin", "appnope"), ("win32", "pywinpty")])
def test_lock_covers(python: str, platform: str, part: str) -> None:
    place = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": platform}
    place["os_name"] = "nt" if platform == "win32" else "posix"
    marker = pins("requirements.lock")[part][1]
    assert marker is None or Marker(marker).evaluate(place)


def test_conda_environment_lists_the_same_dependencies() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    conda = [entry for entry in listed if isinstance(entry, str) and entry != "pip"]
    python = next(entry for entry in conda if entry.startswith("python="))
    assert Requirement("python" + PROJECT["requires-python"]).specifier.contains(python.removeprefix("python="))
    conda.remove(python)
    assert {str(Requirement(entry)) for entry in conda} == {str(entry) for entry in requirements(["all"])}
    assert pip == ["-e ."]


def test_installed_and_found_from_any_folder(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", "import autograde, lstm_ref"], cwd=tmp_path, check=True)
    assert version(PROJECT["name"]) == autograde.__version__
    (command,) = entry_points(group="console_scripts", name="autograde")
    assert callable(command.load())


@pytest.mark.parametrize(("require", "outcome"), [("", "1 skipped"), ("all", "1 error")])
def test_missing_part_skips_and_under_require_fails(tmp_path: Path, require: str, outcome: str) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = needs(part): as in this project\n")
    (tmp_path / "test_it.py").write_text("import pytest\n\n@pytest.mark.needs('bwrap')\ndef test_it():\n    pass\n")
    environment = {**os.environ, "AUTOGRADE_REQUIRE": require, "PATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-q"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert outcome in run.stdout and "apt install bubblewrap" in run.stdout
