"""A model with several views, on small pictures: it fills outlines with a shade."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

import ganzoo

SHADES = (0.3, 0.6, 1.0)
NAMES = ("dark", "grey", "light")
SIDE = 8


@dataclass(frozen=True)
class Outlines:
    """Squares of one pixel's width, and the same squares filled with one of three shades."""

    size: int = 48
    held_out: int = 6

    def fields(self) -> dict[str, ganzoo.Field]:
        picture = ganzoo.Field((1, SIDE, SIDE), range=(-1.0, 1.0))
        colour = ganzoo.Field((3, SIDE, SIDE), range=(-1.0, 1.0))
        label = ganzoo.Field((), "int64", classes=len(SHADES), names=NAMES)
        return {"filled": colour, "outline": picture, "label": label}

    def load(self) -> ganzoo.Data:
        n = self.size + self.held_out
        outline, filled = (
            np.zeros((n, 1, SIDE, SIDE), np.uint8),
            np.zeros((n, 3, SIDE, SIDE), np.uint8),
        )
        label = np.arange(n) % len(SHADES)
        for i in range(n):
            end = 3 + i % (SIDE - 4)
            outline[i, 0, 1 : end + 1, [1, end]] = outline[i, 0, [1, end], 1 : end + 1] = 255
            filled[i, :, 1 : end + 1, 1 : end + 1] = round(255 * SHADES[label[i]])
        arrays = {"filled": filled, "outline": outline, "label": label}
        return ganzoo.Data(
            self.fields(),
            {k: v[self.held_out :] for k, v in arrays.items()},
            held_out={k: arrays[k][: self.held_out] for k in ("filled", "outline")},
        )


@dataclass(frozen=True)
class Filler:
    def build(self, data: Mapping[str, ganzoo.Field], loss: None) -> ganzoo.Game:
        return FillGame(data["label"])


class FillGame(ganzoo.Game):
    """One network, which gets the outline, the shade and noise."""

    def __init__(self, label: ganzoo.Field) -> None:
        super().__init__()
        self.label = label
        self.fill = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 1))

    def moves(self) -> Sequence[ganzoo.Move]:
        return (ganzoo.Move("fill", ("fill",), self.loss),)

    def filled(self, outline: Tensor, label: Tensor, draw: ganzoo.Draw) -> Tensor:
        shade = torch.tensor(SHADES, device=label.device)[label]
        maps = [shade[:, None, None, None], draw.normal(len(outline), 1, 1, 1)]
        wide = [m.expand(-1, -1, SIDE, SIDE) for m in maps]
        return self.fill(torch.cat((outline, *wide), 1)).tanh()

    def loss(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> tuple[Tensor, ganzoo.Scalars]:
        made = self.filled(batch["outline"], batch["label"], draw)
        return (made - batch["filled"]).abs().mean(), {}

    def views(self) -> Sequence[ganzoo.View]:
        uses, needs, code = ("fill",), ("outline",), ganzoo.Field((), range=(-1.0, 1.0))
        return (
            ganzoo.View("filled", self.plain, uses, needs),
            ganzoo.View("shades", self.shaded, uses, needs, label=self.label),
            ganzoo.View("noise", self.noisy, uses, label=code),
        )

    def plain(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        return self.filled(given["outline"], torch.ones(n, dtype=torch.int64), draw)

    def shaded(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        return self.filled(given["outline"], given["label"], draw)

    def noisy(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        outline = draw.normal(n, 1, 1, 1).expand(-1, -1, SIDE, SIDE)
        return self.filled(
            outline * given["label"][:, None, None, None], torch.ones(n).long(), draw
        )


@ganzoo.hookimpl
def ganzoo_models() -> Iterator[ganzoo.Model]:
    yield ganzoo.Model(
        name="filler", summary="Fills outlines.", factory="views_plugin:Filler", loss=None,
        output=None, dataset="outlines", needs=("outline", "label"),
    )  # fmt: skip


@ganzoo.hookimpl
def ganzoo_datasets() -> Iterator[ganzoo.Dataset]:
    yield ganzoo.Dataset(
        name="outlines", summary="Squares.", factory="views_plugin:Outlines",
    )  # fmt: skip
