from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor
from torch.nn.functional import cross_entropy

import ganzoo
from ganzoo.nn import Heads, dcgan_discriminator, dcgan_generator, dcgan_trunk, dcgan_widths, label_weights, normal_weights


@dataclass(frozen=True)
class ClusterGAN:
    latent: Annotated[int, Ge(1)] = 30
    clusters: Annotated[int, Ge(2)] = 10
    spread: float = 0.1
    width: Annotated[int, Ge(1)] = 16
    hidden: Annotated[int, Ge(1)] = 256
    latent_weight: float = 10.0
    cluster_weight: float = 10.0
    rate: float = 1.0
    norm: bool = True

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        from torch import nn
        shape = next(iter(data.values())).shape
        widths = dcgan_widths(shape[1], self.width)
        generator = dcgan_generator(self.latent + self.clusters, shape, widths, hidden=self.hidden)
        norm = nn.BatchNorm2d if self.norm else None
        discriminator = dcgan_discriminator(shape, widths, hidden=self.hidden, norm=norm)
        encoder = Heads(dcgan_trunk(shape, widths, self.hidden, norm=norm), self.hidden, latent=self.latent, cluster=self.clusters)
        game = ClusterGame(generator, discriminator, encoder, loss, self)
        game.apply(normal_weights(0.02, zero_biases=False))
        return game


class ClusterGame(ganzoo.TwoPlayer):
    def __init__(self, generator, discriminator, encoder, loss, config: ClusterGAN) -> None:
        super().__init__(generator, discriminator, loss, config.latent, joint=not config.norm)
        self.encoder = encoder
        self.config = config

    def moves(self) -> Sequence[ganzoo.Move]:
        d, g = super().moves()
        return d, replace(g, trains=("generator", "encoder"), rate=self.config.rate)

    def latents(self, n: int, draw: ganzoo.Draw) -> Tensor:
        return self.config.spread * draw.normal(n, self.latent)

    def given(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> ganzoo.Batch:
        n = len(ganzoo.first(batch))
        return {"latent": self.latents(n, draw), "cluster": draw.integers(self.config.clusters, n)}

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        weights = label_weights(given["cluster"], self.config.clusters)
        samples: Tensor = self.generator(torch.cat((given["latent"], weights), 1))
        return samples

    def generator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        code = self.encoder.named(self.encoder(seen.fake))
        return {
            "latent_error": (self.config.latent_weight, (code["latent"] - seen.given["latent"]).square().mean()),
            "cluster_error": (self.config.cluster_weight, cross_entropy(code["cluster"], seen.given["cluster"])),
        }

    def views(self) -> Sequence[ganzoo.View]:
        cluster = ganzoo.Field((), "int64", classes=self.config.clusters)
        return (
            ganzoo.View("samples", self.of_cluster, label=cluster, mixes_labels=True),
            ganzoo.View("classes", self.named, ("encoder",), ("image",), makes="label"),
        )

    def of_cluster(self, n, draw, given):
        return self.sample(n, draw, {"latent": self.latents(n, draw), "cluster": given["label"]})

    def named(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        return self.encoder.named(self.encoder(given["image"]))["cluster"].argmax(1)
