"""The hook ``ganzoo_sections``."""

from __future__ import annotations

from collections.abc import Iterable

from ganzoo.registry.hookspecs.marker import hookspec
from ganzoo.registry.records import Section


@hookspec
def ganzoo_sections() -> Iterable[Section]:
    '''Adds sections to a run's page and to the page of ``ganzoo compare``.

    ``show`` gets the run as a ``ganzoo.Recorded``. It has the run's ``model``, ``dataset``,
    ``loss``, ``penalty``, ``settings``, ``step`` and ``total``. Its ``metrics`` and ``health`` are
    the columns of these tables as arrays, and ``real`` has the real samples that the run keeps.
    ``trained(step)`` loads the model as `ganzoo.load` does.

    ``show`` returns or yields the pieces of the section:

    - a text, in which empty lines separate paragraphs
    - ``ganzoo.Table(columns, rows)``, with texts, numbers and ``None`` as cells
    - ``ganzoo.Picture(shown)``, of a picture of Pillow's or of samples
    - ``ganzoo.LineChart(x, lines)``, with a dictionary of lines

    They also take a ``title``. If the section does not fit a run, return ``None`` or raise
    `DoesNotFit`. The page then has no such section.

    Pages show texts as they are, so HTML in them has no effect. If a section fails, the page has a
    line about the error in its place. Only read the run's folder. Users change settings with
    ``ganzoo report RUN --set section.NAME.KEY=VALUE``, and in the same way for ``ganzoo compare``.
    ::

        # ganzoo_rolling/__init__.py
        import ganzoo


        @ganzoo.hookimpl
        def ganzoo_sections():
            yield ganzoo.Section(
                name="rolling-losses",
                summary="The losses without their noise.",
                factory="ganzoo_rolling.section:RollingLosses",
            )

    ::

        # ganzoo_rolling/section.py
        """The losses of a GAN are noisy. A running mean shows where they are going."""

        from dataclasses import dataclass
        from typing import Annotated

        import ganzoo
        import numpy as np
        from annotated_types import Ge


        @dataclass(frozen=True)
        class RollingLosses:
            """The running mean of each loss."""

            rows: Annotated[int, Ge(1)] = 5
            """Largest number of rows of metrics.csv in each mean."""

            def show(self, run):
                losses = {k: v for k, v in run.metrics.items() if k.endswith("_loss")}
                if not losses:
                    raise ganzoo.DoesNotFit("the run has no losses yet")
                n = min(self.rows, len(run.metrics["step"]))
                rolling = {k: np.convolve(v, np.ones(n) / n, "valid") for k, v in losses.items()}
                yield ganzoo.LineChart(run.metrics["step"][n - 1 :], rolling)
                rows = [(name, values[-1]) for name, values in rolling.items()]
                yield ganzoo.Table(("loss", "last mean"), rows)
    '''
    raise NotImplementedError
