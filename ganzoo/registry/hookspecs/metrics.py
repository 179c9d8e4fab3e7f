"""The hook ``ganzoo_metrics``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Metric


@hookspec
def ganzoo_metrics() -> Iterable[Metric]:
    '''Adds metrics, which measure how good samples are.

    `ganzoo evaluate` and ``ganzoo train --evaluate-every`` use them. ``against`` gets the run's
    data once and returns a function. This function takes samples, (N, \\*shape) float32 in the
    field's range, and returns each score by name. The data's first field is the one that the model
    generates, and ``data.some(n)`` returns real samples of it in the same range. ``data.some(n,
    "label")`` returns those of another field.

    If a metric does not fit the data, ``against`` raises `DoesNotFit`. ganzoo then skips the
    metric, or reports an error if the user requested it by name. A metric may also have
    ``check_field(field)``, which raises `DoesNotFit` before the data is loaded, if the first field
    is enough to decide.

    The first score selects a run's best weights, so it should be better when higher or when lower.
    If a ratio should be 1, return its distance from 1. ::

        # ganzoo_centre/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_metrics():
            yield ganzoo.Metric(
                name="centre",
                summary="Distance between the centres of samples and data.",
                factory="ganzoo_centre.metric:Centre",
                scores=(ganzoo.Score("shift", "Distance between the two means.", better="lower"),),
                samples=1_000,
            )

    ::

        # ganzoo_centre/metric.py
        """The simplest check of all: whether samples and data have the same mean.

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
            """Largest number of real samples to use."""

            def against(self, data):
                if data.first.is_image:
                    raise ganzoo.DoesNotFit("it measures vectors, not pictures")
                centre = data.some(self.most).mean(axis=0)

                def scores(samples):
                    return {"shift": float(np.linalg.norm(samples.numpy().mean(axis=0) - centre))}

                return scores
    '''
    raise NotImplementedError
