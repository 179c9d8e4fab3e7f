from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor
from torch.nn.functional import cross_entropy

import ganzoo
from ganzoo.nn import Heads, dcgan_generator, dcgan_trunk, dcgan_widths, label_weights, normal_weights


@dataclass(frozen=True)
class InfoGAN:
    latent: Annotated[int, Ge(1)] = 62
    categories: Annotated[int, Ge(2)] = 10
    codes: Annotated[int, Ge(0)] = 2
    width: Annotated[int, Ge(1)] = 16
    hidden: Annotated[int, Ge(1)] = 256
    weight: Annotated[float, Ge(0)] = 1.0
    code_weight: Annotated[float, Ge(0)] = 0.1
    rate: float = 1.0
    spread: float = 1.0
    move: float = 0.0

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        picture = next(iter(data.values()))
        widths = dcgan_widths(picture.shape[1], self.width)
        inputs = self.latent + self.categories + self.codes
        generator = dcgan_generator(inputs, picture.shape, widths, hidden=self.hidden)
        trunk = dcgan_trunk(picture.shape, widths, self.hidden)
        heads = Heads(trunk, self.hidden, real=1, category=self.categories, mean=self.codes)
        game = InfoGame(generator, heads, loss, self)
        game.apply(normal_weights(0.02, zero_biases=False))
        return game


class InfoGame(ganzoo.TwoPlayer):
    def __init__(self, generator, heads, loss, config: InfoGAN) -> None:
        super().__init__(generator, heads, loss, config.latent)
        self.config = config

    def latents(self, n, draw):
        return self.config.spread * draw.normal(n, self.latent)

    def shown(self, samples, batch, draw):
        if not self.config.move:
            return samples
        s = self.config.move
        theta = torch.eye(2, 3, device=samples.device) + s * torch.tensor([[1, 2, 1], [2, 1, 1.]]) * (2 * draw.uniform(len(samples), 2, 3) - 1)
        import torch.nn.functional as F
        grid = F.affine_grid(theta, list(samples.shape), align_corners=False)
        return F.grid_sample(samples + 1, grid, align_corners=False) - 1

    def moves(self) -> Sequence[ganzoo.Move]:
        d, g = super().moves()
        return d, replace(g, rate=self.config.rate)

    def given(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> ganzoo.Batch:
        n = len(ganzoo.first(batch))
        return self.codes_for(n, draw, draw.integers(self.config.categories, n))

    def codes_for(self, n, draw, category):
        return {"category": category, "code": 2 * draw.uniform(n, self.config.codes) - 1}

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        z = self.latents(n, draw)
        c = label_weights(given["category"], self.config.categories)
        samples: Tensor = self.generator(torch.cat((z, c, given["code"]), 1))
        return samples

    def views(self) -> Sequence[ganzoo.View]:
        category = ganzoo.Field((), "int64", classes=self.config.categories)
        views = [ganzoo.View("samples", self.of_category, label=category, mixes_labels=True)]
        for i in range(self.config.codes):
            def show(n, draw, given, i=i):
                made = dict(self.codes_for(n, draw, draw.integers(self.config.categories, n)))
                made["code"] = made["code"].clone()
                made["code"][:, i] = given["label"]
                return self.sample(n, draw, made)
            views.append(ganzoo.View(f"code-{i + 1}", show, label=ganzoo.Field((), range=(-2.0, 2.0))))
        return views

    def of_category(self, n, draw, given):
        return self.sample(n, draw, self.codes_for(n, draw, given["label"]))

    def score(self, outputs: Tensor) -> Tensor:
        return self.discriminator.named(outputs)["real"]

    def information(self, seen):
        q = self.discriminator.named(seen.on_fake)
        category = math.log(self.config.categories) - cross_entropy(q["category"], seen.given["category"])
        code = (q["mean"] - seen.given["code"]).square().mean()
        return category, code

    def discriminator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        category, code = self.information(seen)
        return {"information": (-self.config.weight, category), "code_error": (self.config.code_weight, code)}

    def generator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        category, code = self.information(seen)
        return {"information_for_generator": (-self.config.weight, category), "code_error_for_generator": (self.config.code_weight, code)}
