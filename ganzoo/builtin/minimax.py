r"""The original minimax objective, which shows why most GANs use another generator loss.

Both players share one value (the paper's equation 1). The discriminator maximises it, and the
generator minimises it:

.. math:: \min_G \max_D V = \mathbb{E}_x[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]

With logits, :math:`D = \sigma(d)`. The gradient of :math:`\log(1-\sigma(d))` with respect to
:math:`d` is :math:`-\sigma(d)`. Where the discriminator recognises a generated sample,
:math:`\sigma(d) \to 0`, and the generator learns nothing from it. `bce` differs only in the
generator's loss. Its gradient at such a sample is :math:`\sigma(d) - 1 \to -1`.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> D = lambda d: 1 / (1 + exp(-d))
>>> V = mean(log(D(d)) for d in real) + mean(log(1 - D(d)) for d in fake)
>>> isclose(Minimax().discriminator(tensor(real), tensor(fake)), -V)
True
>>> isclose(Minimax().generator(tensor(fake)), mean(log(1 - D(d)) for d in fake))
True

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, https://arxiv.org/abs/1406.2661
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Minimax:
    """Takes logits of any shape. Each loss is a scalar."""

    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-V = -log D(x) - log(1 - D(G(z))), each averaged over the batch."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """The part of V that depends on G: log(1 - D(G(z))), averaged over the batch."""
        return -softplus(fake).mean()
