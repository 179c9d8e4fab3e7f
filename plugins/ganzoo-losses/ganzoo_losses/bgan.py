r"""Boundary-seeking GAN: the generator aims for the decision boundary.

The discriminator is the usual classifier. At its optimum :math:`D = p_{data} / (p_{data} + p_g)`.
Then :math:`\log D - \log(1 - D)` is the log ratio of a sample's density under the data to its
density under the generator. It is zero exactly where the two agree. So the generator drives it to
zero and not ever higher.

.. math:: L_D = -\mathbb{E}_x[\log D(x)] - \mathbb{E}_z[\log(1 - D(G(z)))], \qquad
    L_G = \tfrac12 \mathbb{E}_z[(\log D(G(z)) - \log(1 - D(G(z))))^2]

With :math:`D = \sigma(d)` the inner bracket is simply the logit :math:`d`.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> D = lambda d: 1 / (1 + exp(-d))
>>> formula = mean(-log(D(d)) for d in real) + mean(-log(1 - D(d)) for d in fake)
>>> isclose(BGAN().discriminator(tensor(real), tensor(fake)), formula)
True
>>> ratio = [log(D(d)) - log(1 - D(d)) for d in fake]
>>> isclose(BGAN().generator(tensor(fake)), mean(r**2 for r in ratio) / 2)
True

This is the paper's objective for continuous data. The paper is mainly about discrete data, which
needs a policy gradient and is not implemented here.

Source: Hjelm et al., "Boundary-Seeking Generative Adversarial Networks", 2017,
https://arxiv.org/abs/1702.08431
"""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class BGAN:
    """Scalar losses of logits, which may have any shape."""

    probability = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-log D(x) - log(1 - D(G(z))), each averaged."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """(log D(G(z)) - log(1 - D(G(z))))^2 / 2, averaged."""
        return fake.square().mean() / 2
