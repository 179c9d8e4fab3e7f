r"""The Wasserstein distance: how far generated samples are from real ones.

**The idea.** If real and generated samples do not overlap, a perfect discriminator is certain
everywhere, and its gradient tells the generator nothing. The Wasserstein distance measures how much
mass must move how far to turn one distribution into the other. It changes smoothly even then. By
the Kantorovich-Rubinstein duality (equation 2 of the paper) it is the largest difference of means
over all functions with gradient norm at most one:

.. math:: W(p_{data}, p_g) = \sup_{\|D\|_L \le 1} \mathbb{E}_x[D(x)] - \mathbb{E}_z[D(G(z))]

A *critic* :math:`D` approximates that function, and the generator makes the difference small:

.. math:: L_D = \mathbb{E}_z[D(G(z))] - \mathbb{E}_x[D(x)], \qquad L_G = -\mathbb{E}_z[D(G(z))]

The critic's outputs are scores, not probabilities. It moves five times for each move of the
generator, so that it stays near its optimum. ``score(x) - score(G(z))``, from two columns of
``metrics.csv``, then estimates the distance up to a factor. It falls as samples improve, so this is
the first loss of a GAN that shows progress.

**What bounds the gradient.** The variants differ here:

- `wgan` clips every weight of the critic to :math:`[-c, c]` after each of its moves (algorithm 1 of
  the first paper). It uses RMSProp, because momentum made it unstable. The paper itself calls
  clipping a terrible way to bound the gradient.
- `wgan-gp` adds the penalty `gradient-penalty`.
- `wgan-div` adds the penalty `divergence`. Strictly, it minimises another divergence.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> isclose(Wasserstein().discriminator(tensor(real), tensor(fake)), mean(fake) - mean(real))
True
>>> isclose(Wasserstein().generator(tensor(fake)), -mean(fake))
True
>>> critic = nn.Linear(3, 1).requires_grad_(False)
>>> critic.weight[0] = tensor([0.5, -0.5, 0.125])
>>> ClippedWasserstein(clip=0.25).constrain(critic)
>>> critic.weight.tolist()
[[0.25, -0.25, 0.125]]

Source: Arjovsky, Chintala and Bottou, "Wasserstein GAN", 2017, https://arxiv.org/abs/1701.07875
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt
from torch import Tensor, nn


@dataclass(frozen=True)
class Wasserstein:
    """Scalar losses of a critic's scores, which may have any shape."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """D(G(z)) - D(x), each averaged."""
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-D(G(z)), averaged."""
        return -fake.mean()


@dataclass(frozen=True)
class ClippedWasserstein(Wasserstein):
    """The same losses with clipped weights."""

    clip: Annotated[float, Gt(0)] = 0.01
    """The largest absolute value c of a critic's weight."""

    def constrain(self, discriminator: nn.Module) -> None:
        """Clip all of its parameters to [-c, c]."""
        for parameter in discriminator.parameters():
            parameter.clamp_(-self.clip, self.clip)
