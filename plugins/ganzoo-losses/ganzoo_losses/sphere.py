r"""Sphere GAN: the discriminator's output is a point on a sphere.

**The idea.** Wasserstein losses need a bound on the critic's gradient, because its scores may be
anything. On a sphere no two points are further apart than :math:`\pi`. So Sphere GAN moves the
discriminator's output :math:`q`, a vector of :math:`n` numbers, to the unit sphere in :math:`n + 1`
dimensions, by the inverse of the stereographic projection. It compares each point with the north
pole :math:`N`:

.. math::
    \min_G \max_D \sum_{r=1}^{R} \mathbb{E}_x[d^r(N, D(x))] - \mathbb{E}_z[d^r(N, D(G(z)))]

:math:`d` is the distance along the sphere. The discriminator moves real samples away from the pole
and fakes to it, and the generator moves fakes away. The powers :math:`r` compare several moments of
the distances. No penalty is needed.

**Where to find it in the code.** The projection of :math:`q` has the height
:math:`(\|q\|^2 - 1) / (\|q\|^2 + 1)`, and :math:`d` is the arc cosine of it. The slope of an arc
cosine is infinite at both poles. ``Sphere.score`` computes the same distance as
:math:`2 \arctan(1 / \|q\|)`, whose slope is finite everywhere.

>>> real, fake = [[0.0, 0.0], [0.6, 0.8]], [[3.0, 4.0], [0.0, 0.5]]
>>> d = lambda q: acos((hypot(*q) ** 2 - 1) / (hypot(*q) ** 2 + 1))
>>> [round(d(q) / pi, 2) for q in real]  # the south pole, and the equator
[1.0, 0.5]
>>> moments = lambda rows: mean(d(q) + d(q) ** 2 + d(q) ** 3 for q in rows)
>>> loss = Sphere(outputs=2)
>>> isclose(loss.discriminator(tensor(real), tensor(fake)), moments(fake) - moments(real))
True
>>> isclose(loss.generator(tensor(fake)), -moments(fake))
True
>>> isclose(Sphere(outputs=2, moments=1).generator(tensor(fake)), -mean(map(d, fake)))
True

**Common mistakes.** Code with ``acos`` gets gradients that are not finite when a point reaches a
pole. Some scripts compute the north pole from the outputs of a batch, and some compare one moment
only, although the paper has three.

Source: Park and Kwon, "Sphere Generative Adversarial Network Based on Geometric Moment Matching",
CVPR 2019,
https://openaccess.thecvf.com/content_CVPR_2019/html/Park_Sphere_Generative_Adversarial_Network_Based_on_Geometric_Moment_Matching_CVPR_2019_paper.html
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge
from torch import Tensor


@dataclass(frozen=True)
class Sphere:
    """Scalar losses of rows of outputs, (N, outputs)."""

    outputs: Annotated[int, Ge(1)] = 1024
    """The discriminator's outputs n for each sample, as in the paper."""
    moments: Annotated[int, Ge(1)] = 3
    """The largest power R of the distances."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The moments of the fakes' distances to the pole, minus those of the real samples."""
        return self.moment(fake) - self.moment(real)

    def generator(self, fake: Tensor) -> Tensor:
        """Minus the moments of the fakes' distances."""
        return -self.moment(fake)

    def moment(self, rows: Tensor) -> Tensor:
        """The sum of the mean powers of the distances."""
        d = self.score(rows)
        return torch.stack([d.pow(r).mean() for r in range(1, self.moments + 1)]).sum()

    def score(self, outputs: Tensor) -> Tensor:
        """Distances along the sphere to the north pole, (N,), between 0 and pi."""
        length = (outputs.square().sum(1) + 1e-12).sqrt()  # at 0 a root has no slope
        return 2 * torch.atan2(torch.ones_like(length), length)
