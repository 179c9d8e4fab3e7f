"""The hook ``ganzoo_metrics``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Metric


@hookspec
def ganzoo_metrics() -> Iterable[Metric]:
    '''Ways to tell how good samples are: `ganzoo evaluate`, ``ganzoo train --evaluate-every``.

    ``against`` gets the run's data once and returns a function of samples, (N, \\*shape) float32 in
    the field's range, that gives each score by name. The data's first field is the one that the
    game makes, and ``data.some(n)`` are real samples of it, in the same range. Data that it does
    not fit it refuses by `DoesNotFit`: it is then passed over, unless it was asked for by name.
    A metric may also have ``check_field(field)``. It raises `DoesNotFit` before the data is loaded,
    if the first field is enough to tell.

    The first score decides which of a run's weights are the best, so it should have a best end: in
    place of a ratio that ought to be 1, give its distance from 1, of which lower is better. ::

        # ganzoo_centre/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_metrics():
            yield ganzoo.Metric(
                name="centre",
                summary="Whether samples lie around the same centre as the data.",
                factory="ganzoo_centre.metric:Centre",
                scores=(ganzoo.Score("shift", "Distance between the two means.", better="lower"),),
                samples=1_000,
            )

    ::

        # ganzoo_centre/metric.py
        """The coarsest question of all: is the mean of the samples that of the data?

        >>> data = ganzoo.Data({"point": ganzoo.Field((2,))}, {"point": np.zeros((4, 2))})
        >>> Centre().against(data)(tensor([[3.0, 0.0], [3.0, 8.0]])) == {"shift": 5.0}
        True
        """

        from dataclasses import dataclass

        import ganzoo
        import numpy as np


        @dataclass(frozen=True)
        class Centre:
            """Distance between the means of samples and data."""

            most: int = 10_000
            """How many of the data's samples are looked at."""

            def against(self, data):
                if data.first.is_image:
                    raise ganzoo.DoesNotFit("it measures vectors, and these are pictures")
                centre = data.some(self.most).mean(axis=0)

                def scores(samples):
                    return {"shift": float(np.linalg.norm(samples.numpy().mean(axis=0) - centre))}

                return scores
    '''
    raise NotImplementedError
