"""Several outputs over one trunk: a discriminator that also names classes or codes.

ACGAN's discriminator says whether a picture is real and which class it shows. InfoGAN's also
estimates the codes from which the picture was made. The layers that look at the picture are the
same, and only the last, linear layers differ. What one head learns helps the others.

The outputs are one tensor, so that a loss, a penalty and a batch of real and fake samples together
handle them like those of any discriminator. `Heads.named` takes them apart.

Source: Odena, Olah and Shlens, "Conditional Image Synthesis With Auxiliary Classifier GANs", 2016,
https://arxiv.org/abs/1610.09585
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Heads(nn.Module):
    """(B, \\*shape) -> (B, total of the sizes), which are raw outputs: logits, means.

    ``Heads(trunk, 256, real=1, label=10)`` has two heads. ``heads.trunk(x)`` are the features.

    Args:
        trunk: Maps (B, \\*shape) to (B, features).
        features: The number of features.
        sizes: The number of outputs of each head, by name.

    Source: as the module's
    """

    def __init__(self, trunk: nn.Module, features: int, /, **sizes: int) -> None:
        super().__init__()
        self.sizes = sizes
        self.trunk = trunk
        self.heads = nn.ModuleDict({name: nn.Linear(features, n) for name, n in sizes.items()})

    def forward(self, x: Tensor) -> Tensor:
        features = self.trunk(x)
        return torch.cat([head(features) for head in self.heads.values()], 1)

    def named(self, outputs: Tensor) -> dict[str, Tensor]:
        """What `forward` returned -> the outputs of each head, (B, size), by name."""
        return dict(
            zip(self.sizes, outputs.split_with_sizes([*self.sizes.values()], 1), strict=True)
        )
