r"""Batch norm with a gain and a bias for each class.

.. math:: y = \gamma_c \, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta_c

The mean and the variance are those of the whole batch, as in plain batch norm. Only the gain
:math:`\gamma_c` and the bias :math:`\beta_c` of a channel belong to the class :math:`c`. They
decide which features each class switches on, so a generator needs no other input for its label.

In evaluation mode, running statistics replace those of the batch. All classes share them. Training
must then see the classes as often as sampling does.

Sources: Dumoulin, Shlens and Kudlur, "A Learned Representation For Artistic Style", 2016,
https://arxiv.org/abs/1610.07629 (with instance norm), and Miyato and Koyama, "cGANs with Projection
Discriminator", 2018, https://arxiv.org/abs/1802.05637 (with batch norm)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganzoo.nn.conditional import Conditional
from ganzoo.nn.labels import label_weights


class ConditionalBatchNorm2d(Conditional):
    """(B, channels, H, W) and labels (B,) or (B, classes) -> (B, channels, H, W).

    Weights (B, classes) mix the gains and biases of the classes. At the start, all gains are 1 and
    all biases 0. As a norm for a stack it is ``partial(ConditionalBatchNorm2d, classes=10)``.

    Source: as the module's
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain = nn.Parameter(torch.ones(classes, channels))
        self.bias = nn.Parameter(torch.zeros(classes, channels))

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        weights = label_weights(labels, self.classes).to(x.dtype)
        gain, bias = weights @ self.gain, weights @ self.bias  # (B, channels)
        normed: Tensor = self.norm(x)
        return normed * gain[:, :, None, None] + bias[:, :, None, None]
