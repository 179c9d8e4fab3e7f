"""How good digits are, in the eyes of a digit classifier.

It looks at 10,000 samples. What it compares them with are MNIST's 10,000 test digits, whichever
digits a GAN was trained on. Each score has its lesson: `frechet`, `manifold` (precision and
recall), `labels` (the others). What to hold a GAN's numbers against:

=============================  =======  =========  ======  =====  ==========  =======
10,000 digits                  frechet  precision  recall  score  confidence  balance
=============================  =======  =========  ======  =====  ==========  =======
for training: the best to get      1.3       0.87    0.88   9.91       0.998    0.000
for testing: the reference         0         1       1      9.90       0.997    0
the same, without zeros             42       1.00    0.91   8.93       0.997    0.10
the same, blurred by 1 pixel       111       0.64    0.17   9.33       0.978    0.006
=============================  =======  =========  ======  =====  ==========  =======

Few samples have a Fréchet distance by chance alone: 1,000 training digits get 4, 250 get 16, and
65, the fewest whose covariance in 64 dimensions need not be singular, get 46, which is more than a
missing digit costs. The whole table: ``python -m benchmarks.digit_features sensitivity``.
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
"""The test digits as the network sees them; ``python -m benchmarks.digit_features`` wrote it."""


@dataclass(frozen=True)
class Digits:
    """Fréchet distance, precision, recall, score, confidence and balance, in digit features."""

    def check_field(self, field: Field) -> None:
        """Before the data is loaded: whether these are grey pictures of a digit's size."""
        check_shape(field, 1)

    def against(self, data: Data) -> Callable[[Tensor], Mapping[str, float]]:
        """The scores of samples (N, 1, 28, 28); the reference is MNIST's test digits, not ``data``.

        Raises:
            DoesNotFit: The data are no digits.
        """
        check(data, "digits", 1, "mnist or mnist-5k")
        network, reference = pretrained(), load_file(REFERENCE)
        mean, covariance = reference["mean"], reference["covariance"]
        real = Manifold(reference["features"].float())

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
    """Refuse data whose pictures are not what the classifier knows.

    Raises:
        DoesNotFit: They show something else, or are of another shape or range.
    """
    if data.depicts != wanted:
        shows = f"show {data.depicts}" if data.depicts else "are not said to show any"
        raise DoesNotFit(
            f"it judges {wanted} by a classifier of digits, and these data {shows}; "
            f"it fits {datasets}, or data of your own with depicts={wanted!r}"
        )
    check_shape(data.first, channels)


def check_shape(field: Field, channels: int) -> None:
    """Refuse what is no picture such as the classifier learnt.

    Raises:
        DoesNotFit: It is of another shape or range.
    """
    known = Field((channels, 28, 28), range=(-1.0, 1.0))
    if (tuple(field.shape), field.range) != (known.shape, known.range):
        raise DoesNotFit(
            f"it judges pictures of shape {known.shape} with values in {known.range}, as its "
            f"classifier learnt them; these are {tuple(field.shape)} in {field.range}"
        )
