"""Training on a GPU: ganzoo next to loops by hand, with and without a CUDA graph.

Each row trains the same networks at batch 128 on data in memory, in one process. ganzoo logs,
samples and writes checkpoints as it always does. It reads the full MNIST if the data folder has it,
and else the digits that come with ganzoo. The pictures of 64 pixels are noise, because only their
size matters here.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from rich.table import Table
from torch import Tensor, nn
from torch.nn.functional import softplus

import ganzoo
from benchmarks import tutorial
from ganzoo.engine.capture import cuda_graph
from ganzoo.registry.records import Field

BATCH = 128
WARM_UP = 20
"""Steps of each loop that are not counted. ganzoo captures within them."""
EPOCH = 60_000 // BATCH
"""Steps of an epoch of MNIST."""


@dataclass(frozen=True)
class Noise:
    """Colour pictures of 64 pixels."""

    def fields(self) -> Mapping[str, Field]:
        return {"image": Field((3, 64, 64), range=(-1, 1))}

    def load(self) -> ganzoo.Data:
        pictures = np.random.default_rng(0).integers(0, 256, (2_000, 3, 64, 64), np.uint8)
        return ganzoo.Data(self.fields(), {"image": pictures})


class Plugin:
    """Provides the noise."""

    @ganzoo.hookimpl
    def ganzoo_datasets(self) -> Iterator[ganzoo.Dataset]:
        yield ganzoo.Dataset(
            name="noise-64",
            summary="Colour pictures of 64 pixels.",
            factory=f"{__name__}:Noise",
        )


def gpu(blocks: int, steps: int, device: str) -> Table:
    """The table; ``blocks`` blocks of ``steps`` steps of each loop."""
    ganzoo.register(Plugin())
    there = (ganzoo.data_folder() / "MNIST/raw/train-images-idx3-ubyte").exists()
    digits = "mnist" if there else "mnist-5k"
    name = torch.cuda.get_device_name() if device == "cuda" else device
    table = Table(title=f"{name}: {blocks} blocks of {steps:,} steps at batch {BATCH}, medians")
    for column in ("networks", "loop", "ms a step", f"s for {EPOCH} steps"):
        table.add_column(column)
    for model, dataset, title in (
        ("vanilla-mlp", digits, f"vanilla-mlp, {digits}"),
        ("dcgan", digits, f"dcgan, {digits}"),
        ("dcgan", "noise-64", "dcgan, 64 pixels, colour"),
    ):
        for loop, make in _loops(model, dataset, device).items():
            with tempfile.TemporaryDirectory() as folder:
                for row in _measured(make(Path(folder) / "run"), blocks, steps):
                    table.add_row(title, loop, *row)
    return table


def _loops(model: str, dataset: str, device: str) -> dict[str, Callable[[Path], Iterator[object]]]:
    """The loops by name. Each takes a folder that it may write to."""

    def zoo(out: Path, graph: str = "auto", **settings: Any) -> ganzoo.Training:
        own = {"steps": 100_000, "batch_size": BATCH, "device": device, "cuda_graph": graph}
        return ganzoo.train(
            model, dataset=dataset, settings={**own, **settings}, out=out,
            progress=False, report=False,
        )  # fmt: skip

    loops: dict[str, Callable[[Path], Iterator[object]]] = {}
    if device == "cuda":
        loops["ganzoo"] = lambda out: iter(zoo(out))
        loops["ganzoo, bfloat16"] = lambda out: iter(zoo(out, precision="bfloat16"))
        loops["by hand, captured"] = lambda out: by_hand(zoo(out), captured=True)
    loops["ganzoo, eager"] = lambda out: iter(zoo(out, "off"))
    loops["by hand"] = lambda out: by_hand(zoo(out))
    if model == "vanilla-mlp":
        loops["tutorial"] = lambda out: tutorial.steps(_Digits(zoo(out).data), device)
    return loops


def by_hand(training: ganzoo.Training, captured: bool = False) -> Iterator[None]:
    """The networks of a run in a plain loop with every optimisation and nothing else."""
    game: Any = training.trainer.game
    device = training.trainer.device
    assert training.data.arrays is not None
    pictures = torch.as_tensor(next(iter(training.data.arrays.values()))).to(device)
    d_weights, g_weights = (list(m.parameters()) for m in (game.discriminator, game.generator))
    betas, rate = training.trainer.config.betas, training.trainer.config.lr
    graphs = {"capturable": True} if captured else {}
    d_adam, g_adam = (
        torch.optim.Adam(weights, rate, betas, fused=True, **graphs)
        for weights in (d_weights, g_weights)
    )
    totals = torch.zeros(2, device=device)
    real = torch.zeros(BATCH, *pictures.shape[1:], device=device)

    def step() -> None:
        with torch.no_grad():
            fake = game.generator(torch.randn(BATCH, game.latent, device=device))
        on_real, on_fake = _both(game.discriminator, real, fake, game.joint)
        d_loss = softplus(-on_real).mean() + softplus(on_fake).mean()
        d_loss.backward(inputs=d_weights)
        d_adam.step()
        d_adam.zero_grad()
        fake = game.generator(torch.randn(BATCH, game.latent, device=device))
        g_loss = softplus(-game.discriminator(fake)).mean()
        g_loss.backward(inputs=g_weights)
        g_adam.step()
        g_adam.zero_grad()
        totals.add_(torch.stack((d_loss.detach(), g_loss.detach())))

    if captured:
        with torch.cuda.stream(torch.cuda.Stream()):
            for _ in range(3):
                step()
            step = cuda_graph(step, ())
    while True:
        order = torch.randperm(len(pictures)).to(device)
        for batch in order.split(BATCH)[: len(pictures) // BATCH]:
            real.copy_(pictures.index_select(0, batch)).div_(127.5).sub_(1)
            step()
            yield


def _both(critic: nn.Module, real: Tensor, fake: Tensor, joint: bool) -> tuple[Tensor, Tensor]:
    if joint:
        on_real, on_fake = critic(torch.cat((real, fake))).chunk(2)
        return on_real, on_fake
    return critic(real), critic(fake)


class _Digits:
    """Digits as pictures of Pillow with their labels, as torchvision's MNIST gives them."""

    def __init__(self, data: ganzoo.Data) -> None:
        assert data.arrays is not None
        self._pictures = data.arrays["image"]
        self._labels = data.arrays["label"]

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture = Image.fromarray(self._pictures[index][0])
        return tutorial.TRANSFORM(picture), int(self._labels[index])


def _measured(loop: Iterator[object], blocks: int, steps: int) -> Iterator[tuple[str, str]]:
    """Milliseconds a step, and seconds of an epoch if there is time for one."""
    _seconds(loop, min(WARM_UP, steps))
    times = [_seconds(loop, steps) for _ in range(blocks)]
    each = statistics.median(times) / steps
    epoch = f"{_seconds(loop, EPOCH):.3f}" if each * EPOCH < 10 and steps >= WARM_UP else ""
    del loop  # ganzoo's closes its run before the folder goes
    yield f"{1000 * each:.3f} ({1000 * min(times) / steps:.3f})", epoch


def _seconds(loop: Iterator[object], steps: int) -> float:
    _wait()
    start = time.perf_counter()
    for _ in islice(loop, steps):
        pass
    _wait()
    return time.perf_counter() - start


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
