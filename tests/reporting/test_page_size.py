"""How large a run's page is."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import ganzoo as zoo
from ganzoo.engine.events import Frame
from ganzoo.engine.frames import frame_steps
from ganzoo.pictures.samples import Samples
from ganzoo.reporting import players, report
from ganzoo.runs.folder import Run
from ganzoo.runs.frames import Frames
from ganzoo.runs.look import Look


def test_a_page_of_a_hundred_epochs_is_below_five_megabytes(pictures: Path) -> None:
    """295 frames of 25 noisy digits, 936 rows of metrics."""
    run, rng = Run(pictures), np.random.default_rng(0)
    real = run.real()
    assert real is not None
    assert len(real.samples) == 64
    record = json.loads((pictures / "run.json").read_text())
    (pictures / "run.json").write_text(json.dumps({**record, "total": 46_800}))
    frames, digits = Frames(run, real.samples.field), real.samples.tensor[:25]
    for step in frame_steps(46_800):
        noise = torch.from_numpy(rng.normal(0, 0.25, digits.shape)).float()
        frames.add(step, Frame((digits + noise * (digits > -0.9)).clamp(-1, 1)))
    frames.write()
    for table, every in ((run.metrics, 50), (run.health, 500)):
        last = table.rows()[-1]
        table.path.unlink()
        columns = [name for name in last if name != "step"]
        lines = [f"{s},{','.join(f'{v:.6f}' for v in rng.normal(size=len(columns)))}"
                 for s in range(every, 46_801, every)]  # fmt: skip
        table.path.write_text("\n".join([",".join(["step", *columns]), *lines]) + "\n")
    path = report(run, Path("page.html"))
    assert 1_700_000 < path.stat().st_size < 5_000_000
    labels = json.loads(re.search(r'{"labels": (\[.*?\])', path.read_text())[1])  # type: ignore[index]
    assert len(labels) == 60
    assert (labels[0], labels[-1]) == ("step 0", "step 46,800")


def test_a_run_with_large_pictures_shows_fewer(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(players, "LARGEST", 200_000)
    run, rng = Run(pictures), np.random.default_rng(0)
    field = zoo.Field((3, 40, 40), range=(-1.0, 1.0))
    record = json.loads((pictures / "run.json").read_text())
    record["fields"]["image"]["shape"] = [3, 40, 40]
    (pictures / "run.json").write_text(json.dumps(record))
    shutil.rmtree(pictures / "samples")
    shutil.rmtree(pictures / "frames")
    for step in range(4):
        pixels = torch.from_numpy(rng.uniform(-1, 1, (64, 3, 40, 40))).float()
        run.write_look(step, Look(Samples(pixels, field)))
    path = report(run, Path("page.html"))
    labels = json.loads(re.search(r'{"labels": (\[.*?\])', path.read_text())[1])  # type: ignore[index]
    assert 2 <= len(labels) < 4
    assert (labels[0], labels[-1]) == ("step 0", "step 3")
