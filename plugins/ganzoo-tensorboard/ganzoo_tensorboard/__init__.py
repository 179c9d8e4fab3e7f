"""Registers the observer that writes runs for TensorBoard."""

from collections.abc import Iterator

import ganzoo


@ganzoo.hookimpl
def ganzoo_observers() -> Iterator[ganzoo.Observer]:
    yield ganzoo.Observer(
        name="tensorboard",
        summary="Writes metrics, sample grids and histograms of weights for TensorBoard.",
        factory="ganzoo_tensorboard.observer:TensorBoard",
    )
