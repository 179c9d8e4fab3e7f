"""The notebook of the examples runs from top to bottom, and its outputs are short.

Its trainings are cut to 20 steps, as those of the docs are, unless ``GANZOO_DOCS=whole``.
"""

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent.parent / "examples" / "first-notebook.ipynb"
MOST = 60
"""Lines that all its outputs have together, at most."""
CUT = 20
"""Steps of its trainings."""


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def lines_of(output):
    """What a person reads of an output; a picture is a line."""
    text = output.get("text") or output["data"].get("text/plain", "")
    return re.sub(r".*\r(?!\n)", "", text).splitlines()


def test_no_output_is_stored(notebook):
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@pytest.mark.slow
def test_it_runs(notebook, tmp_path, monkeypatch):
    for cell in notebook.cells if os.environ.get("GANZOO_DOCS") != "whole" else ():
        cell.source = re.sub(r'(--steps |"steps": )\d+', rf"\g<1>{CUT}", cell.source)
    monkeypatch.delenv("GANZOO_NO_REPORT")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": tmp_path}}).execute()
    install, ring, digits, picture = (
        cell.outputs for cell in notebook.cells if cell.cell_type == "code"
    )
    assert install == []
    outputs = [*ring, *digits, *picture]
    assert {output.output_type for output in outputs} == {
        "stream", "display_data", "execute_result",
    }  # fmt: skip
    shown = [line for output in outputs for line in lines_of(output)]
    assert len(shown) < MOST, shown
    assert not [line for line in shown if "warning" in line.lower()]
    assert not [output for output in outputs if output.get("name") == "stderr"]

    lines = [line.strip() for output in ring for line in lines_of(output)]
    assert any(re.match(r"step (\d+)/\1 ", line) for line in lines)
    assert not re.search(r"\x1b\[[^m]*[A-Za-ln-z]", "".join(lines)), "the cursor stays where it is"
    folder = tmp_path / lines[-1]
    (bar,) = (output for output in digits if output.output_type == "display_data")
    assert bar["data"].keys() == {"text/plain"}
    assert re.search(r"100%.* (\d+)/\1 ", bar["data"]["text/plain"])
    assert any("<Step " in line for output in digits for line in lines_of(output))
    assert "image/png" in picture[0]["data"]
    (other,) = set((tmp_path / "runs").iterdir()) - {folder}
    for run in (folder, other):
        assert {"report.html", "curves.png", "training.gif"} <= {p.name for p in run.iterdir()}
