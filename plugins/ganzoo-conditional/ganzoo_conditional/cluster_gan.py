r"""ClusterGAN, which sorts pictures into clusters without labels.

**The idea.** The generator's latent has two parts. One is a cluster, a one-hot vector. The other is
a little noise:

.. math:: z = (z_n, z_c), \qquad z_n \sim N(0, \sigma^2 I), \quad \sigma = 0.1, \qquad
    z_c = e_k, \quad k \sim U\{1, ..., K\}

The clusters are far apart and the noise is small, so the latents form K separate clouds. An encoder
E inverts the generator. Generator and encoder move together:

.. math::
    \min_{G, E} \max_D \; \mathbb{E}_x q(D(x)) + \mathbb{E}_z q(1 - D(G(z)))
    + \beta_n \mathbb{E}_z \| z_n - E(G(z))_n \|^2 + \beta_c \mathbb{E}_z H(z_c, E(G(z))_c)

H is the cross-entropy and q the logarithm or, for a Wasserstein GAN, the identity. A generator
whose clouds lie apart needs a jump between two kinds of pictures wherever the data has one. Kinds
of pictures become clusters, and the encoder finds the cluster of any picture, also of a real one.

**Where to find it in the code.** `ClusterGame.given` draws both parts,
`ClusterGame.generator_terms` has the two last terms, and `ClusterGame.moves` lets the generator's
move train the encoder, too. D has nothing to do with the clusters. `ganzoo sample RUN` draws a
cluster a column. ``--view classes`` names the clusters of held-out pictures, and ``ganzoo evaluate
RUN --metric classes`` gives their purity. The numbers of the clusters have no meaning, so the
accuracy has none.

**InfoGAN** (`infogan`) also reads a category back. In its paper, Q shares layers with D, the noise
is as large as the category, and nothing needs an encoder of the noise.

**What decides the meaning of a cluster.** The encoder learns from distorted pictures, which are
turned, slanted, scaled and moved a little, at random. So a cluster cannot mean a slant, and what
remains is the shape. This is not in the paper, and ``model.distortion=0`` leaves it out. The
encoder has no batch norm, as in the authors' code. It learns from fake pictures alone, and their
statistics are not those of the real pictures that it must sort later.

**How it differs from the paper.** Besides the distortion, the loss is the logarithm (``bce``), with
batch norm and one move of D a round. The paper trains a Wasserstein GAN with gradient penalty for
many more rounds: ``--loss wgan-gp --set model.norm=none`` if ganzoo-wgan is installed. A picture's
cluster is the encoder's most probable one. The authors' code runs k-means on the encoder's whole
output. The networks are narrower.

**Mistakes that popular scripts make.** Their noise has a standard deviation of 0.75, so it can
carry the kind of picture and the cluster means nothing. They do not detach the fake pictures, and
then fail in current versions of torch. Here D's move computes them without gradients.

Source: Mukherjee, Asnani, Lin and Kannan, "ClusterGAN: Latent Space Clustering in Generative
Adversarial Networks", 2018, https://arxiv.org/abs/1809.03627, with the authors' code,
https://github.com/sudiptodip15/ClusterGAN
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import torch
from annotated_types import Ge
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import ganzoo
from ganzoo.nn import (
    Heads,
    dcgan_discriminator,
    dcgan_generator,
    dcgan_trunk,
    dcgan_widths,
    label_weights,
    norm2d,
    normal_weights,
)
from ganzoo_conditional.distortion import distorted
from ganzoo_conditional.labelled import classes_of, picture


@dataclass(frozen=True)
class ClusterGAN:
    """Convolutional generator, discriminator and encoder."""

    latent: Annotated[int, Ge(1)] = 30
    """Size of the noise z_n."""
    sigma: Annotated[float, Ge(0)] = 0.1
    """Standard deviation of the noise."""
    clusters: Annotated[int, Ge(2)] = 10
    """Number of clusters."""
    latent_weight: Annotated[float, Ge(0)] = 10.0
    """The factor beta_n of the noise's error."""
    cluster_weight: Annotated[float, Ge(0)] = 1.0
    """The factor beta_c of the cluster's cross-entropy. The paper has 10 for a Wasserstein loss."""
    width: Annotated[int, Ge(1)] = 16
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves."""
    hidden: Annotated[int, Ge(1)] = 256
    """Units of the fully connected layer of each network."""
    distortion: Annotated[float, Ge(0)] = 1.0
    """Strength of the random distortion of what the encoder learns from. 0 leaves it out."""
    norm: Literal["batch", "layer", "none"] = "batch"
    """The discriminator's normalisation: batch, layer (each sample separately) or none."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game for pictures, (C, S, S), whose labels only score it."""
        shape, norm = picture(data).shape, norm2d(self.norm)
        classes_of(data["label"])
        if self.norm == "batch" and loss.per_sample:
            raise ganzoo.DoesNotFit(
                "the penalty uses the gradient at each sample, and batch norm mixes samples. Use "
                "--set model.norm=layer"
            )
        widths = dcgan_widths(shape[1], self.width)
        generator = dcgan_generator(self.latent + self.clusters, shape, widths, hidden=self.hidden)
        discriminator = dcgan_discriminator(
            shape, widths, out=loss.outputs, hidden=self.hidden, norm=norm
        )
        for network in (generator, discriminator):
            network.apply(normal_weights(0.02, zero_biases=False))
        trunk = dcgan_trunk(shape, widths, self.hidden, norm=None)
        encoder = Heads(trunk, self.hidden, latent=self.latent, cluster=self.clusters)
        return ClusterGame(generator, discriminator, encoder, loss, self)


class ClusterGame(ganzoo.TwoPlayer):
    """The two-player game with an encoder, which moves with the generator."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        encoder: Heads,
        loss: ganzoo.Objective,
        config: ClusterGAN,
    ) -> None:
        joint = config.norm != "batch"
        super().__init__(generator, discriminator, loss, config.latent, joint=joint)
        self.encoder = encoder
        self.config = config

    def moves(self) -> Sequence[ganzoo.Move]:
        discriminator, generator = super().moves()
        return discriminator, replace(generator, trains=("generator", "encoder"))

    def latents(self, n: int, draw: ganzoo.Draw) -> Tensor:
        return self.config.sigma * draw.normal(n, self.latent)

    def given(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> ganzoo.Batch:
        n = len(ganzoo.first(batch))
        return {"latent": self.latents(n, draw), "label": draw.integers(self.config.clusters, n)}

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        z_n = given["latent"] if "latent" in given else self.latents(n, draw)
        z_c = label_weights(given["label"], self.config.clusters)
        samples: Tensor = self.generator(torch.cat((z_n, z_c), 1))
        return samples

    def encoded(self, pictures: Tensor) -> dict[str, Tensor]:
        """The encoder's "latent", (B, latent), and the logits of the "cluster", (B, clusters)."""
        return self.encoder.named(self.encoder(pictures))

    def generator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        config = self.config
        code = self.encoded(distorted(seen.fake, config.distortion, seen.draw))
        error = (code["latent"] - seen.given["latent"]).square().mean()
        cluster = cross_entropy(code["cluster"], seen.given["label"])
        return {
            "latent_error": (config.latent_weight, error),
            "cluster_error": (config.cluster_weight, cluster),
        }

    def views(self) -> Sequence[ganzoo.View]:
        cluster = ganzoo.Field((), "int64", classes=self.config.clusters)
        return (
            ganzoo.View("samples", self.sample, label=cluster, mixes_labels=True),
            ganzoo.View("classes", self.named, ("encoder",), ("image",), makes="label"),
        )

    def named(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        """The most probable cluster of each picture, (n,) float32, as samples are."""
        return self.encoded(given["image"])["cluster"].argmax(1).float()
