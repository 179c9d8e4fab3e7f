r"""Least squares: the discriminator is a regression onto labels instead of a classifier.

Cross-entropy is flat for a sample on the right side of the decision boundary, however far it is
from the real ones: it has fooled the discriminator, so nothing pulls it nearer. The square is flat
nowhere but at the label.

.. math:: L_D = \tfrac12 E_x[(D(x) - b)^2] + \tfrac12 E_z[(D(G(z)) - a)^2],
    \qquad L_G = \tfrac12 E_z[(D(G(z)) - c)^2]

:math:`a` is the label of fakes, :math:`b` of real samples, :math:`c` what the generator wants the
discriminator to say. The default is :math:`a=0, b=c=1`; with
:math:`a=-1, b=1, c=0` the generator minimises a Pearson chi-squared divergence (section 3.2 of the
paper has both).

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
    """Losses of unbounded outputs, of any shape; each is a scalar."""

    fake_label: float = 0.0
    """a: what the discriminator should say of a fake."""
    real_label: float = 1.0
    """b: what it should say of a real sample."""
    wanted: float = 1.0
    """c: what the generator wants it to say of a fake."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """(D(x) - b)^2 / 2 + (D(G(z)) - a)^2 / 2, each averaged."""
        on_real = (real - self.real_label).square().mean()
        on_fake = (fake - self.fake_label).square().mean()
        return (on_real + on_fake) / 2

    def generator(self, fake: Tensor) -> Tensor:
        """(D(G(z)) - c)^2 / 2, averaged."""
        return (fake - self.wanted).square().mean() / 2
