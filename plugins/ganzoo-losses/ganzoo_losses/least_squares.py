r"""Least squares: the discriminator is a regression onto labels, not a classifier.

Cross-entropy is flat for a generated sample on the real side of the decision boundary, however far
it is from the real samples. It already fools the discriminator, so nothing pulls it closer. The
square is flat only at the label.

.. math:: L_D = \tfrac12 \mathbb{E}_x[(D(x) - b)^2] + \tfrac12 \mathbb{E}_z[(D(G(z)) - a)^2],
    \qquad L_G = \tfrac12 \mathbb{E}_z[(D(G(z)) - c)^2]

Fakes have the label :math:`a`, real samples the label :math:`b`, and the generator's target is
:math:`c`. The default is :math:`a=0, b=c=1`. With :math:`a=-1, b=1, c=0` the generator minimises a
Pearson chi-squared divergence. Section 3.2 of the paper has both.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> formula = mean((d - 1) ** 2 for d in real) / 2 + mean(d**2 for d in fake) / 2
>>> isclose(LeastSquares().discriminator(tensor(real), tensor(fake)), formula)
True
>>> isclose(LeastSquares().generator(tensor(fake)), mean((d - 1) ** 2 for d in fake) / 2)
True
>>> pearson = LeastSquares(fake_label=-1, real_label=1, wanted=0)
>>> formula = mean((d - 1) ** 2 for d in real) / 2 + mean((d + 1) ** 2 for d in fake) / 2
>>> isclose(pearson.discriminator(tensor(real), tensor(fake)), formula)
True
>>> isclose(pearson.generator(tensor(fake)), mean(d**2 for d in fake) / 2)
True

Source: Mao et al., "Least Squares Generative Adversarial Networks", 2016,
https://arxiv.org/abs/1611.04076
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class LeastSquares:
    """Scalar losses of unbounded outputs, which may have any shape."""

    fake_label: float = 0.0
    """The discriminator's target a for fakes."""
    real_label: float = 1.0
    """The discriminator's target b for real samples."""
    wanted: float = 1.0
    """The generator's target c for fakes."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """(D(x) - b)^2 / 2 + (D(G(z)) - a)^2 / 2, each averaged."""
        on_real = (real - self.real_label).square().mean()
        on_fake = (fake - self.fake_label).square().mean()
        return (on_real + on_fake) / 2

    def generator(self, fake: Tensor) -> Tensor:
        """(D(G(z)) - c)^2 / 2, averaged."""
        return (fake - self.wanted).square().mean() / 2
