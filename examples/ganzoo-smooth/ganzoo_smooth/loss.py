r"""One-sided label smoothing: real samples get the label :math:`\alpha = 0.9` in place of 1.

.. math:: L_D = -E_x[\alpha \log D(x) + (1-\alpha) \log(1 - D(x))] - E_z[\log(1 - D(G(z)))]

The label of generated samples stays 0, so the smoothing is one-sided.

>>> real, fake, a = [2.0, -1.0], [0.5, -3.0], 0.9
>>> def d(score): return 1 / (1 + exp(-score))
>>> formula = -mean(a * log(d(s)) + (1 - a) * log(1 - d(s)) for s in real)
>>> formula -= mean(log(1 - d(s)) for s in fake)
>>> isclose(SmoothBCE().discriminator(tensor(real), tensor(fake)), formula)
True
>>> isclose(SmoothBCE().generator(tensor(fake)), -mean(log(d(s)) for s in fake))
True

Source: Salimans et al., "Improved Techniques for Training GANs", 2016, section 3.4,
https://arxiv.org/abs/1606.03498
"""

from dataclasses import dataclass

from torch.nn.functional import softplus


@dataclass(frozen=True)
class SmoothBCE:
    """Cross-entropy of raw outputs of any shape, with smoothed labels for the discriminator."""

    label: float = 0.9
    """The discriminator's target alpha for real samples."""

    probability = True  # the sigmoid of an output is D(x)

    def discriminator(self, real, fake):
        a = self.label
        return (a * softplus(-real) + (1 - a) * softplus(real)).mean() + softplus(fake).mean()

    def generator(self, fake):
        return softplus(-fake).mean()
