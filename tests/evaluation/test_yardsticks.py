"""A score's yardsticks: real data, noise, and the best result in the zoo's docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, Forks

import ganzoo
from ganzoo.data.places import data_folder
from ganzoo.evaluation import yardsticks as of
from ganzoo.registry.registry import registry
from ganzoo.training.fingerprint import fingerprint_of
from ganzoo.training.measuring import ready
from ganzoo.training.plan import Request, plan

ROOT = Path(__file__).parents[2]


def test_evaluate_shows_real_data_and_noise_beside_the_scores(forked: Forks) -> None:
    forked(*TINY, "--steps", "20", "--out", "run").ok()
    told = forked("evaluate", "run").ok()
    assert re.search(r"score +step 20 +real data +noise +zoo's best +better", told.out)
    covered = next(line.split() for line in told.out.splitlines() if "modes.covered" in line)
    assert covered[2] == "8", "real data"
    assert covered[4] == "8", "the zoo's best"
    assert "'real data' is the score of real samples" in " ".join(told.err.split())
    assert "The zoo's best on ring: pacgan with packs of 2" in told.err
    (found,) = forked("evaluate", "run", "--json").ok().json
    held = found["yardsticks"]
    assert held["real"]["modes.good"] > 0.95 > held["noise"]["modes.good"]
    assert found["known"]["modes.covered"][0] == 8
    (kept,) = json.loads(Path("run/evaluations.json").read_text())
    assert kept["yardsticks"] == held


def test_they_are_computed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    field = ganzoo.Field((2,))
    points = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    modes = ganzoo.Modes(np.zeros((1, 2)), sigma=1.0)
    data = ganzoo.Data({"point": field}, {"point": points}, modes=modes)
    settled = plan(registry(), Request("vanilla-mlp", metrics=("modes",)))
    measure = ready(settled.metrics[0], settled.values, data)
    known = fingerprint_of(data)
    first = of.yardsticks(measure, data, 200, known)
    (file,) = data_folder().glob("yardsticks/*.json")
    file.write_text(file.read_text().replace("1.0", "7.0"))
    assert of.yardsticks(measure, data, 200, known) != first, "read back"
    of.yardsticks(measure, data, 150, known)
    points = points.copy()
    points[1] += 1  # not among the samples that are looked at
    other = ganzoo.Data({"point": field}, {"point": points}, modes=modes)
    of.yardsticks(measure, other, 200, fingerprint_of(other))
    assert len(list(data_folder().glob("yardsticks/*.json"))) == 3, "of other data, or as many"


def test_the_halves_share_no_sample() -> None:
    data = ganzoo.Data({"point": ganzoo.Field((1,))}, {"point": np.arange(7.0)[:, None]})
    halves = [of.half(data, which).some(9).flatten().tolist() for which in (0, 1)]
    assert halves == [[0, 2, 4, 6], [1, 3, 5]]

    class Numbers:
        def __len__(self) -> int:
            return 7

        def item(self, index: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
            return {"point": np.array([float(index)])}

    data = ganzoo.Data({"point": ganzoo.Field((1,))}, source=Numbers())
    assert [of.half(data, w).some(9).flatten().tolist() for w in (0, 1)] == halves

    fields = {each: ganzoo.Field((1,), domain=each) for each in ("point", "b")}
    data = ganzoo.Data(fields, {"point": np.arange(7.0)[:, None], "b": np.zeros((4, 1))})
    assert [of.half(data, w).some(9).flatten().tolist() for w in (0, 1)] == halves


def test_too_little_data_leaves_one_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    points = np.zeros((150, 2), np.float32)
    modes = ganzoo.Modes(np.zeros((1, 2)), sigma=1.0)
    data = ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": points}, modes=modes)
    settled = plan(registry(), Request("vanilla-mlp", metrics=("modes",)))
    measure = ready(settled.metrics[0], settled.values, data)
    assert list(of.yardsticks(measure, data, 200, fingerprint_of(data))) == ["noise"]


def test_the_best_that_are_known_stand_in_the_docs() -> None:
    metrics = [e.record for e in registry().entries(ganzoo.Metric)]
    known = [best for m in metrics for score in m.scores for best in score.known.values()]  # type: ignore[attr-defined]
    assert len(known) > 4
    for value, by in known:
        page = re.search(r"docs/[\w-]+\.md", by)
        assert page, by
        text = (ROOT / page[0]).read_text()
        forms = {f"{value:g}", f"{value:.1f}", f"{100 * value:.1f}", f"{value:.2f}"}
        assert forms & set(re.findall(r"[\d.]+", text)), (value, by)
