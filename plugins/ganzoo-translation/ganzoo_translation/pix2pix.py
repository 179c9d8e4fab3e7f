r"""pix2pix, which learns from pairs of pictures to turn one into the other.

**The idea.** Outlines become digits, and maps become photographs. A network could learn this from
pairs with a distance alone. But often an input has many right outputs, such as a digit of any
colour. A distance then rewards their average, which is grey and blurred and looks like none of
them. A discriminator rejects such an average, because no real picture looks like it.

The generator gets the input x and noise z and draws :math:`G(x, z)`. The discriminator judges a
picture y together with its input (equation 1 of the paper):

.. math::
    L_{cGAN}(G, D) = \mathbb{E}_{x,y}[\log D(x, y)] + \mathbb{E}_{x,z}[\log(1 - D(x, G(x, z)))]

For comparison, the paper also has a discriminator that does not see x (equation 2):

.. math::
    L_{GAN}(G, D) = \mathbb{E}_y[\log D(y)] + \mathbb{E}_{x,z}[\log(1 - D(G(x, z)))]

The generator must also be near the right picture. The absolute distance blurs less than the squared
one (equation 3):

.. math::
    L_{L1}(G) = \mathbb{E}_{x,y,z}[\| y - G(x, z) \|_1]

Together they are the objective (equation 4), with :math:`\lambda = 100` in the paper:

.. math::
    G^* = \arg \min_G \max_D L_{cGAN}(G, D) + \lambda L_{L1}(G)

**Why a patch suffices.** L1 already gets the large shapes right. What is left to judge is whether
small squares look real. So D is a stack of convolutions, and each of its outputs sees a patch. The
loss averages over them. ``model.sees`` chooses a pixel, a patch of 18 pixels, or the whole picture.

**Why there are skips.** An outline is at the same place in x and in y. In a U-Net, each map of the
decoder also gets the encoder's map of the same size, so fine lines need not pass the narrow middle.

**Where the noise is.** The generator learnt to ignore a vector z, so the paper uses dropout as
noise, also when it draws samples. Even then, two outputs for one input differ little. The authors
say so, and their next model, BicycleGAN, is an answer.

**Where to find it in the code.** `Pix2PixGame.sample` is :math:`G(x, z)`, and `Pix2PixGame.critic`
binds x to D. ``bce`` is equation 1, in the non-saturating form that the paper trains with: G
maximises :math:`\log D(x, G(x, z))`. `Pix2PixGame.generator_terms` is equation 3, as a mean over
pixels. The rows of the paper's table 1 are settings:

- L1: ``adversarial=false``
- GAN: ``l1_weight=0`` and ``conditional=false``
- cGAN: ``l1_weight=0``
- L1 + GAN: ``conditional=false``
- L1 + cGAN: the default

**How it differs from the paper.** The pictures have 28 or 32 pixels and not 256. So the U-Net has
three maps instead of eight, with dropout in the innermost block of the decoder instead of three,
and a patch has 18 pixels instead of 70. D has instance norm, because batch norm mixes the samples
of a batch. The batches are larger. The translator's batch norm has running statistics when it draws
samples, where the paper computes them from the pictures that it translates. So here the translation
of a picture does not depend on the others.

The paper divides D's loss by 2, so that D learns more slowly than G. Adam divides each gradient by
its own size, so this changes almost nothing, and the zoo leaves it out.

**Mistakes that popular scripts make.** They train on the test pictures, or swap input and target.
They judge by a squared error, which is the least-squares GAN. Their dropout stops when they draw
samples, so the output has no noise, or it is in the encoder, where it destroys the input. They
write ``BatchNorm2d(n, 0.8)``, which sets epsilon and not the momentum. They pad an upsampled map on
one side only. Their patch has 94 pixels, because all four halving layers have stride 2. They choose
a target that the input determines, such as a digit for its outline. Then L1 alone is as good, and
nothing shows what the discriminator is for.

Source: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial
Networks", 2016, https://arxiv.org/abs/1611.07004
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from annotated_types import Ge, Interval
from torch import Tensor

import ganzoo
from ganzoo.nn import UNet, normal_weights
from ganzoo_translation.pictures import discriminator, paired


@dataclass(frozen=True)
class Pix2Pix:
    """A U-Net and a discriminator of patches, for pairs of pictures of one size."""

    widths: tuple[int, ...] = (32, 64, 128)
    """Channels of the U-Net's maps. Each has half the side of the one before."""
    noise: Annotated[float, Interval(ge=0, lt=1)] = 0.5
    """Share of the numbers that dropout sets to 0, in training and in samples."""
    noisy: Annotated[int, Ge(0)] = 1
    """Number of the decoder's blocks, from the innermost, that have dropout."""
    sees: Literal["pixel", "patch", "picture"] = "patch"
    """What one output of the discriminator sees: a pixel, a patch of 18 pixels, or the picture."""
    width: Annotated[int, Ge(1)] = 32
    """Channels of the discriminator's first map."""
    l1_weight: Annotated[float, Ge(0)] = 100.0
    """Weight of the mean absolute error, the factor lambda."""
    conditional: bool = True
    """Whether the discriminator also sees the input."""
    adversarial: bool = True
    """Whether there is a discriminator. Without it, the generator learns from L1 alone."""

    def __post_init__(self) -> None:
        if not self.widths or min(self.widths) < 1:
            raise ganzoo.UsageError(f"widths is {self.widths}; expected numbers of 1 or more")
        if not self.adversarial and not self.l1_weight:
            raise ganzoo.UsageError("with adversarial=false, l1_weight must be more than 0")

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A game that makes the first field of ``data``, a picture, from the next picture."""
        target, source = paired(data)
        channels, *sides = data[target].shape
        before = data[source].shape[0]
        if min(sides) < (least := 2 ** len(self.widths)):
            raise ganzoo.DoesNotFit(
                f"{len(self.widths)} widths need pictures of at least {least} pixels, and this "
                f"data has {data[target].described}"
            )
        generator = UNet(before, channels, self.widths, noise=self.noise, noisy=self.noisy)
        judged = channels + before if self.conditional else channels
        judge = discriminator(judged, max(sides), self.sees, self.width)
        game = Pix2PixGame(source, generator, judge, loss, self)
        game.apply(normal_weights(0.02))
        return game


class Pix2PixGame(ganzoo.TwoPlayer):
    """The input takes the place of the latent, and D may see it, too."""

    def __init__(
        self,
        source: str,
        generator: torch.nn.Module,
        discriminator: torch.nn.Module,
        loss: ganzoo.Objective,
        config: Pix2Pix,
    ) -> None:
        super().__init__(generator, discriminator, loss, latent=0, joint=True)
        self.source = source
        self.config = config

    def sample(self, n: int, draw: ganzoo.Draw, given: ganzoo.Batch) -> Tensor:
        """G(x, z). The noise z is the generator's dropout."""
        made: Tensor = self.generator(given[self.source])
        return made

    def critic(self, batch: ganzoo.Batch) -> ganzoo.Critic:
        """D(x, y) as a function of y, or D(y) if D does not see x."""
        if not self.config.conditional:
            return self.discriminator
        x = batch[self.source]
        return lambda y: self.discriminator(torch.cat((x, y), 1))  # along the channels

    def generator_terms(self, seen: ganzoo.Seen) -> ganzoo.Terms:
        return {"l1": (self.config.l1_weight, self.distance(seen.fake, seen.batch))}

    def distance(self, fake: Tensor, batch: ganzoo.Batch) -> Tensor:
        """L_L1(G), as the mean over pixels, so that lambda does not depend on the size."""
        return (ganzoo.first(batch) - fake).abs().mean()

    def moves(self) -> Sequence[ganzoo.Move]:
        if self.config.adversarial:
            return super().moves()
        return (ganzoo.Move("generator", ("generator",), self.l1_alone),)

    def l1_alone(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> tuple[Tensor, ganzoo.Scalars]:
        """The generator's objective without a discriminator."""
        fake = self.sample(len(ganzoo.first(batch)), draw, batch)
        value = self.distance(fake, batch)
        return value, {"l1": value}

    def verdict(self, batch: ganzoo.Batch, draw: ganzoo.Draw) -> Tensor | None:
        return super().verdict(batch, draw) if self.config.adversarial else None

    def views(self) -> Sequence[ganzoo.View]:
        return (ganzoo.View("translations", self.sample, needs=(self.source,)),)
