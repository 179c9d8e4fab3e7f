r"""f-GAN: a GAN for each f-divergence.

**The idea.** The first GAN minimises the Jensen-Shannon divergence. It is one of the f-divergences,
:math:`D_f(P \| Q) = \int q(x) f(p(x) / q(x)) dx` with a convex :math:`f` and :math:`f(1) = 0`. Each
has a lower bound that needs only samples, and a discriminator makes it tight (equation 6 of the
paper):

.. math:: F = \mathbb{E}_x[g_f(V(x))] + \mathbb{E}_z[-f^*(g_f(V(G(z))))]

:math:`V` is the discriminator's raw output. The activation :math:`g_f` maps it to the domain of the
conjugate :math:`f^*`. The discriminator maximises :math:`F`, and the generator minimises it:

.. math:: L_D = -F, \qquad L_G = -\mathbb{E}_z[f^*(g_f(V(G(z))))]

With ``loss.saturating=false``, :math:`L_G` is :math:`-\mathbb{E}_z[g_f(V(G(z)))]` instead. This is
the paper's section 3.2, the counterpart of the non-saturating loss. Its gradient is stronger where
the discriminator wins, but it no longer minimises the divergence. On ``ring``, it lost modes that
the first form found.

**What the divergences want.** A generator that cannot draw all of the data must choose. With ``kl``
it covers all of it, also at the price of samples between the modes. With ``reverse-kl`` it prefers
a few modes and draws them well. ``js`` lies between the two. At the optimum
:math:`g_f(V(x)) = f'(p(x) / q(x))`, so equal densities do not always mean an output of 0. With
``kl`` it is 1.

**Where to find it in the code.** ``ACTIVATION`` has :math:`g_f` (table 6), and ``CONJUGATE`` has
:math:`f^*(g_f(v))`, simplified by hand.

>>> real, fake = [2.0, -1.0], [0.5, -3.0]
>>> paper = {  # name: the activation g(v), and the conjugate f*(t)
...     "kl": (lambda v: v, lambda t: exp(t - 1)),
...     "reverse-kl": (lambda v: -exp(-v), lambda t: -1 - log(-t)),
...     "pearson": (lambda v: v, lambda t: t**2 / 4 + t),
...     "squared-hellinger": (lambda v: 1 - exp(-v), lambda t: t / (1 - t)),
...     "js": (lambda v: log(2) - log(1 + exp(-v)), lambda t: -log(2 - exp(t))),
...     "total-variation": (lambda v: tanh(v) / 2, lambda t: t),
... }
>>> def holds(name, g, conjugate):
...     bound = mean(map(g, real)) - mean(conjugate(g(v)) for v in fake)
...     loss, other = FGAN(name), FGAN(name, saturating=False)
...     return (
...         isclose(loss.discriminator(tensor(real), tensor(fake)), -bound)
...         and isclose(loss.generator(tensor(fake)), -mean(conjugate(g(v)) for v in fake))
...         and isclose(other.generator(tensor(fake)), -mean(map(g, fake)))
...     )
>>> [name for name, (g, conjugate) in paper.items() if holds(name, g, conjugate)] == [*paper]
True

**Common mistakes.** Code that computes :math:`f^*(g_f(v))` as two functions overflows: for
``squared-hellinger`` the first is 1 for large outputs, and the second divides by 0. Simplified, it
is :math:`e^v - 1`. That still overflows for :math:`v > 88`, so here each exponential is a straight
line from 10 on, which changes nothing before. Other code omits :math:`g_f`, so the logarithm of a
negative number ends the run.

**How it differs from the paper.** The paper's code trains with batches of 4,096 and clips
gradients. Here the trainer's own settings are used.

Source: Nowozin, Cseke and Tomioka, "f-GAN: Training Generative Neural Samplers using Variational
Divergence Minimization", 2016, https://arxiv.org/abs/1606.00709
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor
from torch.nn.functional import softplus

LARGEST = 10.0
"""From here on, an exponential is a straight line."""
LOG_2 = math.log(2)
Divergence = Literal["kl", "reverse-kl", "pearson", "squared-hellinger", "js", "total-variation"]


def bounded_exp(v: Tensor) -> Tensor:
    """e^v, and its tangent at `LARGEST` from there on."""
    return v.clamp(max=LARGEST).exp() * (1 + (v - LARGEST).relu())


ACTIVATION: Mapping[str, Callable[[Tensor], Tensor]] = {
    "kl": lambda v: v,
    "reverse-kl": lambda v: -bounded_exp(-v),
    "pearson": lambda v: v,
    "squared-hellinger": lambda v: 1 - bounded_exp(-v),
    "js": lambda v: LOG_2 - softplus(-v),
    "total-variation": lambda v: v.tanh() / 2,
}
CONJUGATE: Mapping[str, Callable[[Tensor], Tensor]] = {
    "kl": lambda v: bounded_exp(v - 1),
    "reverse-kl": lambda v: v - 1,
    "pearson": lambda v: v.square() / 4 + v,
    "squared-hellinger": lambda v: bounded_exp(v) - 1,
    "js": lambda v: softplus(v) - LOG_2,
    "total-variation": lambda v: v.tanh() / 2,
}


@dataclass(frozen=True)
class FGAN:
    """Scalar losses of raw outputs, which may have any shape."""

    divergence: Divergence = "kl"
    """The divergence that the players estimate and minimise."""
    saturating: bool = True
    """Whether the generator minimises the bound itself, and not -g(V(G(z)))."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """f*(g(V(G(z)))) - g(V(x)), each averaged."""
        g, conjugate = ACTIVATION[self.divergence], CONJUGATE[self.divergence]
        return conjugate(fake).mean() - g(real).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-f*(g(V(G(z)))), or -g(V(G(z))) if it must not saturate, averaged."""
        wanted = CONJUGATE if self.saturating else ACTIVATION
        return -wanted[self.divergence](fake).mean()
