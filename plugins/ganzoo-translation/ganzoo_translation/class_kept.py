r"""Whether a translated picture still shows what its input shows.

Without pairs, a model may turn all threes into eights and back, and satisfy every term of its
objective. So a small classifier learns to read the pictures of the domain into which the model
translates, and then reads the translations. With the class :math:`y_i` of an input and what the
classifier reads in its translation, :math:`r_i`,

.. math:: share = \frac{1}{n} \sum_i [r_i = y_i] \qquad
    renamed = \frac{1}{n} \sum_k \max_j \left| \{ i : y_i = k, \, r_i = j \} \right|

*Renamed* counts the most frequent reading of each class as right. If it is much higher than the
share, the model keeps classes apart but turns some into others.

>>> y, r = tensor([0, 0, 1, 1]), tensor([1, 1, 1, 0])
>>> agreement(y, r, classes=2)
{'share': 0.25, 'renamed': 0.75}

The classifier learns for a few seconds, from the training pictures of its domain that have labels.
It makes mistakes, so real pictures do not reach 1, either. The class of an input is that of the
nearest picture with a label, which is the input itself if it is one of the data's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import torch
from annotated_types import Ge
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import ganzoo


@dataclass(frozen=True)
class ClassKept:
    """Share of translations in which a classifier reads the class of their input."""

    steps: Annotated[int, Ge(1)] = 600
    """Number of steps, of 64 pictures each, for which the classifier learns."""

    def against(
        self, data: ganzoo.Data
    ) -> Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W) with their inputs.

        Raises:
            DoesNotFit: The data are not pictures of two kinds in memory, each with a class.
        """
        made = next(iter(data.fields))
        label = label_of(data, made)
        others = [k for k, f in data.fields.items() if f.is_image and k != made]
        if not data.first.is_image or label is None or not others or data.arrays is None:
            raise ganzoo.DoesNotFit(
                "it needs pictures with classes, in memory, and other pictures to translate them "
                f"from, and this data has {', '.join(data.fields)}"
            )
        classes = data.fields[label].classes
        assert classes is not None
        reader = trained(
            in_range(data.arrays[made]), torch.from_numpy(data.arrays[label]).long(), classes,
            self.steps,
        )  # fmt: skip

        def scores(samples: Tensor, given: Mapping[str, Tensor]) -> Mapping[str, float]:
            with torch.no_grad():
                read = reader(samples).argmax(1)
            return agreement(classes_of(given["input"], data), read, classes)

        return scores


def label_of(data: ganzoo.Data, name: str) -> str | None:
    """The field with the classes of a field's pictures, which is of the same domain."""
    domain = data.fields[name].domain
    return next(
        (
            k for k, f in data.fields.items()
            if f.classes is not None and f.shape == () and f.domain == domain
        ),
        None,
    )  # fmt: skip


def classes_of(inputs: Tensor, data: ganzoo.Data) -> Tensor:
    """The class of the nearest picture of the data, held out or not, of each input: (N,).

    Raises:
        DoesNotFit: No pictures of this shape have classes.
    """
    best, found = torch.full((len(inputs),), torch.inf), torch.zeros(len(inputs)).long()
    for name, field in data.fields.items():
        label = label_of(data, name)
        if label is None or not field.is_image or field.shape != tuple(inputs.shape[1:]):
            continue
        for arrays in (data.held_out, data.arrays or {}):
            if name not in arrays or label not in arrays:
                continue
            labels = torch.from_numpy(arrays[label]).long()
            for start in range(0, len(labels), 4_096):
                known = in_range(arrays[name][start : start + 4_096]).flatten(1)
                distance, index = torch.cdist(inputs.float().flatten(1), known).min(1)
                nearer = distance < best
                best = torch.where(nearer, distance, best)
                found = torch.where(nearer, labels[start + index], found)
    if not bool(best.isfinite().all()):
        raise ganzoo.DoesNotFit("it needs the classes of the inputs, and this data has none")
    return found


def in_range(stored: NDArray[Any]) -> Tensor:
    """Pictures between -1 and 1, from bytes or as they are."""
    values = torch.from_numpy(stored)
    return values / 127.5 - 1 if values.dtype == torch.uint8 else values.float()


def trained(pictures: Tensor, labels: Tensor, classes: int, steps: int) -> nn.Module:
    """A classifier, (N, C, H, W) -> logits (N, classes), that has learnt these pictures.

    It learns from copies that are moved by up to two pixels, and is always the same.
    """
    draw, side = ganzoo.Draw(0), [side // 4 for side in pictures.shape[2:]]
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        network = nn.Sequential(
            nn.Conv2d(pictures.shape[1], 16, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 4, stride=2, padding=1),  # (N, 32, H / 4, W / 4)
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * side[0] * side[1], 64),
            nn.ReLU(),
            nn.Linear(64, classes),
        )
        adam = torch.optim.Adam(network.parameters(), 2e-3)
        for _ in range(steps):
            rows = draw.integers(len(pictures), 64)
            down, right = (draw.integers(5, 2) - 2).tolist()
            moved = pictures[rows].roll((down, right), (2, 3))
            loss = cross_entropy(network(moved), labels[rows])
            adam.zero_grad()
            torch.autograd.backward(loss)
            adam.step()
    return network.requires_grad_(False).eval()


def agreement(right: Tensor, read: Tensor, classes: int) -> dict[str, float]:
    """Both scores, from the classes of inputs (N,) and what is read in their translations (N,)."""
    counts = torch.bincount(right * classes + read, minlength=classes**2).reshape(classes, classes)
    return {
        "share": float((right == read).double().mean()),
        "renamed": float(counts.amax(1).sum()) / len(read),
    }
