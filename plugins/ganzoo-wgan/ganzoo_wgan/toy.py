r"""The perceptrons that the WGAN-GP paper uses for toy data.

Eight Gaussians in a ring show what a bounded gradient is worth. A critic with clipped weights
learns only very simple functions. With a gradient penalty its level lines follow all modes (figure
1 of the paper), and the generator moves to all of them at once, not from one to the next.

Both networks have three hidden layers of 512 ReLU units. Latents are points in the plane, and
batches have 256 samples, as in the authors' code, which also takes :math:`\lambda = 0.1` for
points. The loss `wgan-gp` sets the optimizer of algorithm 1. (The authors' code for toy data has
:math:`\beta_1 = 0.5` in place of 0, and 100,000 rounds. The default here is 3,000 rounds for a CPU,
which is enough for the ring but not for `grid`.)

Source: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017,
https://arxiv.org/abs/1704.00028
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

import ganzoo
from ganzoo.nn import perceptron


@dataclass(frozen=True)
class Toy:
    """Two perceptrons for points."""

    latent: Annotated[int, Ge(1)] = 2
    """Size of the noise z, drawn from N(0, I)."""
    width: Annotated[int, Ge(1)] = 512
    """Units in each of the three hidden layers."""

    def build(self, data: Mapping[str, ganzoo.Field], loss: ganzoo.Objective) -> ganzoo.Game:
        """A two-player game for the first field of ``data``, which must be points: (D,)."""
        field = next(iter(data.values()))
        shape = field.shape
        if len(shape) != 1:
            raise ganzoo.DoesNotFit(
                f"wgan-gp-toy needs points, such as ring or grid; this data has {field.described}"
            )
        hidden = [self.width] * 3
        generator = perceptron(self.latent, *hidden, *shape)
        critic = perceptron(*shape, *hidden, loss.outputs)
        return ganzoo.TwoPlayer(generator, critic, loss, self.latent, joint=True)
