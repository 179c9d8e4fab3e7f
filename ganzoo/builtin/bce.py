r"""Binary cross-entropy, with the generator's objective turned round so that it does not saturate.

The discriminator :math:`D = \sigma(d)` is a classifier of real (1) against generated (0) and
minimises the cross-entropy of its verdicts, which is the first line of the paper's algorithm 1 with
its sign changed:

.. math:: L_D = -\mathbb{E}_x[\log D(x)] - \mathbb{E}_z[\log(1 - D(G(z)))]

The generator could maximise the same quantity (`minimax` does), but early on, when the
discriminator is sure of itself, :math:`\log(1 - D(G(z)))` is flat. The paper's section 3 lets it
maximise :math:`\log D(G(z))` instead, which has the same fixed point and a strong gradient where it
is losing:

.. math:: L_G = -\mathbb{E}_z[\log D(G(z))]

Both are computed from the logits :math:`d` by :math:`-\log\sigma(d) = \mathrm{softplus}(-d)` and
:math:`-\log(1-\sigma(d)) = \mathrm{softplus}(d)`: the same functions, which cannot overflow.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> D = lambda d: 1 / (1 + exp(-d))
>>> formula = mean(-log(D(d)) for d in real) + mean(-log(1 - D(d)) for d in fake)
>>> isclose(BCE().discriminator(tensor(real), tensor(fake)), formula)
True
>>> isclose(BCE().generator(tensor(fake)), mean(-log(D(d)) for d in fake))
True

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, https://arxiv.org/abs/1406.2661
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class BCE:
    """Losses of logits, of any shape; each is a scalar."""

    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-log D(x) - log(1 - D(G(z))), each averaged."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-log D(G(z)), averaged."""
        return softplus(-fake).mean()
