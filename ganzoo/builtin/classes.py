r"""How well a model that also classifies names the class of held-out samples.

With the classes :math:`\hat y_i` that the model names and the right ones, :math:`y_i`:

.. math::
    accuracy = \frac{1}{n} \sum_i [\hat y_i = y_i] \qquad
    purity = \frac{1}{n} \sum_k \max_j \left| \{ i : \hat y_i = k, \, y_i = j \} \right|

*Purity* is for models that find classes without labels. It counts the most frequent right class of
each class that the model names. With as many classes as samples it would be 1, so compare models
with equally many.

>>> import ganzoo
>>> field, labels = ganzoo.Field((), "int64", classes=3), tensor([0, 1, 2]).numpy()
>>> data = ganzoo.Data({"label": field}, {"label": labels})
>>> named, right = tensor([2, 2, 2, 0]), tensor([1, 1, 0, 0])
>>> Classes().against(data)(named, {"target": right}) == {"accuracy": 0.25, "purity": 0.75}
True

Source of the purity: Manning, Raghavan and Schütze, "Introduction to Information Retrieval", 2008,
section 16.3, https://nlp.stanford.edu/IR-book/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit


@dataclass(frozen=True)
class Classes:
    """Accuracy and purity of the classes that a model names."""

    def against(self, data: Data) -> Callable[[Tensor, Mapping[str, Tensor]], Mapping[str, float]]:
        """Returns the function that scores classes (N,) with the right ones.

        Raises:
            DoesNotFit: The model does not name classes.
        """
        classes = data.first.classes
        if classes is None or data.first.shape != ():
            raise DoesNotFit(f"it scores classes, and these data are {data.first.described}")

        def scores(samples: Tensor, given: Mapping[str, Tensor]) -> Mapping[str, float]:
            named, right = samples.long(), given["target"].long()
            counts = torch.zeros(int(named.max()) + 1, classes, dtype=torch.int64)
            counts.index_put_((named, right), torch.ones_like(named), accumulate=True)
            purity = float(counts.amax(1).sum()) / len(named)
            return {"accuracy": float((named == right).double().mean()), "purity": purity}

        return scores
