"""An image pool: the discriminator is also shown what the generator made some time ago.

While there is room, each image goes into the pool and is returned. After that, half of the images
are returned as they are; each other one takes the place of a pooled one, which is returned instead.

The pool is in buffers, so it is in every checkpoint.

Source: Shrivastava et al. 2016, section 2.3, https://arxiv.org/abs/1612.07828; in this form in
Zhu et al. 2017, section 4, https://arxiv.org/abs/1703.10593
"""

import torch
from torch import Tensor, nn

import ganzoo


class Pool(nn.Module):
    """The last ``size`` images, more or less."""

    images: Tensor
    filled: Tensor

    def __init__(self, size: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("images", torch.zeros(size, *shape))
        self.register_buffer("filled", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def forward(self, images: Tensor, draw: ganzoo.Draw) -> Tensor:
        """(B, \\*shape) -> as many, some of them old ones."""
        size = len(self.images)
        kept = draw.uniform(len(images)) < 0.5
        places = draw.integers(size, len(images))
        shown = []
        for image, keep, place in zip(images, kept, places, strict=True):
            if self.filled < size:
                self.images[self.filled] = image
                self.filled += 1
                shown.append(image)
            elif keep:
                shown.append(image)
            else:
                shown.append(self.images[place].clone())
                self.images[place] = image
        return torch.stack(shown)
