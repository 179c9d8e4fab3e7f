r"""Hinge loss: the discriminator separates with a margin and ignores samples beyond it.

This is a support vector machine on the discriminator's last features. Only samples inside the
margin or on the wrong side have a gradient. The generator moves along the normal of the separating
plane, which means that it raises the score.

.. math::
    L_D = \mathbb{E}_x[\max(0, 1 - D(x))] + \mathbb{E}_z[\max(0, 1 + D(G(z)))],
    \qquad L_G = -\mathbb{E}_z[D(G(z))]

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> formula = mean(max(0, 1 - d) for d in real) + mean(max(0, 1 + d) for d in fake)
>>> isclose(Hinge().discriminator(tensor(real), tensor(fake)), formula)
True
>>> isclose(Hinge().generator(tensor(fake)), -mean(fake))
True

Source: Lim and Ye, "Geometric GAN", 2017, https://arxiv.org/abs/1705.02894
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Hinge:
    """Scalar losses of scores, which may have any shape."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """max(0, 1 - D(x)) + max(0, 1 + D(G(z))), each averaged."""
        return (1 - real).relu().mean() + (1 + fake).relu().mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-D(G(z)), averaged."""
        return -fake.mean()
