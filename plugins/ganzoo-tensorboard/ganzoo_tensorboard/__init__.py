"""Training runs in TensorBoard."""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_observers() -> Iterator[ganzoo.Observer]:
    yield ganzoo.Observer(
        name="tensorboard",
        summary="Metrics, grids of samples and histograms of weights for TensorBoard.",
        factory="ganzoo_tensorboard.observer:TensorBoard",
    )
