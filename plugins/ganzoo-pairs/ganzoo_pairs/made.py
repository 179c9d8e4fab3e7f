"""What the datasets of this plugin share.

Most of them are made of the pictures of another dataset, and all of them hold a part out. They use
the same names. A translator turns "a" into "b". If "a" and "b" are two domains, training sees no
pairs, and the held-out part has the partner of each picture in the same order.
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
Pictures = NDArray[np.uint8]
"""(N, C, H, W) as bytes."""
RANGE = (-1.0, 1.0)


@dataclass(frozen=True)
class Made:
    """Pictures that are made of those of another dataset."""

    of: str = "mnist-5k"
    """The dataset with the pictures. Any dataset of grey pictures works, such as mnist."""
    held_out: Annotated[int, Ge(1)] = 500
    """Number of pictures that training never sees. If the other dataset holds some out itself, they
    are the first of those."""
    seed: Annotated[int, Ge(0)] = 0
    """Seed of everything random in the data, independent of the seed of a run."""

    def made_of(self, *, grey: bool = True) -> dict[str, ganzoo.Field]:
        """The pictures of the other dataset as "image", and its "label" if it has classes.

        Raises:
            UsageError: The dataset has no pictures, or they are not grey and must be.
        """
        found = ganzoo.fields_of(self.of)
        image, label = found[_pictures(found)], found.get("label")
        if not image.is_image or (grey and image.shape[0] != 1):
            has = image.described if image.is_image else " and ".join(found)
            raise ganzoo.UsageError(
                f"dataset.of is {self.of}, which has {has}; expected a dataset of "
                f"{'grey ' if grey else ''}pictures, such as mnist"
            )
        made = {"image": replace(image, domain="", partners=False)}
        if label is not None and label.classes is not None and label.domain == image.domain:
            made["label"] = replace(label, domain="")
        return made

    def parts(self, *, grey: bool = True) -> tuple[Arrays, Arrays, str | None]:
        """The training pictures, the held-out ones, and what they depict.

        The seed determines a random order. If the other dataset holds pictures out itself, they are
        the held-out ones here, too.

        Raises:
            DataUnavailable: The pictures are not available.
            UsageError: The dataset does not fit, or has too few pictures.
        """
        names = {name: name for name in self.made_of(grey=grey)}
        try:
            data = ganzoo.load_data(self.of)
        except ganzoo.DataUnavailable as error:
            raise ganzoo.DataUnavailable(
                f"dataset.of is {self.of}, which is not available.\n{error}"
            ) from error
        if data.arrays is None:
            raise ganzoo.UsageError(
                f"dataset.of is {self.of}, whose pictures are read one by one; expected a dataset "
                "in memory, such as mnist"
            )
        names["image"] = _pictures(data.fields)
        rows = {name: data.arrays[its] for name, its in names.items()}
        order = self.rng("parts").permutation(len(rows["image"]))
        if names["image"] in data.held_out:
            kept = {k: data.held_out[its][: self.held_out] for k, its in names.items()}
            return {k: v[order] for k, v in rows.items()}, kept, data.depicts
        if self.held_out > len(order) - 2:
            raise ganzoo.UsageError(
                f"dataset.held_out is {self.held_out:,}; {self.of} has {len(order):,} pictures, "
                "and at least two must remain for training"
            )
        parts = np.split(order, [self.held_out])
        kept, training = ({k: v[part] for k, v in rows.items()} for part in parts)
        return training, kept, data.depicts

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers for one purpose. Those of another do not shift them."""
        return np.random.default_rng([self.seed, *purpose.encode()])


def _pictures(fields: Mapping[str, ganzoo.Field]) -> str:
    """The field of the pictures: "image", or else the first."""
    return "image" if "image" in fields else next(iter(fields))


def picture(channels: int, height: int, width: int | None = None) -> ganzoo.Field:
    """The field of pictures that are stored as bytes."""
    return ganzoo.Field((channels, height, width or height), range=RANGE)


def domain(name: str, image: ganzoo.Field, label: ganzoo.Field | None) -> dict[str, ganzoo.Field]:
    """The fields of a domain: its pictures, and "label_NAME" if there are labels."""
    fields = {name: replace(image, domain=name, partners=True)}
    if label is not None:
        fields[f"label_{name}"] = replace(label, domain=name)
    return fields


def two_domains(
    image: Mapping[str, ganzoo.Field], label: ganzoo.Field | None
) -> dict[str, ganzoo.Field]:
    """The fields of two domains "a" and "b", whose held-out pictures are partners."""
    return {k: v for name in image for k, v in domain(name, image[name], label).items()}


def halves(n: int) -> tuple[slice, slice]:
    """The first half of n rows for "a" and the second for "b", so that no row is in both."""
    return slice(0, n // 2), slice(n // 2, n)


def colours(hue: NDArray[np.float64]) -> Pictures:
    """Bright colours of these hues in [0, 1), as bytes: (N, 3, 1, 1).

    Hue and channels are those of HSV, with saturation 0.8 and value 1.
    """
    corner = np.array([5.0, 3.0, 1.0])  # red, green, blue
    k = (corner + 6 * hue[:, None]) % 6
    ramp = 1 - 0.8 * np.clip(np.minimum(k, 4 - k), 0, 1)
    return np.round(255 * ramp).astype(np.uint8)[:, :, None, None]


def tinted(grey: Pictures, colour: Pictures) -> Pictures:
    """Grey pictures (N, 1, H, W) in these colours (N, 3, 1, 1) on black: (N, 3, H, W)."""
    made = np.empty((len(grey), 3, *grey.shape[2:]), np.uint8)
    for start in range(0, len(grey), 4_096):  # the products need two bytes each
        rows = slice(start, start + 4_096)
        made[rows] = (grey[rows].astype(np.uint16) * colour[rows] + 127) // 255
    return made
