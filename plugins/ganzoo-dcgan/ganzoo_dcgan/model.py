r"""Deep convolutional GAN: the recipe that made pictures trainable.

**The idea.** The game is that of `vanilla-mlp`, with its value function:

.. math:: \min_G \max_D \; E_{x \sim p_{data}}[\log D(x)] + E_{z \sim p_z}[\log(1 - D(G(z)))]

Only the networks are new. A perceptron has to learn afresh in each corner of a picture what a
stroke is; a convolution learns it once. The paper's rules for both networks: strides instead of
pooling, so that they learn their own scaling; batch norm in every layer but the generator's last
and the discriminator's first (nor after its last convolution, whose output is the verdict); no
hidden perceptron layers; ReLU in the generator with a tanh at its end, which bounds pictures to
[-1, 1], leaky ReLU (slope 0.2) in the discriminator; normal weights with mean 0 and standard
deviation 0.02; Adam at 2e-4 with :math:`\beta_1 = 0.5`; batches of 128.

**Where it is in the code.** The two stacks are in `ganzoo.nn`, for other models to use. Each block
of the generator doubles the side and halves the channels; each of the discriminator does the
reverse. A side of 64 or 32 starts from 4 x 4, a side of 28 from 7 x 7. With
``model.width=128`` and 64 pixels the channels are the paper's: 1024, 512, 256, 128.

**Batch norm and penalties.** Batch norm makes each verdict depend on the whole batch. A penalty on
the discriminator's slope at each sample (`gradient-penalty` and its kin) then means nothing, and
the pair is refused; ``--set model.norm=layer`` normalises each sample by itself.

**Where it differs from the paper.** A quarter of the width, so that a CPU trains it in minutes;
Gaussian latents instead of uniform ones; kernels of 4 x 4, which a stride of 2 divides, so that all
pixels are covered equally often.

Source: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks", 2015, https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge

import ganzoo
from ganzoo.nn import dcgan_discriminator, dcgan_generator, norm2d, normal_weights

DOUBLINGS = {28: 2, 32: 3, 64: 4}
"""Side of a picture -> how often the generator doubles its first feature map's side."""
SHAPES = {(channels, side, side) for side in DOUBLINGS for channels in (1, 3)}
Norm = Literal["batch", "layer", "none"]


@dataclass(frozen=True)
class DCGAN:
    """Two convolutional networks for square pictures."""

    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, drawn from N(0, I)."""
    width: Annotated[int, Ge(1)] = 32
    """Channels next to the picture; they double with each halving of the side."""
    norm: Norm = "batch"
    """The discriminator's: batch, layer (each sample by itself) or none."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A two-player game for the first field of ``data``: (1 or 3, S, S), S of 28, 32, 64."""
        field = next(iter(data.values()))
        shape = field.shape
        if shape not in SHAPES:
            raise ganzoo.DoesNotFit(
                "dcgan makes square pictures of 28, 32 or 64 pixels with 1 or 3 channels; "
                f"this data is {' x '.join(map(str, shape)) or 'a number'}"
            )
        if field.range != (-1, 1):
            raise ganzoo.DoesNotFit(
                "dcgan's pictures end in a tanh, between -1 and 1; "
                f"this data's range is {field.range or 'not bounded'}"
            )
        if self.norm == "batch" and loss.per_sample:
            raise ganzoo.DoesNotFit(
                "the penalty looks at the slope at each sample, and batch norm mixes samples: "
                "--set model.norm=layer"
            )
        widths = [self.width * 2**i for i in range(DOUBLINGS[shape[1]])]
        game = ganzoo.TwoPlayer(
            dcgan_generator(self.latent, shape, widths),
            dcgan_discriminator(shape, widths, norm=norm2d(self.norm)),
            loss,
            self.latent,
            joint=self.norm != "batch",
        )
        game.apply(normal_weights(0.02, zero_biases=False))
        return game
