r"""LeCam: the outputs on one kind of sample stay near the average output on the other.

**The idea.** With few training pictures, the discriminator memorises them. Its outputs on real and
generated samples then move apart, and the generator learns nothing from them. This penalty pulls
each output towards a moving average of the outputs on the other kind:

.. math::
    R_{LC} = \mathbb{E}_x[(D(x) - \alpha_F)^2] + \mathbb{E}_z[(D(G(z)) - \alpha_R)^2]

:math:`\alpha_R` and :math:`\alpha_F` are moving averages of the outputs on real samples and on
fakes, without a gradient. With a Wasserstein loss, the penalised game minimises a LeCam divergence,
an f-divergence that stays finite where the two distributions do not overlap (proposition 1).

**Where to find it in the code.** The averages are buffers of `Averages`, which checkpoints contain.
Each move first adds its own batch to them and then compares. An average that begins at 0 is too
small at first. As in the authors' code for StyleGAN2, it is divided by the total weight of the
batches in it.

>>> critic = lambda x: x[:, 0]  # the outputs are the samples
>>> penalty = LeCam(weight=2, decay=0.75)
>>> moves = penalty.build()
>>> real, fake = tensor([[3.0], [5.0]]), tensor([[-1.0], [1.0]])  # the means are 4 and 0
>>> formula = lambda real, fake, a_r, a_f: 2 * (
...     mean((d - a_f) ** 2 for d in real) + mean((d - a_r) ** 2 for d in fake))
>>> isclose(moves(critic, real, fake, None), formula([3, 5], [-1, 1], 4, 0))
True
>>> a_r = (0.75 * 4 + 8) / 1.75  # the next batch has the means 8 and 2
>>> a_f = (0.75 * 0 + 2) / 1.75
>>> isclose(moves(critic, real + 4, fake + 2, None), formula([7, 9], [1, 3], a_r, a_f))
True
>>> isclose(penalty(critic, real, fake, None), formula([3, 5], [-1, 1], 4, 0))  # a first move
True

**How it differs from the authors' code.** The code compares only outputs that are on the expected
side: :math:`\max(0, D(x) - \alpha_F)` and :math:`\max(0, \alpha_R - D(G(z)))`. With
``penalty.one_sided=true`` this does so, too. For BigGAN on CIFAR, the code's decay is 0.9, and its
penalty begins after 1,000 moves. The paper has neither.

**Common mistakes.** A moving average that is a plain number of Python is lost when a run is
resumed, and a scalar with a gradient keeps the graphs of all moves in memory.

Source: Tseng, Jiang, Liu, Yang and Yang, "Regularizing Generative Adversarial Networks under
Limited Data", 2021, https://arxiv.org/abs/2104.03310, and the authors' code,
https://github.com/google/lecam-gan
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge, Lt
from torch import Tensor, nn

import ganzoo

Critic = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class LeCam:
    """A scalar term in the discriminator's loss, with moving averages."""

    weight: Annotated[float, Ge(0)] = 0.3
    """The factor lambda. The authors' is 0.3 for BigGAN on a part of CIFAR."""
    decay: Annotated[float, Ge(0), Lt(1)] = 0.99
    """How much of an average remains after a move."""
    one_sided: bool = False
    """Whether an output counts only if it is on the expected side of the average."""

    def build(self) -> nn.Module:
        """The penalty with its averages."""
        return Averages(self)

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """The penalty of a first move. ``real`` and ``fake`` are (B, \\*shape)."""
        value: Tensor = self.build().to(real.device)(critic, real, fake, draw)
        return value


class Averages(nn.Module):
    """The penalty, and the moving averages of the discriminator's outputs."""

    def __init__(self, config: LeCam) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("real", torch.zeros(()))
        self.register_buffer("fake", torch.zeros(()))
        self.register_buffer("total", torch.zeros(()))  # the weights of all batches so far
        self.real: Tensor
        self.fake: Tensor
        self.total: Tensor

    def forward(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """See `LeCam`."""
        on_real, on_fake = critic(real), critic(fake)
        with torch.no_grad():
            share = 1 - self.config.decay
            self.real.lerp_(on_real.mean(), share)
            self.fake.lerp_(on_fake.mean(), share)
            self.total.lerp_(torch.ones_like(self.total), share)
            a_r, a_f = self.real / self.total, self.fake / self.total
        above, below = on_real - a_f, a_r - on_fake
        if self.config.one_sided:
            above, below = above.relu(), below.relu()
        return self.config.weight * (above.square().mean() + below.square().mean())
