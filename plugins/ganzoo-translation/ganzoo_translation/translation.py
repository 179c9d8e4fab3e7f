r"""How good translations are, compared with doing nothing, and how sharp they are.

With inputs :math:`x`, outputs :math:`\hat y` and targets :math:`y`,

.. math::
    error = \frac{\mathbb{E} |\hat y - y|}{\mathbb{E} |x - y|} \qquad
    sharpness = \frac{\mathbb{E} |\nabla \hat y|^2}{\mathbb{E} |\nabla y|^2}

*Error* is 0 for perfect translations, and 1 for a model that copies its input. *Sharpness* compares
the squared differences of neighbouring pixels, down and to the right. It is below 1 for blurred or
pale pictures, and above 1 for noisy ones. An average of several right answers has a small error and
a low sharpness, so read both.

>>> x, made, y = (tensor([[[[p, q]]]]) for p, q in ((0.0, 0.0), (0.0, 1.0), (0.0, 2.0)))
>>> field = ganzoo.Field((1, 1, 2), range=(-1.0, 1.0))
>>> data = ganzoo.Data({"y": field}, {"y": y.numpy()})
>>> Translation().against(data)(made, {"input": x, "target": y})  # 1 / 2 and (1 / 2)^2
{'error': 0.5, 'sharpness': 0.25}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

import ganzoo


@dataclass(frozen=True)
class Translation:
    """Error as a share of that of copying, and sharpness as a share of the targets'."""

    def against(
        self, data: ganzoo.Data
    ) -> Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, float]]:
        """Returns the function that scores pictures (N, C, H, W) with inputs and targets.

        Raises:
            DoesNotFit: The data are not pictures.
        """
        if not data.first.is_image:
            raise ganzoo.DoesNotFit(f"it compares pictures, and these are {data.first.described}")
        return self.scores

    def scores(self, samples: Tensor, given: Mapping[str, Tensor]) -> Mapping[str, float]:
        """Both scores. A grey input counts as a picture in three equal colours.

        Raises:
            DoesNotFit: The inputs are not pictures of the same size.
        """
        made, x, y = samples.double(), given["input"].double(), given["target"].double()
        if x.ndim != 4 or x.shape[2:] != y.shape[2:] or x.shape[1] not in (1, y.shape[1]):
            raise ganzoo.DoesNotFit(
                f"it compares inputs with targets, which have the shapes {tuple(x.shape[1:])} and "
                f"{tuple(y.shape[1:])}"
            )
        copied, energy = (x - y).abs().mean(), gradient_energy(y)
        tiny = torch.finfo(torch.float32).eps  # for inputs that are their targets, and blank ones
        return {
            "error": float((made - y).abs().mean() / copied.clamp_min(tiny)),
            "sharpness": float(gradient_energy(made) / energy.clamp_min(tiny)),
        }


def gradient_energy(pictures: Tensor) -> Tensor:
    """The mean of the squared differences to the next pixels, of (N, C, H, W)."""
    down, right = pictures.diff(dim=2).square(), pictures.diff(dim=3).square()
    return (down.sum() + right.sum()) / pictures.numel()
