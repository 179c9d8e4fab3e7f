r"""Deep convolutional GAN, the recipe that made GANs work on pictures.

**The idea.** The game and its value function are those of `vanilla-mlp`:

.. math::
    \min_G \max_D \; \mathbb{E}_{x \sim p_{data}}[\log D(x)]
    + \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))]

Only the networks are new. A perceptron must learn what a stroke looks like in each corner of a
picture separately. A convolution learns it once for the whole picture. The paper gives these rules:

- Strides replace pooling, so that the networks learn their own scaling.
- Batch norm follows every layer but the generator's last and the discriminator's first and last.
- There are no hidden fully connected layers.
- The generator uses ReLU and ends in a tanh, which bounds pictures to [-1, 1].
- The discriminator uses leaky ReLU with slope 0.2.
- Initial weights are normal with mean 0 and standard deviation 0.02.
- Adam trains with learning rate 2e-4 and :math:`\beta_1 = 0.5`, in batches of 128.

**Where to find it in the code.** The two stacks of convolutions are in `ganzoo.nn`, so other models
can use them. Each block of the generator doubles the side of its feature maps and halves the number
of channels. Each block of the discriminator does the reverse. For pictures of 64 or 32 pixels, the
generator starts from maps of 4 x 4, and for pictures of 28 from 7 x 7. With ``model.width=128`` and
64 pixels, it has the paper's channels: 1024, 512, 256, 128.

**Batch norm and penalties.** With batch norm, each output depends on the whole batch. A penalty on
the discriminator's gradient at each sample, such as `gradient-penalty`, is then meaningless, so
ganzoo refuses to combine the two. Use such a penalty with ``--set model.norm=layer``, which
normalises each sample separately.

**The layer that the paper leaves out.** ``model.hidden=256`` adds a fully connected layer to each
network. InfoGAN's networks for MNIST have such layers of 1024 units (Chen et al. 2016, appendix
C.1). With them, the generator first decides on the whole digit and then draws it. The discriminator
compares the whole picture and not only parts of it. This improves digits so much that the preset
``quick`` uses it.

**How it differs from the paper.** The networks have a quarter of the paper's width, so a CPU can
train them in minutes. Latents are Gaussian, not uniform. Kernels are 4 x 4. A stride of 2 divides
4, so all pixels are covered equally often.

Source: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks", 2015, https://arxiv.org/abs/1511.06434
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge

import ganzoo
from ganzoo.nn import (
    dcgan_discriminator,
    dcgan_generator,
    dcgan_widths,
    norm2d,
    normal_weights,
)

SHAPES = {(channels, side, side) for side in (28, 32, 64) for channels in (1, 3)}
Norm = Literal["batch", "layer", "none"]


@dataclass(frozen=True)
class DCGAN:
    """Two convolutional networks for square pictures."""

    latent: Annotated[int, Ge(1)] = 100
    """Size of the noise z, drawn from N(0, I)."""
    width: Annotated[int, Ge(1)] = 32
    """Channels of the feature maps next to the picture. Their number doubles each time the side
    halves."""
    hidden: Annotated[int, Ge(0)] = 0
    """Units of a fully connected layer after the generator's latent, and of another before the
    discriminator's output. 0 leaves both out, as the paper does."""
    norm: Norm = "batch"
    """The discriminator's normalisation: batch, layer (each sample separately) or none."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A two-player game for the first field of ``data``: (1 or 3, S, S), S = 28, 32 or 64."""
        field = next(iter(data.values()))
        shape = field.shape
        if shape not in SHAPES:
            raise ganzoo.DoesNotFit(
                "dcgan needs square pictures of 28, 32 or 64 pixels a side, grey or in colour; "
                f"this data has {field.described}"
                f"{'. A folder of pictures is scaled by --set dataset.size=64' * field.is_image}"
            )
        if field.range != (-1, 1):
            raise ganzoo.DoesNotFit(
                "dcgan ends in a tanh and needs pictures between -1 and 1; "
                f"this data's range is {field.range or 'not bounded'}"
            )
        if self.norm == "batch" and loss.per_sample:
            raise ganzoo.DoesNotFit(
                "the penalty uses the gradient at each sample, and batch norm mixes samples; "
                "use --set model.norm=layer"
            )
        widths = dcgan_widths(shape[1], self.width)
        game = ganzoo.TwoPlayer(
            dcgan_generator(self.latent, shape, widths, hidden=self.hidden),
            dcgan_discriminator(
                shape, widths, out=loss.outputs, hidden=self.hidden, norm=norm2d(self.norm)
            ),
            loss,
            self.latent,
            joint=self.norm != "batch",
        )
        game.apply(normal_weights(0.02, zero_biases=False))
        return game
