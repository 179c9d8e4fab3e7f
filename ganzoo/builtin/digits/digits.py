"""Measures how good generated digits are, by the features and labels of a digit classifier.

It compares 10,000 samples with MNIST's 10,000 test digits, whichever digits the GAN was trained on.
The Fréchet distance, precision and recall compare the classifier's features of both. Score,
confidence and balance need only the labels that the classifier gives to the samples. Compare a
GAN's numbers with these:

=============================  =======  =========  ======  =====  ==========  =======
10,000 digits                  frechet  precision  recall  score  confidence  balance
=============================  =======  =========  ======  =====  ==========  =======
training digits (goal)             1.3       0.87    0.88   9.91       0.998    0.000
test digits (reference)            0         1       1      9.90       0.997    0
test, without zeros                 42       1.00    0.91   8.93       0.997    0.10
test, blurred by 1 pixel           111       0.64    0.17   9.33       0.978    0.006
=============================  =======  =========  ======  =====  ==========  =======

Few samples have a large Fréchet distance by chance alone. 1,000 training digits score 4, 250 score
16, and 65 score 46, which is more than a missing digit costs. (65 is the smallest number whose
covariance in 64 dimensions can have full rank.) ``python -m benchmarks.digit_features sensitivity``
prints the whole table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from ganzoo.builtin.digits import labels
from ganzoo.builtin.digits.frechet import frechet, moments
from ganzoo.builtin.digits.manifold import Manifold
from ganzoo.builtin.digits.network import pretrained, seen
from ganzoo.engine.data import Data
from ganzoo.errors import DoesNotFit
from ganzoo.registry.records import Field

REFERENCE = Path(__file__).with_name("reference.safetensors")
"""The test digits' features, written by ``python -m benchmarks.digit_features``."""


@dataclass(frozen=True)
class Digits:
    """Fréchet distance, precision, recall, score, confidence and balance, in digit features."""

    def check_field(self, field: Field) -> None:
        """Refuses, before the data is loaded, data that are not grey pictures of 28 x 28 pixels."""
        check_shape(field, 1)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """Returns the function that scores samples (N, 1, 28, 28).

        The reference is MNIST's test digits, not ``data``.

        Raises:
            DoesNotFit: The data are not digits.
        """
        check(data, "digits", 1, "mnist or mnist-5k")
        network, reference = pretrained(), load_file(REFERENCE)
        mean, covariance = reference["mean"], reference["covariance"]
        real = Manifold(reference["features"])

        def scores(samples: Tensor) -> Mapping[str, float]:
            features, logits = seen(network, samples)
            probabilities = logits.double().softmax(1)
            return {
                "frechet": frechet(mean, covariance, *moments(features)),
                "precision": real.holds(features),
                "recall": Manifold(features).holds(real.features),
                "score": labels.score(probabilities),
                "confidence": labels.confidence(probabilities),
                "balance": labels.divergence(logits.argmax(1), reference["frequencies"]),
            }

        return scores


def check(data: Data, wanted: str, channels: int, datasets: str) -> None:
    """Refuse data that the classifier was not trained for.

    Raises:
        DoesNotFit: The pictures show something else, or have another shape or range.
    """
    if data.depicts != wanted:
        shows = f"show {data.depicts}" if data.depicts else "do not state what they show"
        raise DoesNotFit(
            f"it judges {wanted} with a classifier of digits, and these data {shows}. "
            f"It fits {datasets}, and your own data with depicts={wanted!r}"
        )
    check_shape(data.first, channels)


def check_shape(field: Field, channels: int) -> None:
    """Refuse pictures that the classifier cannot take.

    Raises:
        DoesNotFit: The shape or the range is another.
    """
    known = Field((channels, 28, 28), range=(-1.0, 1.0))
    if (tuple(field.shape), field.range) != (known.shape, known.range):
        raise DoesNotFit(
            f"it judges pictures of shape {known.shape} with values in {known.range}, as its "
            f"classifier needs them. These are {tuple(field.shape)} in {field.range}"
        )
