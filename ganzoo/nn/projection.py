r"""Projection: how a discriminator uses a label.

.. math:: f(x, y) = y^T V \phi(x) + \psi(\phi(x))

:math:`\phi(x)` are the features of a picture, :math:`\psi` is a linear function of them and
:math:`y` is one-hot. The second term judges whether the picture is real. The first adds how well
the picture fits its label: the inner product of its features with the label's row of :math:`V`.

The form follows from probabilities. The best discriminator's logit is
:math:`\log p(y|x) / q(y|x) + \log p(x) / q(x)`, for data :math:`p` and samples :math:`q`. If
:math:`p(y|x)` and :math:`q(y|x)` are softmaxes of linear functions of :math:`\phi(x)`, then the
first logarithm is :math:`y^T V \phi(x)` plus a term without :math:`y`.

Features that are summed over a map are large. Spectral norm on all layers, :math:`V` included,
keeps the logits small: ``spectral_norm(Projection(trunk, features, classes))``.

Source: Miyato and Koyama, "cGANs with Projection Discriminator", 2018,
https://arxiv.org/abs/1802.05637
"""

from __future__ import annotations

from torch import Tensor, nn

from ganzoo.nn.initialisers import xavier_weights
from ganzoo.nn.labels import label_weights


class Projection(nn.Module):
    """(B, \\*shape) and labels (B,) or (B, classes) -> logits (B, 1).

    Args:
        trunk: Maps (B, \\*shape) to (B, features).
        features: The number of features.
        classes: The number of classes.

    Source: as the module's
    """

    def __init__(self, trunk: nn.Module, features: int, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.trunk = trunk
        self.real = nn.Linear(features, 1).apply(xavier_weights())
        self.rows = nn.Linear(classes, features, bias=False).apply(xavier_weights())

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        features = self.trunk(x)
        weights = label_weights(labels, self.classes).to(features.dtype)
        fits = (self.rows(weights) * features).sum(1, keepdim=True)
        logits: Tensor = self.real(features) + fits
        return logits
