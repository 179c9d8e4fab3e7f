r"""An image pool: a discriminator is also shown what a generator made some time ago.

While there is room, each picture goes into the pool and is shown. After that, half of the pictures
are shown as they are. Each other one takes the place of a pooled picture, which is shown instead.
So a picture stays in a full pool of 50 for about a hundred others, and a discriminator cannot
forget what a generator did before.

The pool is in buffers, so a checkpoint contains it, and a resumed run sees the same pictures.
Popular scripts keep it in a Python list with Python's random numbers, and lose both. Nothing is
read back here, so a GPU can replay a round as a CUDA graph.

Source: Shrivastava et al., "Learning from Simulated and Unsupervised Images through Adversarial
Training", 2016, section 2.3, https://arxiv.org/abs/1612.07828, in the form of Zhu et al. 2017,
section 4, https://arxiv.org/abs/1703.10593
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

import ganzoo


class Pool(nn.Module):
    """Keeps ``size`` pictures. A pool of size 0 shows each picture as it is."""

    pictures: Tensor
    filled: Tensor

    def __init__(self, size: int, shape: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("pictures", torch.zeros(size, *shape))
        self.register_buffer("filled", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def forward(self, made: Tensor, draw: ganzoo.Draw) -> Tensor:
        """New pictures (B, \\*shape) -> as many, some of which are old."""
        size, n = len(self.pictures), len(made)
        if not size:
            return made
        swapped, places = draw.uniform(n) < 0.5, draw.integers(size, n)
        shown = []
        for i in range(n):  # in turn, because two may get the same place
            new, room = made[i : i + 1], self.filled < size
            place = torch.where(room, self.filled, places[i]).reshape(1)
            old = self.pictures.index_select(0, place)
            self.pictures.index_copy_(0, place, torch.where(room | swapped[i], new, old))
            shown.append(torch.where(~room & swapped[i], old, new))
            self.filled += room
        return torch.cat(shown)
