r"""Instance norm whose gain and bias are computed from a style.

.. math::
    y = (1 + \gamma(s)) \, \frac{x - \mu(x)}{\sigma(x)} + \beta(s)

The mean and the standard deviation are those of one channel of one sample. They carry much of a
picture's style: its colours, its contrast, the weight of its strokes. This layer removes them and
puts in those of another style :math:`s`. The places of things, the content, stay.

Huang and Belongie take gain and bias from a second picture's statistics. In MUNIT and in StyleGAN
they are learnt functions of a code. Here they are linear in the code. MUNIT's perceptron, whose
last layer serves all norms, is the same as a shared perceptron and one linear layer for each norm.

Sources: Huang and Belongie, "Arbitrary Style Transfer in Real-time with Adaptive Instance
Normalization", 2017, https://arxiv.org/abs/1703.06868, and Huang et al., "Multimodal Unsupervised
Image-to-Image Translation", 2018, https://arxiv.org/abs/1804.04732
"""

from __future__ import annotations

from torch import Tensor, nn

from ganzoo.nn.conditional import Conditional


class AdaptiveInstanceNorm2d(Conditional):
    """(B, channels, H, W) and a style (B, style) -> (B, channels, H, W). Maps need at least two
    pixels.

    As a norm for a stack it is ``partial(AdaptiveInstanceNorm2d, style=8)``.

    Source: as the module's
    """

    def __init__(self, channels: int, style: int) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm2d(channels)
        self.linear = nn.Linear(style, 2 * channels)
        nn.init.zeros_(self.linear.bias)  # without a style, it is plain instance norm

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        gain, bias = self.linear(style)[:, :, None, None].chunk(2, 1)
        styled: Tensor = self.norm(x) * (1 + gain) + bias
        return styled
