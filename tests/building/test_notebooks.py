"""What is committed is what the build makes; solutions earn everything; untouched releases earn zero, kindly."""

import json
from pathlib import Path

import pytest

from autograde import course
from autograde.building import build
from autograde.judging.exercise import Written
from autograde.judging.verdict import MIME
from autograde.learning import verify

ROOT = Path(__file__).parents[2]
SOURCES = build.sources(ROOT)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.name)
class TestNotebook:
    def test_a_second_build_gives_the_same_bytes(self, source, tmp_path):
        build.make(source, tmp_path)
        for kind in ("solutions", "notebooks"):
            made, kept = tmp_path / kind / source.unit, ROOT / kind / source.unit
            name = f"{source.name}.ipynb"
            assert build.comparable(made / name) == build.comparable(kept / name), f"{kind}/{name} is stale: make build"
            for file in sorted(made.rglob("*")):
                if file.suffix not in ("", ".ipynb"):
                    assert file.read_bytes() == (kept / file.relative_to(made)).read_bytes(), file.name

    def test_the_executed_solutions_earn_everything(self, source):
        cells = json.loads(source.built("solutions").read_text(encoding="utf-8"))["cells"]
        by_id = {c["id"]: c for c in cells}
        for exercise in course.notebooks()[source.name].exercises:
            if isinstance(exercise, Written):
                continue
            verdicts = [
                o["data"][MIME] for o in by_id[f"check-{exercise.name}"]["outputs"] if MIME in o.get("data", {})
            ]
            assert verdicts and all(v["score"] == exercise.points and v["status"] == "right" for v in verdicts)

    def test_the_untouched_release_earns_zero_and_says_so_kindly(self, source):
        path = source.built("notebooks")
        notebook = verify._read(path)
        verify._run(notebook, path, 300)
        by_id = {c.id: c for c in notebook.cells}
        for exercise in course.notebooks()[source.name].exercises:
            if isinstance(exercise, Written):
                continue
            data = [o.data[MIME] for o in by_id[f"check-{exercise.name}"].outputs if MIME in o.get("data", {})]
            assert data and data[0]["score"] == 0 and data[0]["status"] == "empty", (exercise.name, data)
        for cell in notebook.cells:
            if cell.cell_type == "code" and not cell.id.startswith("check-"):
                errors = [o.evalue for o in cell.outputs if o.output_type == "error"]
                assert not errors, f"a cell raises before the learner has begun: {cell.source}\n{errors}"
