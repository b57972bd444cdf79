"""A sealed release has the functions of earlier units that its notebooks ask for, and its guesses and questions."""

import os
import subprocess
import sys

import corpus
import nbformat
from nbformat.v4 import new_code_cell

from autograde import cli

UNIT, NAME = "4-training", "4.1-from-textbook-to-fast"
LEARNER = """
from autograde import course, guess, mine, progress, recall

print(mine("lstm_forward").__name__)
try:
    mine("train_pass")
except KeyError as error:
    print(error)
print(recall("4.2"), progress.passed("train_pass"))
for question in (g for n in course.notebooks().values() for g in n.guesses):
    print(guess(**{question.name: question.right}))
"""


def test_functions_guesses_and_questions(tmp_path):
    folder = tmp_path / "notebooks" / UNIT
    folder.mkdir(parents=True)
    for path in sorted((corpus.ROOT / "notebooks" / UNIT).glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if path.stem == NAME:
            notebook.cells.insert(1, new_code_cell('f = mine("lstm_forward")'))
        nbformat.write(notebook, folder / path.name)
    assert cli.main(["release", UNIT, "--course", str(tmp_path)]) == 0
    released = tmp_path / "class" / "released" / "sealed" / UNIT
    env = os.environ | {"PYTHONPATH": str(released), "LSTM_BY_HAND_PROGRESS": "off"}
    line = [sys.executable, "-c", LEARNER]
    done = subprocess.run(line, cwd=released, env=env, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    assert "lstm_forward\n" in done.stdout and "pass its check in 4.2 first" in done.stdout
    assert "What do you remember?" in done.stdout and "yes." in done.stdout
