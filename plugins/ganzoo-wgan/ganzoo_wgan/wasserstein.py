r"""The Wasserstein distance: how far, and not just whether.

**The idea.** When real and generated samples do not overlap, a perfect discriminator says so with
certainty wherever it is asked, and its gradient tells the generator nothing. How much mass must be
moved how far to turn one distribution into the other is a number that changes smoothly even then.
By the Kantorovich-Rubinstein duality (equation 2 of the paper) it is the largest difference of
means among functions whose slope is at most one,

.. math:: W(p_{data}, p_g) = \sup_{\|D\|_L \le 1} E_x[D(x)] - E_z[D(G(z))]

so a *critic* :math:`D` looks for that function, and the generator makes the difference small:

.. math:: L_D = E_z[D(G(z))] - E_x[D(x)], \qquad L_G = -E_z[D(G(z))]

Its outputs are scores, not probabilities. Five moves of the critic for one of the generator keep it
near its best; ``score(x) - score(G(z))``, two columns of ``metrics.csv``, then estimates the
distance, up to a factor, and falls as samples get better: the first number of a GAN's that one can
read.

**What keeps the slope bounded** is what the variants differ in:

- `wgan` clips every weight of the critic to :math:`[-c, c]` after each of its moves (algorithm 1 of
  the first paper, by RMSProp since momentum made it unstable). Crude: the paper says so itself.
- `wgan-gp` adds the penalty `gradient-penalty`.
- `wgan-div` adds the penalty `divergence` and is, strictly, another divergence.

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
    """Losses of a critic's scores, of any shape; each is a scalar."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """D(G(z)) - D(x), each averaged."""
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-D(G(z)), averaged."""
        return -fake.mean()


@dataclass(frozen=True)
class ClippedWasserstein(Wasserstein):
    """The same with clipped weights."""

    clip: Annotated[float, Gt(0)] = 0.01
    """c: the largest size of a critic's weight."""

    def constrain(self, discriminator: nn.Module) -> None:
        """Clip all of its parameters to [-c, c]."""
        for parameter in discriminator.parameters():
            parameter.clamp_(-self.clip, self.clip)
