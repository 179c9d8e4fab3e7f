"""Parts that do not fit together, and values that are not numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import TINY, Forks

OWN = ("--plugin", "own.py", "train")
OWN_PLUGIN = """
from dataclasses import dataclass
import ganzoo, numpy as np, torch

@ganzoo.hookimpl
def ganzoo_models():
    make = lambda name, **rest: ganzoo.Model(
        name=name, summary="Own.", factory="own:Own", dataset="ring", **rest)
    yield make("labelled", needs=("image", "label"))
    yield make("picky")
    yield make("energetic", output="energy")
    yield make("solitary", output=None)

@ganzoo.hookimpl
def ganzoo_datasets():
    make = lambda name: ganzoo.Dataset(
        name=name, summary="Own.", factory="own:" + name.capitalize())
    yield from map(make, ("gaps", "nothing", "torn"))

@ganzoo.hookimpl
def ganzoo_losses():
    yield ganzoo.Loss(name="bad", summary="Own.", factory="own:Bad")

@dataclass(frozen=True)
class Own:
    def build(self, data, loss):
        raise ganzoo.DoesNotFit("picky takes pictures of cats; this data has points")

@dataclass(frozen=True)
class Gaps:
    def fields(self):
        return {"point": ganzoo.Field((2,))}

    def load(self):
        x = np.zeros((200, 2), np.float32)
        x[77] = np.nan
        return ganzoo.Data(self.fields(), {"point": x})

class Nothing(Gaps):
    def load(self):
        return None

class Torn(Gaps):
    def fields(self):
        return {"point": ganzoo.Field((2,)), "label": ganzoo.Field(())}

    def load(self):
        return ganzoo.Data(self.fields(), {"point": np.zeros((9, 2)), "label": np.zeros(8)})

@dataclass(frozen=True)
class Bad:
    after: int = 12
    probability = True
    def discriminator(self, real, fake):
        steps.append(1)
        bad = torch.nan if len(steps) > self.after else 1.0
        return (real.mean() - fake.mean()) * bad
    def generator(self, fake):
        return fake.mean()
steps = []
"""

MISFITS: dict[str, tuple[tuple[str, ...], int, tuple[str, ...]]] = {
    "data without labels": (
        ("labelled",), 2, ("labelled needs data with image and label", "it has point"),
    ),
    "what the model refuses": (("picky",), 2, ("takes pictures of cats",)),
    "loss": (
        ("energetic", "--loss", "bce"), 2, ("bce does not fit energetic", "logits", "energy"),
    ),
    "no loss": (("solitary", "--loss", "bce"), 2, ("own objective", "no --loss")),
    "no penalty": (("solitary", "--penalty", "r1"), 2, ("own objective", "no penalty")),
    "data with holes": (("vanilla-mlp", "--dataset", "gaps"), 1, ("'point'", "not finite")),
    "no data": (("vanilla-mlp", "--dataset", "nothing"), 1, ("nothing", "expected ganzoo.Data")),
    "torn data": (("vanilla-mlp", "--dataset", "torn"), 1, ("point: 9", "label: 8")),
}  # fmt: skip


@pytest.mark.parametrize("case", MISFITS)
def test_parts_that_do_not_fit(forked: Forks, case: str) -> None:
    Path("own.py").write_text(OWN_PLUGIN)
    args, status, words = MISFITS[case]
    forked(*OWN, *args, "--out", "run").refused(status, *words)
    assert not Path("run").exists()


def test_a_loss_gone_to_nan(forked: Forks) -> None:
    Path("own.py").write_text(OWN_PLUGIN)
    failed = forked("--plugin", "own.py", *TINY, "--loss", "bad", "--out", "run")
    failed.refused(1, "discriminator_loss became nan by step 15", "smaller", "step 10")
    assert forked("runs", "--json", "run").json[0]["status"] == "failed"
    assert Path("run/metrics.csv").read_text().count("\n") == 3  # the header, steps 5 and 10
    forked("--plugin", "own.py", "sample", "run", "--out", "x.npz").ok()
    assert np.isfinite(np.load("x.npz")["points"]).all()


def test_weights_gone_to_nan_never_replace_good_ones(forked: Forks) -> None:
    Path("own.py").write_text(OWN_PLUGIN)
    args = ("--plugin", "own.py", *TINY, "--loss", "bad", "--out", "run", "--set", "log_every=999")
    forked(*args, "--set", "sample_every=3").refused(1, "not finite")
    assert forked("runs", "--json", "run").json[0]["status"] == "failed"
    forked("--plugin", "own.py", "sample", "run", "--out", "x.npz").ok()
    assert np.isfinite(np.load("x.npz")["points"]).all()


def test_a_learning_rate_that_breaks_everything(forked: Forks) -> None:
    refused = forked(*TINY, "--set", "lr=1e30", "--out", "run", "--steps", "100").refused(
        1, "--set"
    )
    assert "step 0" in refused.err
