r"""Softmax: the samples of a batch compete for one unit of probability.

Real and generated samples form one batch :math:`B = B_+ \cup B_-`, and a softmax over their outputs
assigns each a probability. The discriminator's target is an even share for each real sample and
none for generated ones. The generator's target is an even share for all. Both losses are
cross-entropies with these targets:

.. math:: L_D = -\frac{1}{|B_+|} \sum_{x \in B_+} d(x) + \ln Z, \qquad
    L_G = -\frac{1}{|B|} \sum_{x \in B} d(x) + \ln Z, \qquad Z = \sum_{x \in B} e^{d(x)}

:math:`d` is the discriminator's output. The paper uses the opposite sign, so a low output means
real there. The generator keeps its gradient when the discriminator wins, because the target of a
generated sample is :math:`1/|B|` and its share is near 0.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> log_z = log(sum(exp(d) for d in real + fake))
>>> isclose(Softmax().discriminator(tensor(real), tensor(fake)), log_z - mean(real))
True
>>> isclose(Softmax().generator(tensor(fake), tensor(real)), log_z - mean(real + fake))
True

Source: Lin, "Softmax GAN", 2017, https://arxiv.org/abs/1704.06191
"""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Softmax:
    """Scalar losses of the outputs on one batch, which may have any shape."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """ln Z - d(x), averaged over real samples."""
        return both(real, fake).logsumexp(0) - real.mean()

    def generator(self, fake: Tensor, real: Tensor) -> Tensor:
        """ln Z - d(x), averaged over real and generated samples."""
        d = both(real, fake)
        return d.logsumexp(0) - d.mean()


def both(real: Tensor, fake: Tensor) -> Tensor:
    """All outputs of the batch, (N,)."""
    return torch.cat((real.flatten(), fake.flatten()))
