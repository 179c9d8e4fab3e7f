"""The wheel, installed into a fresh environment away from the checkout, is all that it takes."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_lists_trains_and_samples_in_a_fresh_environment(tmp_path):
    def run(*command):
        # no PYTHONPATH and another folder: nothing of the checkout is in reach
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}:\n{done.stderr[-3000:]}"
        return done.stdout

    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", ROOT)
    (wheel,) = (tmp_path / "dist").glob("ganzoo_core-*.whl")
    venv.create(tmp_path / "fresh", with_pip=True)
    binaries = tmp_path / "fresh" / "bin"
    run(binaries / "pip", "install", "--quiet", wheel)
    where = run(binaries / "python", "-c", "import ganzoo; print(ganzoo.__file__)")
    assert str(tmp_path) in where
    listed = run(binaries / "ganzoo", "list")
    assert "vanilla-mlp" in listed
    assert "mnist-5k" in listed
    options = ["--dataset", "mnist-5k", "--epochs", "1", "--out", "run"]
    assert run(binaries / "ganzoo", "train", "vanilla-mlp", *options) == "run\n"
    assert Path(tmp_path, run(binaries / "ganzoo", "sample", "run").strip()).is_file()
    assert any((binaries.parent / "lib").rglob("ganzoo/py.typed"))
