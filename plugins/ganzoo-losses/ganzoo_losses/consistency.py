r"""Consistency: a small change of a sample does not change the discriminator's output.

**The idea.** A digit that is shifted by two pixels is as real as before. A discriminator that knows
this must look at the digit and not at single pixels. So it is penalised for any difference between
its outputs on a sample and on a changed copy :math:`T(x)`:

.. math::
    \lambda_{real} \mathbb{E}_x[(D(x) - D(T(x)))^2]
    + \lambda_{fake} \mathbb{E}_z[(D(G(z)) - D(T(G(z))))^2]

The first paper has only real samples (CR). Then a generator can learn to make shifted samples,
because the discriminator is blind only to those of real ones. With both terms (bCR) this happens no
more. Unlike with an augmentation, the players still compare unchanged samples, so the changes
cannot appear in the generated ones.

**The changes.** Pictures are shifted by up to an eighth of their side, and the pixels at the border
are repeated. With ``penalty.flip=true``, half of them are also mirrored, which suits faces but not
digits. Other samples, such as points, get Gaussian noise, the first of the changes that the first
paper compares.

>>> critic = lambda x: x.flatten(1).sum(1)
>>> real, fake = tensor([[1.0, 5.0], [3.0, 3.0]]), tensor([[0.0, 0.0], [2.0, 6.0]])
>>> penalty = Consistency(real_weight=3, fake_weight=2, noise=0.5)
>>> draw, spread = Draw(0), [real.std().item(), fake.std().item()]
>>> moved = [(0.5 * s * draw.normal(2, 2)).sum(1).tolist() for s in spread]
>>> formula = 3 * mean(d**2 for d in moved[0]) + 2 * mean(d**2 for d in moved[1])
>>> isclose(penalty(critic, real, fake, Draw(0)), formula)
True
>>> shifted(tensor([[[[1, 2, 3], [4, 5, 6]]]]), tensor([1]), tensor([-1])).tolist()
[[[[2, 3, 3], [2, 3, 3]]]]

**Common mistakes.** Code that changes real samples only calls itself bCR. Code that passes the
changed fakes to the generator's loss is an augmentation. With batch norm in the discriminator, the
outputs also differ because their batches do.

Sources: Zhang, Zhang, Odena and Lee, "Consistency Regularization for Generative Adversarial
Networks", 2019, https://arxiv.org/abs/1910.12027, and Zhao, Singh, Lee, Zhang, Odena and Zhang,
"Improved Consistency Regularization for GANs", 2020, https://arxiv.org/abs/2002.04724
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import torch
from annotated_types import Ge, Le
from torch import Tensor

import ganzoo

Critic = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Consistency:
    """A scalar term in the discriminator's loss."""

    real_weight: Annotated[float, Ge(0)] = 10.0
    """The factor for real samples."""
    fake_weight: Annotated[float, Ge(0)] = 10.0
    """The factor for fakes. With 0 this is the penalty of the first paper."""
    shift: Annotated[float, Ge(0), Le(1)] = 0.125
    """The largest shift of a picture, as a share of its side."""
    flip: bool = False
    """Whether half of the pictures are mirrored, too."""
    noise: Annotated[float, Ge(0)] = 0.1
    """The noise's standard deviation for other samples, as a share of the batch's own."""

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor, draw: ganzoo.Draw) -> Tensor:
        """``real`` and ``fake`` are (B, \\*shape)."""
        kinds = ((self.real_weight, real), (self.fake_weight, fake))
        terms = [
            weight * (critic(x) - critic(self.changed(x, draw))).square().mean()
            for weight, x in kinds
        ]
        return terms[0] + terms[1]

    def changed(self, x: Tensor, draw: ganzoo.Draw) -> Tensor:
        """T(x), of the same shape."""
        if x.dim() != 4:
            return x + self.noise * x.std() * draw.normal(*x.shape)
        n, _, *sides = x.shape
        most = [int(self.shift * side) for side in sides]
        down, right = (draw.integers(2 * m + 1, n) - m for m in most)
        x = shifted(x, down, right)
        if not self.flip:
            return x
        return torch.where(draw.uniform(n, 1, 1, 1) < 0.5, x.flip(3), x)


def shifted(x: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Pictures (B, C, H, W), each moved by its own whole numbers of pixels, (B,)."""
    n, _, height, width = x.shape
    rows = (torch.arange(height, device=x.device) - down[:, None]).clamp(0, height - 1)
    columns = (torch.arange(width, device=x.device) - right[:, None]).clamp(0, width - 1)
    x = x.gather(2, rows.view(n, 1, height, 1).expand_as(x))
    return x.gather(3, columns.view(n, 1, 1, width).expand_as(x))
