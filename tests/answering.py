"""Play the learner: write answers into a released notebook."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def answered(
    released: Path, to: Path, wrong: Mapping[str, tuple[str, str]] | None = None, leave: Sequence[str] = ()
) -> Path:
    """A copy of a released notebook at ``to`` with the answers of the solutions notebook written in.

    Parameters
    ----------
    wrong : exercise -> (old, new), an edit of its right answer.
    leave : exercises that are left untouched.
    """
    solved = json.loads((ROOT / "solutions" / released.parent.name / released.name).read_text(encoding="utf-8"))
    answers = {c["id"]: c["source"] for c in solved["cells"] if c["metadata"].get("nbgrader", {}).get("solution")}
    notebook = json.loads(released.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["id"]
        if name in answers and name not in leave:
            text = "".join(answers[name])
            old, new = (wrong or {}).get(name, ("", ""))
            assert old in text, f"{name} has no {old!r}"
            cell["source"] = text.replace(old, new) if old else text
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(notebook), encoding="utf-8")
    return to
