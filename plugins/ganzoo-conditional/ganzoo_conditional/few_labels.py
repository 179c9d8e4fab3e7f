"""Datasets with labels of which a part is kept for testing.

`HeldOut` keeps the last samples of each class apart, so that a model that names classes is scored
on pictures that it has never seen. `FewLabels` also forgets most labels. It has all training
pictures without labels, and a few of them with labels again, as a domain of their own:

- "image" are all training pictures, whose labels are unknown.
- "labelled" and "label" are the few pictures with labels, and have their own order.

Both are balanced. Each class has equally many labelled samples, and equally many held-out samples,
up to one. The seed chooses them, so every run of the same dataset sees the same few labels.

Source of the setting: Salimans et al., "Improved Techniques for Training GANs", 2016, section 6.1,
https://arxiv.org/abs/1606.03498
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

import ganzoo

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class HeldOut:
    """Pictures with labels, of which a balanced part is held out."""

    of: str = "mnist-5k"
    """The dataset with the pictures. Any dataset with "image" and "label" works."""
    held_out: Annotated[int, Ge(1)] = 500
    """Number of pictures that training never sees."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of the choice, independent of the seed of a run."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """The pictures "image" and their "label".

        Raises:
            UsageError: The dataset has no pictures with classes.
        """
        found = ganzoo.fields_of(self.of)
        if "image" not in found or "label" not in found or found["label"].classes is None:
            raise ganzoo.UsageError(
                f"dataset.of is {self.of}, which has {' and '.join(found)}; expected a dataset of "
                "pictures with labels, such as mnist"
            )
        return {name: found[name] for name in ("image", "label")}

    def load(self) -> ganzoo.Data:
        """The training pictures, and the held-out ones.

        Raises:
            DataUnavailable: The pictures are not available.
            UsageError: The dataset has no pictures with classes, or too few of them.
        """
        kept, training, depicts = self._split()
        return ganzoo.Data(self.fields(), training, held_out=kept, depicts=depicts)

    def _split(self) -> tuple[Arrays, Arrays, str | None]:
        """The held-out arrays, those for training, and what they depict."""
        self.fields()
        data = ganzoo.load_data(self.of)
        if data.arrays is None:
            raise ganzoo.UsageError(
                f"dataset.of is {self.of}, whose pictures are read one by one; expected a dataset "
                "in memory, such as mnist"
            )
        arrays = {name: data.arrays[name] for name in ("image", "label")}
        kept, rest = self._chosen("held_out", self.held_out, arrays, 0)
        return kept, rest, data.depicts

    def _chosen(self, what: str, n: int, arrays: Arrays, purpose: int) -> tuple[Arrays, Arrays]:
        """``n`` rows with equally many of each class, and all other rows in their order.

        A random order of the rows is sorted by how often a row's class has come before.
        """
        label = arrays["label"]
        if n >= len(label):
            raise ganzoo.UsageError(
                f"dataset.{what} is {n:,}; {self.of} has {len(label):,} pictures to choose from"
            )
        order = np.random.default_rng((self.seed, purpose)).permutation(len(label))
        turn = np.empty(len(label), np.int64)
        for each in np.unique(label):
            of_class = order[label[order] == each]
            turn[of_class] = np.arange(len(of_class))
        chosen = order[np.argsort(turn[order], kind="stable")[:n]]
        is_chosen = np.zeros(len(label), bool)
        is_chosen[chosen] = True
        return tuple({k: v[rows] for k, v in arrays.items()} for rows in (chosen, ~is_chosen))  # type: ignore[return-value]


@dataclass(frozen=True)
class FewLabels(HeldOut):
    """Pictures of which only a few have labels."""

    labels: Annotated[int, Ge(1)] = 100
    """Number of pictures whose labels are known, the same for each class."""

    def fields(self) -> Mapping[str, ganzoo.Field]:
        """Pictures "image" without labels, and pictures "labelled" with their "label".

        Raises:
            UsageError: The dataset has no pictures with classes.
        """
        found = super().fields()
        return {
            "image": found["image"],
            "labelled": replace(found["image"], domain="labelled"),
            "label": replace(found["label"], domain="labelled"),
        }

    def load(self) -> ganzoo.Data:
        """All training pictures, the few with labels, and the held-out pictures and labels.

        Raises:
            DataUnavailable: The pictures are not available.
            UsageError: The dataset has no pictures with classes, or too few of them.
        """
        kept, training, depicts = self._split()
        few, _ = self._chosen("labels", self.labels, training, 1)
        return ganzoo.Data(
            self.fields(),
            {"image": training["image"], "labelled": few["image"], "label": few["label"]},
            held_out={"labelled": kept["image"], "label": kept["label"]},
            depicts=depicts,
        )
