"""Train the classifier that judges digits, and describe the real ones in its features.

``python -m benchmarks.digit_features`` writes the two files in ganzoo/builtin/digits/: the weights,
and the reference, which is the 10,000 test digits as that network sees them. Evaluating a GAN then
needs neither the full MNIST nor a network. It takes some twenty minutes on one core, and the full
MNIST, test digits too, which is downloaded where the data folder has none.

Nothing is chosen by the test digits: they are looked at once, when the training has ended.

One thread, so that sums are added in the same order each time: the same machine writes the same
weights again. Another processor may round otherwise, and get weights that are as good.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.transforms.functional import gaussian_blur

from ganzoo.builtin.digits.digits import REFERENCE, Digits
from ganzoo.builtin.digits.frechet import moments
from ganzoo.builtin.digits.network import CLASSES, WEIGHTS, Network, pretrained, seen
from ganzoo.builtin.mnist import MNIST

SEED = 0
EPOCHS = 14
BATCH = 128
PEAK = 3e-3  # learning rate
LEVELS = 8  # in which digits get worse


@dataclass(frozen=True)
class TestDigits(MNIST):
    """The 10,000 that nothing was trained on."""

    images = "t10k-images-idx3-ubyte"
    labels = "t10k-labels-idx1-ubyte"
    wanted = f"{images} and {labels} (or both as .gz)"
    instead = ""


def digits(dataset: MNIST) -> tuple[Tensor, Tensor]:
    """All images, in [-1, 1], and their labels."""
    arrays = dataset.load().arrays
    assert arrays is not None
    images = torch.from_numpy(arrays["image"].copy())
    return images.float().div(127.5).sub(1), torch.from_numpy(arrays["label"].copy())


def varied(images: Tensor) -> Tensor:
    """Each image turned by up to 10°, scaled by up to 10 % and shifted by up to 2 pixels.

    As a hand might have written it, and still the same digit.
    """
    n = len(images)
    angle = torch.empty(n).uniform_(-math.radians(10), math.radians(10))
    scale = torch.empty(n).uniform_(0.9, 1.1)
    shift = torch.empty(n, 2).uniform_(-2, 2) / 14  # half the side is 1
    cos, sin = angle.cos() * scale, angle.sin() * scale
    matrix = torch.stack([cos, -sin, shift[:, 0], sin, cos, shift[:, 1]], 1).view(n, 2, 3)
    grid = F.affine_grid(matrix, list(images.shape), align_corners=False)
    # Outside of an image is 0: black, once black is 0.
    return F.grid_sample(images + 1, grid, align_corners=False) - 1


def trained(images: Tensor, labels: Tensor, epochs: int) -> Network:
    """A network trained on these."""
    torch.manual_seed(SEED)
    network = Network().to(memory_format=torch.channels_last)  # twice as fast on a processor
    batches = len(images) // BATCH
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=epochs * batches)
    # No label smoothing: confidence is a score here, and smoothing draws each class to one point.
    loss_of = nn.CrossEntropyLoss()
    start = time.monotonic()
    for epoch in range(epochs):
        total = 0.0
        for chosen in torch.randperm(len(images))[: batches * BATCH].view(batches, BATCH):
            batch = varied(images[chosen]).contiguous(memory_format=torch.channels_last)
            loss = loss_of(network(batch), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        seconds = time.monotonic() - start
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, {seconds:.0f} s", flush=True)
    return network.eval().to(memory_format=torch.contiguous_format)


def write_reference(network: Network, path: Path) -> None:
    """The test digits' features, the moments of these, and how frequent each class is.

    The moments are of the features before they are rounded to 16 bits.
    """
    images, labels = digits(TestDigits())
    features, _ = seen(network, images)
    mean, covariance = moments(features)
    content = {
        "features": features.half(),
        "mean": mean,
        "covariance": covariance,
        "frequencies": labels.bincount(minlength=CLASSES).double() / len(labels),
    }
    write(content, path, "MNIST's 10,000 test digits in the features of the shipped weights")


def write(tensors: dict[str, Tensor], path: Path, about: str) -> None:
    """One entry in the header, as safetensors puts several into another order each time."""
    path.write_bytes(save(tensors, {"about": about}))


def accuracy(network: Network) -> float:
    """Share of the test digits that it recognises."""
    images, labels = digits(TestDigits())
    return (seen(network, images)[1].argmax(1) == labels).double().mean().item()


def train(epochs: int, folder: Path) -> None:
    """Train, and write both files."""
    torch.set_num_threads(1)
    network = trained(*digits(MNIST()), epochs)
    share = accuracy(network)
    print(f"{share:.2%} of the test digits recognised")
    about = {"test_accuracy": share, "seed": SEED, "epochs": epochs}
    write(network.state_dict(), folder / WEIGHTS.name, json.dumps(about))
    write_reference(pretrained(folder / WEIGHTS.name), folder / REFERENCE.name)


def blurred(images: Tensor, level: int) -> Tensor:
    """By a Gaussian of half a pixel, then a quarter more for each level."""
    return gaussian_blur(images, [13, 13], [(level + 1) / 4])


def noisy(images: Tensor, level: int) -> Tensor:
    """With Gaussian noise of 0.05 for each level, black to white being 2."""
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    return (images + 0.05 * level * noise).clamp(-1, 1)


def sensitivity() -> Table:
    """What each score makes of test digits that get worse in eight steps.

    As they are, they are the reference itself: the Fréchet distance is 0. Last come training
    digits, the best that a GAN can hope for, and what comes of looking at few.
    """
    judge = Digits().against(MNIST().load())
    images, labels = digits(TestDigits())
    table = Table("digits", "level")
    rows = [("as they are", 0, images)]
    rows += [("blurred", n, blurred(images, n)) for n in range(1, LEVELS + 1)]
    rows += [("noisy", n, noisy(images, n)) for n in range(1, LEVELS + 1)]
    rows += [("without 0 to n-1", n, images[labels >= n]) for n in range(1, LEVELS + 1)]
    others, _ = digits(MNIST())
    mixed = others[torch.randperm(len(others), generator=torch.Generator().manual_seed(0))]
    rows += [("training, first n", n, mixed[:n]) for n in (65, 250, 1_000, 2_500, 10_000)]
    for what, level, pictures in rows:
        scores = judge(pictures)
        if not table.rows:
            for name in scores:
                table.add_column(name, justify="right")
        table.add_row(what, f"{level:,}", *(f"{value:.4f}" for value in scores.values()))
    return table


class Part(StrEnum):
    """What can be done."""

    train = "train"
    sensitivity = "sensitivity"


def main(
    part: Annotated[Part, typer.Argument()] = Part.train,
    epochs: int = EPOCHS,
    out: Path = WEIGHTS.parent,
) -> None:
    """Train the classifier and write both files, or see what its scores make of worse digits."""
    if part is Part.train:
        train(epochs, out)
    else:
        Console(width=110).print(sensitivity())


if __name__ == "__main__":
    typer.run(main)
