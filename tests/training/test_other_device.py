"""A run goes on only on the kind of device that it began on. All else works anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from conftest import Forks

from ganzoo.runs.folder import Run
from ganzoo.runs.tensors import read_tensors, write_tensors

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="has a GPU")


@pytest.fixture
def of_a_gpu(trained: Path) -> Path:
    """A run as a GPU leaves it: its settings, and 16 bytes of each of its random states."""
    record = trained / "run.json"
    known = json.loads(record.read_text())
    known["settings"]["trainer.device"] = "cuda"
    record.write_text(json.dumps(known))
    for step in Run(trained).checkpoint_steps():
        path = Run(trained).checkpoint(step)
        tensors, plain = read_tensors(path)
        state = torch.zeros(16, dtype=torch.uint8)
        tensors |= {k: state for k in tensors if k.startswith("draw/")} | {"random/cuda": state}
        write_tensors(path, tensors, plain)
    return trained


@pytest.mark.parametrize("more", [(), ("--device", "cpu"), ("--device", "cuda")], ids=str)
def test_it_says_what_works_here(of_a_gpu: Path, more: tuple[str, ...], forked: Forks) -> None:
    refused = forked("train", "--resume", of_a_gpu, "--steps", "44", *more)
    told = refused.refused(2, f"cannot resume {of_a_gpu} here: it began on cuda").err
    assert f"ganzoo train --config {of_a_gpu}/run.json --device auto" in told
    forked("sample", of_a_gpu, "-n", "2").ok()
    forked("evaluate", of_a_gpu, "-n", "1000", "--json").ok()
    forked("report", of_a_gpu).ok()
    new = ("--config", of_a_gpu / "run.json", "--device", "auto", "--steps", "2", "--out", "new")
    forked("train", *new).ok()
    assert Run(Path("new")).record.settings["trainer.device"] == "cpu"


def test_a_record_that_was_edited(of_a_gpu: Path, forked: Forks) -> None:
    record = of_a_gpu / "run.json"
    record.write_text(record.read_text().replace('"cuda"', '"cpu"'))
    refused = forked("train", "--resume", of_a_gpu, "--steps", "44")
    refused.refused(1, "the checkpoint was written on cuda, and this is cpu")
