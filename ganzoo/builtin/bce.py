r"""Binary cross-entropy, with a generator objective that does not saturate.

The discriminator :math:`D = \sigma(d)` classifies samples as real (1) or generated (0) and
minimises the cross-entropy. This is the discriminator's objective in the paper's algorithm 1 with
its sign changed:

.. math:: L_D = -\mathbb{E}_x[\log D(x)] - \mathbb{E}_z[\log(1 - D(G(z)))]

The generator could maximise the same quantity, as in `minimax`. But early in training, when the
discriminator easily recognises generated samples, :math:`\log(1 - D(G(z)))` is flat. The paper's
section 3 lets the generator maximise :math:`\log D(G(z))` instead. This has the same fixed point,
and its gradient is strong where the generator is losing:

.. math:: L_G = -\mathbb{E}_z[\log D(G(z))]

Both losses are computed from the logits :math:`d`, with
:math:`-\log\sigma(d) = \mathrm{softplus}(-d)` and
:math:`-\log(1-\sigma(d)) = \mathrm{softplus}(d)`. In this form they cannot overflow.

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
    """Takes logits of any shape. Each loss is a scalar."""

    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-log D(x) - log(1 - D(G(z))), each averaged over the batch."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-log D(G(z)), averaged over the batch."""
        return softplus(-fake).mean()
